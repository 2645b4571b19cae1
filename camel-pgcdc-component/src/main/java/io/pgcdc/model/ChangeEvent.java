package io.pgcdc.model;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One change, or one row of the copy. It is itself the map of the row: the row after the change; for a delete the old
 * row as far as PostgreSQL sent it. Events that are about no row ({@link Operation#isRow()}) are an empty map, a
 * logical message and a {@linkplain SchemaChangeEvent schema change} the map of their parts.
 *
 * <p>
 * Immutable. {@link #toString()} tells operation, table and position, never a value.
 */
public sealed class ChangeEvent extends TableRow permits SchemaChangeEvent, TruncateEvent {

    private static final Object[] NO_VALUES = {};

    // What objects take on a 64-bit JVM: the event with its arrays; a value, its place in the array included.
    private static final int ROW_BYTES = 160;
    private static final int VALUE_BYTES = 64;
    // Text beyond Latin-1 takes two bytes for a character that may be one on the wire; an element of an array is a
    // value, too, of a few characters perhaps.
    private static final int BYTES_PER_BYTE = 2;
    private static final int BYTES_PER_BYTE_OF_ARRAYS = 10;

    private final Operation operation;
    private final Transaction transaction;
    private final long lsn;
    private final long ordinal;
    private final TableRow before;
    private final TableSchema tableSchema;
    private final int bytes;

    ChangeEvent(Operation operation, TableSchema rowSchema, TableSchema tableSchema, Object[] values, TableRow before,
                Transaction transaction, long lsn, long ordinal, int bytes) {
        super(rowSchema, values);
        this.operation = operation;
        this.tableSchema = tableSchema;
        this.before = before;
        this.transaction = Objects.requireNonNull(transaction, "transaction");
        this.lsn = lsn;
        this.ordinal = ordinal;
        this.bytes = bytes;
    }

    /**
     * A row change or a row of the copy.
     *
     * @param before the old row or the old key, where PostgreSQL sent one, else {@code null}
     * @param bytes  the size of the row on the wire, the measure for {@code maxBatchBytes}
     */
    public static ChangeEvent row(
            Operation operation, TableSchema schema, Object[] values, TableRow before, Transaction transaction,
            long lsn, long ordinal, int bytes) {
        return new ChangeEvent(operation, schema, schema, values, before, transaction, lsn, ordinal, bytes);
    }

    /** A row change or a row of the copy whose values can't be read: it has none. */
    public static ChangeEvent unread(
            Operation operation, TableSchema schema, Transaction transaction, long lsn, long ordinal, int bytes) {
        Object[] values = new Object[schema.columns().size()];
        Arrays.fill(values, ABSENT);
        return new ChangeEvent(operation, schema, schema, values, null, transaction, lsn, ordinal, bytes);
    }

    /** An event about a whole table: copyStart, copyEnd; see {@link TruncateEvent} and {@link SchemaChangeEvent}. */
    public static ChangeEvent ofTable(
            Operation operation, TableSchema schema, Transaction transaction, long lsn, long ordinal) {
        return new ChangeEvent(
                operation, schema.withoutColumns(), schema, NO_VALUES, null, transaction, lsn, ordinal, 64);
    }

    /** An event about no table: begin, commit, message; its parts are the columns of the given schema. */
    public static ChangeEvent ofTransaction(
            Operation operation, TableSchema parts, Object[] values, Transaction transaction, long lsn, long ordinal,
            int bytes) {
        return new ChangeEvent(operation, parts, null, values, null, transaction, lsn, ordinal, bytes);
    }

    public final Operation operation() {
        return operation;
    }

    /** The table, or {@code null} for an event that is about none. */
    public final TableId table() {
        return tableSchema == null ? null : tableSchema.table();
    }

    /** The shape of the table in force, or {@code null} for an event that is about none. */
    public final TableSchema tableSchema() {
        return tableSchema;
    }

    /** The old row or the old key, where PostgreSQL sent one, else {@code null}. */
    public final Map<String, Object> before() {
        return before;
    }

    /** The key columns of the row after the change (of the old row for a delete); empty for a table without key. */
    public final Map<String, Object> key() {
        return operation.isRow() ? keyOf() : Map.of();
    }

    /** The columns that PostgreSQL did not send because a large value did not change (unchanged TOAST). */
    public final Set<String> unchanged() {
        if (operation != Operation.UPDATE) {
            return Set.of();
        }
        Set<String> names = null;
        for (int i = 0; i < schema().columns().size(); i++) {
            if (!isPresent(i)) {
                names = names == null ? new LinkedHashSet<>() : names;
                names.add(schema().columns().get(i).name());
            }
        }
        return names == null ? Set.of() : names;
    }

    public final Position position() {
        return new Position(transaction.commitLsn(), ordinal);
    }

    /**
     * {@link Position#eventId()} of {@link #position()}. Events that do not count in their transaction get their kind
     * appended, and messages their own position, changes of the shape the new one's fingerprint too, so that no id is
     * given twice.
     */
    public final String eventId() {
        String id = position().eventId();
        return switch (operation) {
            case READ, INSERT, UPDATE, DELETE, TRUNCATE, COPY_START, COPY_END -> id;
            case SCHEMA -> id + '/' + operation.text() + '/' + table() + '/' + tableSchema.fingerprint();
            case BEGIN, COMMIT -> id + '/' + operation.text();
            case MESSAGE -> id + '/' + operation.text() + '/' + new Position(lsn, 0).eventId().substring(0, 16);
        };
    }

    public final Transaction transaction() {
        return transaction;
    }

    /** The position of the change's own record in the log; for the copy the snapshot's. */
    public final long lsn() {
        return lsn;
    }

    /** The index in the transaction, see {@link Position#ordinal()}. */
    public final long ordinal() {
        return ordinal;
    }

    /** The size on the wire in bytes. */
    public final int bytes() {
        return bytes;
    }

    /** About how many bytes of memory it takes: many times those on the wire, if its values are short. */
    public final long heapBytes() {
        long values = schema().columns().size() * (before == null ? 1L : 2L);
        return ROW_BYTES + VALUE_BYTES * values
               + (long) bytes * (schema().hasArrays() ? BYTES_PER_BYTE_OF_ARRAYS : BYTES_PER_BYTE);
    }

    @Override
    public final boolean equals(Object other) {
        return super.equals(other);
    }

    @Override
    public final int hashCode() {
        return super.hashCode();
    }

    @Override
    public final String toString() {
        return operation.text() + (tableSchema == null ? "" : " of " + tableSchema.table()) + " at " + position();
    }
}
