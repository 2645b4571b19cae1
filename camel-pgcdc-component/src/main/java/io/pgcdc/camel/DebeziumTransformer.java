package io.pgcdc.camel;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableId;
import io.pgcdc.model.Transaction;
import org.apache.camel.spi.DataTypeTransformer;

/**
 * The envelope of Debezium's connector for PostgreSQL, by its field names, without Kafka Connect's schema around it. A
 * change that Debezium has no letter for (schema, begin, commit, copyStart, copyEnd) has its own name as {@code op}.
 */
@DataTypeTransformer(name = "pgcdc:debezium",
                     description = "Transforms a change to a JSON envelope with Debezium's field names, a batch to an array of these")
public final class DebeziumTransformer extends ChangeTransformer {

    @Override
    void write(JsonWriter json, ChangeEvent change, Origin origin) {
        long now = System.currentTimeMillis();
        json.beginObject()
                .member("before", change.before())
                .member("after", hasNewRow(change.operation()) ? change : null);
        writeSource(json.name("source"), change, origin, now);
        if (change.operation() == Operation.MESSAGE) {
            writeMessage(json.name("message"), change);
        }
        if (change.operation() == Operation.SCHEMA) {
            writeTableChanges(json.name("tableChanges"), change);
        }
        writeTransaction(json.name("transaction"), change);
        json.member("op", op(change.operation())).member("ts_ms", now).endObject();
    }

    @Override
    String contentType(boolean isBatch) {
        return "application/json";
    }

    private static boolean hasNewRow(Operation operation) {
        return operation.isRow() && operation != Operation.DELETE;
    }

    private static void writeSource(JsonWriter json, ChangeEvent change, Origin origin, long now) {
        Transaction transaction = change.transaction();
        Instant committed = transaction.commitTimestamp();
        boolean isCopied = isCopied(change.operation());
        json.beginObject()
                .member("connector", "postgresql")
                .member("name", origin.pipeline())
                .member("ts_ms", committed == null ? now : committed.toEpochMilli())
                .member("snapshot", Boolean.toString(isCopied))
                .member("db", origin.database());
        // As text of an array: the position of the commit, then the change's own.
        json.member("sequence", new JsonWriter().beginArray()
                .value(Long.toUnsignedString(transaction.commitLsn()))
                .value(Long.toUnsignedString(change.lsn()))
                .endArray().toString());
        TableId table = change.table();
        json.member("schema", table == null ? "" : table.schema())
                .member("table", table == null ? "" : table.name())
                .member("txId", transaction.xid() == 0 ? null : transaction.xid())
                .member("lsn", change.lsn())
                .member("xmin", null)
                .endObject();
    }

    /** Which transaction, and which of its changes, counted from one. */
    private static void writeTransaction(JsonWriter json, ChangeEvent change) {
        Transaction transaction = change.transaction();
        if (transaction.xid() == 0) {
            json.value(null);
            return;
        }
        json.beginObject().member("id", transaction.xid() + ":" + Long.toUnsignedString(transaction.commitLsn()));
        if (change.operation().isRow() || change.operation() == Operation.TRUNCATE) {
            json.member("total_order", change.ordinal() + 1);
        }
        json.endObject();
    }

    /** Debezium's content is bytes. */
    private static void writeMessage(JsonWriter json, ChangeEvent message) {
        Object content = message.get("content");
        json.beginObject().member("prefix", message.get("prefix"));
        if (content instanceof String text && "utf8".equals(message.get("encoding"))) {
            json.member("content", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        } else {
            json.member("content", content);
        }
        json.endObject();
    }

    private static void writeTableChanges(JsonWriter json, ChangeEvent schema) {
        json.beginArray().beginObject()
                .member("type", "ALTER")
                .member("id", schema.table().quoted())
                .name("table");
        SchemaJson.write(json, schema.tableSchema());
        json.endObject().endArray();
    }

    private static boolean isCopied(Operation operation) {
        return operation == Operation.READ || operation == Operation.COPY_START || operation == Operation.COPY_END;
    }

    private static String op(Operation operation) {
        return switch (operation) {
            case READ -> "r";
            case INSERT -> "c";
            case UPDATE -> "u";
            case DELETE -> "d";
            case TRUNCATE -> "t";
            case MESSAGE -> "m";
            case SCHEMA, BEGIN, COMMIT, COPY_START, COPY_END -> operation.text();
        };
    }
}
