package io.pgcdc.camel;

import java.time.Instant;
import java.util.List;

import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;
import io.pgcdc.pipeline.Completion;
import io.pgcdc.pipeline.Destination;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;

/** Makes exchanges of rows and changes, and sends them down the route. */
final class ExchangeDestination implements Destination {

    private final PgCdcConsumer consumer;
    private final boolean batching;
    private volatile Origin origin;

    ExchangeDestination(PgCdcConsumer consumer, boolean batching) {
        this.consumer = consumer;
        this.batching = batching;
        this.origin = Origin.of(consumer.getEndpoint());
    }

    @Override
    public void readsFrom(String systemIdentifier) {
        origin = origin.on(systemIdentifier);
    }

    @Override
    public void writeTableRows(List<ChangeEvent> rows, Completion completion) {
        send(consumer.createExchange(false), rows, completion);
    }

    @Override
    public void writeEvents(List<ChangeEvent> events, Completion completion) {
        Exchange exchange = consumer.createExchange(false);
        exchange.getIn().setHeader(PgCdcConstants.IN_ORDER, completion.isInOrder());
        send(exchange, events, completion);
    }

    private void send(Exchange exchange, List<ChangeEvent> events, Completion completion) {
        ChangeEvent first = events.get(0);
        Message message = exchange.getIn();
        if (batching) {
            message.setBody(new ChangeBatch(events));
            message.setHeader(PgCdcConstants.BATCH_SIZE, events.size());
            if (events.stream().allMatch(event -> event.operation() == first.operation())) {
                message.setHeader(PgCdcConstants.OPERATION, first.operation().text());
            }
            exchange.setProperty(ExchangePropertyKey.GROUPED_EXCHANGE,
                    new GroupedChanges(exchange.getContext(), events, origin));
        } else {
            single(message, first);
        }
        headers(message, events.get(events.size() - 1), origin);
        Acknowledgement acknowledgement = new Acknowledgement(completion);
        exchange.setProperty(Acknowledgement.PROPERTY, acknowledgement);
        exchange.getExchangeExtension().addOnCompletion(acknowledgement);
        consumer.getAsyncProcessor().process(exchange, doneSync -> {
            // A route that is shutting down refuses exchanges before anything of theirs has begun.
            if (exchange.getExchangeExtension().containsOnCompletion(acknowledgement)) {
                acknowledgement.settle(exchange);
            }
            consumer.releaseExchange(exchange, false);
        });
    }

    /** Body and headers of one row or change. */
    static void single(Message message, ChangeEvent event) {
        message.setBody(event);
        message.setHeader(PgCdcConstants.OPERATION, event.operation().text());
        if (event instanceof SchemaChangeEvent schema) {
            message.setHeader(PgCdcConstants.SCHEMA_CHANGE, schema.change());
        }
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

    /** The headers that a batch has, too: those of its last change. */
    static void headers(Message message, ChangeEvent last, Origin origin) {
        origin.tell(message);
        Transaction transaction = last.transaction();
        if (last.table() != null) {
            message.setHeader(PgCdcConstants.SCHEMA, last.table().schema());
            message.setHeader(PgCdcConstants.TABLE, last.table().name());
            message.setHeader(PgCdcConstants.TABLE_SCHEMA, last.tableSchema());
        }
        if (last instanceof TruncateEvent truncate) {
            message.setHeader(PgCdcConstants.CASCADE, truncate.cascade());
            message.setHeader(PgCdcConstants.RESTART_IDENTITY, truncate.restartIdentity());
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
