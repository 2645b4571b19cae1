package io.pgcdc.routes.kafka;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.SchemaChange;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;
import org.apache.camel.Message;

/** Makes changes of records in the format cbor. Thread-safe. */
final class RecordDecoder {

    /** Shapes by their bytes, so that changes of one shape share it. */
    private final Map<ByteBuffer, TableSchema> shapes = new ConcurrentHashMap<>();

    /**
     * @throws IllegalArgumentException if it is no such record
     */
    ChangeEvent decode(Message record) {
        Operation operation = operation(required(record, WireHeaders.OPERATION));
        TableSchema shape = shape(record);
        String id = required(record, WireHeaders.EVENT_ID);
        Transaction transaction = transaction(record, Long.parseUnsignedLong(id, 0, 16, 16));
        long ordinal = Long.parseUnsignedLong(id, 17, 33, 16);
        long lsn = Lsn.parse(required(record, WireHeaders.LSN)).value();
        return switch (operation) {
            case READ, INSERT, UPDATE, DELETE -> row(record, operation, shape, transaction, lsn, ordinal);
            case TRUNCATE -> {
                Map<?, ?> parts = (Map<?, ?>) Cbor.read(value(record));
                yield new TruncateEvent(
                        shape, (Boolean) parts.get(ExactValues.CASCADE), (Boolean) parts.get(ExactValues.RESTART_IDENTITY),
                        transaction, lsn, ordinal);
            }
            case SCHEMA -> new SchemaChangeEvent(
                    SchemaChange.between(CborShape.read(value(record)), shape), transaction, ordinal);
            case COPY_START, COPY_END -> ChangeEvent.ofTable(operation, shape, transaction, lsn, ordinal);
            case MESSAGE, BEGIN, COMMIT -> throw new IllegalArgumentException("A " + operation.text() + " has no topic");
        };
    }

    private static ChangeEvent row(
            Message record, Operation operation, TableSchema shape, Transaction transaction, long lsn, long ordinal) {
        byte[] old = (byte[]) record.getHeader(ExactValues.BEFORE);
        TableRow before = old == null ? null : new TableRow(shape, values(shape, old));
        if (operation == Operation.DELETE) {
            if (before == null) {
                throw missing(ExactValues.BEFORE);
            }
            return ChangeEvent.row(operation, shape, values(shape, old), before, transaction, lsn, ordinal, old.length);
        }
        byte[] value = value(record);
        Object[] values = values(shape, value);
        // A record of its own has told the end of the old key, and another row may have it by now.
        TableRow own = before == null || !hasKey(shape, values, before) ? null : before;
        return ChangeEvent.row(operation, shape, values, own, transaction, lsn, ordinal, value.length);
    }

    private static boolean hasKey(TableSchema shape, Object[] values, TableRow before) {
        boolean same = true;
        for (int i = 0; i < shape.keySize() && same; i++) {
            Object old = before.value(shape.keyPosition(i));
            same = old == null ? values[shape.keyPosition(i)] == null : old.equals(values[shape.keyPosition(i)]);
        }
        return same;
    }

    private static Object[] values(TableSchema shape, byte[] row) {
        return CborShape.values(shape, (Map<?, ?>) Cbor.read(row));
    }

    private TableSchema shape(Message record) {
        byte[] bytes = (byte[]) record.getHeader(ExactValues.SHAPE);
        if (bytes == null) {
            throw missing(ExactValues.SHAPE);
        }
        return shapes.computeIfAbsent(ByteBuffer.wrap(bytes), key -> CborShape.read(bytes));
    }

    private static Transaction transaction(Message record, long commitLsn) {
        String xid = FromKafka.text(record, WireHeaders.XID);
        String committed = FromKafka.text(record, WireHeaders.COMMIT_TIMESTAMP);
        return new Transaction(
                xid == null ? 0 : Long.parseLong(xid), commitLsn, commitLsn,
                committed == null ? null : Instant.parse(committed));
    }

    private static byte[] value(Message record) {
        if (record.getBody() instanceof byte[] bytes) {
            return bytes;
        }
        throw new IllegalArgumentException(
                "The record has no value of bytes: read it with valueDeserializer="
                                           + "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    }

    private static Operation operation(String text) {
        return Arrays.stream(Operation.values()).filter(operation -> operation.text().equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(WireHeaders.OPERATION + " is not known: " + text));
    }

    private static String required(Message record, String header) {
        String value = FromKafka.text(record, header);
        if (value == null) {
            throw missing(header);
        }
        return value;
    }

    private static IllegalArgumentException missing(String header) {
        return new IllegalArgumentException(
                "The record has no header " + header + ": it was not written by pgcdc with format=cbor");
    }
}
