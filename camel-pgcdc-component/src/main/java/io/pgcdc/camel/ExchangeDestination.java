package io.pgcdc.camel;

import java.time.Instant;
import java.util.List;

import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Transaction;
import io.pgcdc.pipeline.Completion;
import io.pgcdc.pipeline.Destination;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Makes exchanges of rows and changes, and sends them down the route. */
final class ExchangeDestination implements Destination {

    private final PgCdcConsumer consumer;
    private final boolean batching;

    ExchangeDestination(PgCdcConsumer consumer, boolean batching) {
        this.consumer = consumer;
        this.batching = batching;
    }

    @Override
    public void writeTableRows(List<ChangeEvent> rows, Completion completion) {
        send(rows, completion);
    }

    @Override
    public void writeEvents(List<ChangeEvent> events, Completion completion) {
        send(events, completion);
    }

    private void send(List<ChangeEvent> events, Completion completion) {
        Exchange exchange = consumer.createExchange(false);
        ChangeEvent first = events.get(0);
        Message message = exchange.getIn();
        if (batching) {
            message.setBody(new ChangeBatch(events));
            message.setHeader(PgCdcConstants.BATCH_SIZE, events.size());
        } else {
            message.setBody(first);
            headersOfRow(message, first);
        }
        headers(message, batching ? events.get(events.size() - 1) : first, first);
        Acknowledgement acknowledgement = new Acknowledgement(completion);
        exchange.setProperty(Acknowledgement.PROPERTY, acknowledgement);
        exchange.getExchangeExtension().addOnCompletion(acknowledgement);
        consumer.getAsyncProcessor().process(exchange, doneSync -> consumer.releaseExchange(exchange, false));
    }

    private static void headersOfRow(Message message, ChangeEvent event) {
        if (event.operation().isRow()) {
            message.setHeader(PgCdcConstants.KEY, event.key());
            if (event.before() != null) {
                message.setHeader(PgCdcConstants.BEFORE, event.before());
            }
            if (!event.unchanged().isEmpty()) {
                message.setHeader(PgCdcConstants.UNCHANGED, event.unchanged());
            }
        }
    }

    /** In a batch the operation is told if all have the same; position and time are the last one's. */
    private void headers(Message message, ChangeEvent last, ChangeEvent first) {
        Transaction transaction = last.transaction();
        if (!batching || !first.operation().isRow() || first.operation() == io.pgcdc.model.Operation.READ) {
            message.setHeader(PgCdcConstants.OPERATION, first.operation().text());
        }
        if (first.table() != null) {
            message.setHeader(PgCdcConstants.SCHEMA, first.table().schema());
            message.setHeader(PgCdcConstants.TABLE, first.table().name());
            message.setHeader(PgCdcConstants.TABLE_SCHEMA, first.tableSchema());
        }
        message.setHeader(PgCdcConstants.LSN, Lsn.toString(last.lsn()));
        message.setHeader(PgCdcConstants.COMMIT_LSN, Lsn.toString(transaction.commitLsn()));
        message.setHeader(PgCdcConstants.ORDINAL, last.ordinal());
        message.setHeader(PgCdcConstants.EVENT_ID, last.eventId());
        if (transaction.xid() != 0) {
            message.setHeader(PgCdcConstants.XID, transaction.xid());
        }
        Instant committed = transaction.commitTimestamp();
        if (committed != null) {
            message.setHeader(PgCdcConstants.COMMIT_TIMESTAMP, committed);
            message.setHeader(PgCdcConstants.MESSAGE_TIMESTAMP, committed.toEpochMilli());
        }
    }
}
