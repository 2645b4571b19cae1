package io.pgcdc.camel;

import java.util.Map;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.pipeline.Skipped;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;

/**
 * Does the endpoint's operation once for each exchange, and leaves its result in the body. What the endpoint's options
 * don't say, headers do.
 */
final class PgCdcProducer extends DefaultProducer {

    PgCdcProducer(PgCdcEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public PgCdcEndpoint getEndpoint() {
        return (PgCdcEndpoint) super.getEndpoint();
    }

    @Override
    public void process(Exchange exchange) {
        exchange.getMessage().setBody(result(exchange));
    }

    private Object result(Exchange exchange) {
        PgCdcControl control = getEndpoint().control();
        Message message = exchange.getMessage();
        return switch (getEndpoint().getOperation()) {
            case status -> control.status();
            case pause -> {
                control.pause();
                yield control.status();
            }
            case resume -> {
                control.resume();
                yield control.status();
            }
            case resyncTable -> resyncTable(control, message);
            case skipTo -> PgCdcControl.toMap(skipTo(control, exchange));
            case addTable -> Map.of("tables", control.addTables(tables(message)));
            case dropTable -> Map.of("tables", control.dropTables(tables(message)));
            case emitMessage -> Map.of("lsn", emitMessage(control, message));
            case preflight -> control.preflight().toMap();
            case dropSlot -> control.dropSlot().toMap();
        };
    }

    private Map<String, Object> resyncTable(PgCdcControl control, Message message) {
        String table = tables(message);
        String where = textOr(getEndpoint().getWhere(), message, PgCdcConstants.WHERE);
        if (where == null) {
            control.resyncTable(table);
            return Map.of("table", table);
        }
        control.copyRows(table, where);
        return Map.of("table", table, "where", where);
    }

    private Skipped skipTo(PgCdcControl control, Exchange exchange) {
        if (exchange.getProperty(Acknowledgement.PROPERTY) != null) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, where() + " waits for the exchanges of a pipeline to end, and this is one",
                    "Call it from a route of its own, or behind wireTap: or seda:");
        }
        Message message = exchange.getMessage();
        String target = textOr(getEndpoint().getSkipTo(), message, PgCdcConstants.SKIP_TO);
        if (target == null) {
            throw missing("the position to go on from", "skipTo", PgCdcConstants.SKIP_TO);
        }
        if (getEndpoint().isForce()) {
            return control.forceSkipTo(target);
        }
        String confirmed = textOr(getEndpoint().getConfirmedLsn(), message, PgCdcConstants.CONFIRMED_LSN);
        if (confirmed == null) {
            throw missing("the position that is confirmed now, so that nothing is skipped that nobody knows of",
                    "confirmedLsn (operation=status tells it; force=true does without)", PgCdcConstants.CONFIRMED_LSN);
        }
        return control.skipTo(target, confirmed);
    }

    private String emitMessage(PgCdcControl control, Message message) {
        boolean transactional = getEndpoint().isTransactional();
        String prefix = textOr(getEndpoint().getMessagePrefix(), message, PgCdcConstants.MESSAGE_PREFIX);
        if (prefix == null) {
            throw missing("the prefix of the message", "messagePrefix", PgCdcConstants.MESSAGE_PREFIX);
        }
        byte[] content = message.getBody(byte[].class);
        if (content == null) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, where() + " has no content: the body is empty",
                    "Set the body to the message's text or bytes");
        }
        return control.emitMessage(prefix, content, transactional);
    }

    /** The tables that the exchange is about, as the option {@code table} has them. */
    private String tables(Message message) {
        String table = textOr(getEndpoint().getTable(), message, PgCdcConstants.TABLE);
        if (table == null) {
            throw missing("the table", "table", PgCdcConstants.TABLE);
        }
        String schema = message.getHeader(PgCdcConstants.SCHEMA, String.class);
        return getEndpoint().getTable() == null && schema != null
                ? new TableId(schema, table).quoted() : table;
    }

    private static String textOr(String option, Message message, String header) {
        return option != null ? option : message.getHeader(header, String.class);
    }

    private PgCdcException missing(String what, String option, String header) {
        return new PgCdcException(
                ErrorCode.CONFIGURATION, where() + " needs " + what, "Set the option " + option + " or the header " + header);
    }

    private String where() {
        return "The operation " + getEndpoint().getOperation();
    }
}
