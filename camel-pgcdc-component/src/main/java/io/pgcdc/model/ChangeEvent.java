package io.pgcdc.model;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One change, or one row of the copy. It is itself the map of the row: the row after the change; for a delete the old
 * row as far as PostgreSQL sent it. Events that are about no row ({@link Operation#isRow()}) are an empty map, a
 * logical message the map of its parts.
 *
 * <p>
 * Immutable. {@link #toString()} tells operation, table and position, never a value.
 */
public final class ChangeEvent extends TableRow {

    private static final Object[] NO_VALUES = {};
    /** What an event about a whole table counts for. */
    private static final int TABLE_BYTES = 64;

    private final Operation operation;
    private final Transaction transaction;
    private final long lsn;
    private final long ordinal;
    private final TableRow before;
    private final TableSchema tableSchema;
    private final int bytes;
    private final boolean cascade;
    private final boolean restartIdentity;

    private ChangeEvent(Operation operation, TableSchema rowSchema, TableSchema tableSchema, Object[] values,
                        TableRow before, Transaction transaction, long lsn, long ordinal, int bytes) {
        this(operation, rowSchema, tableSchema, values, before, transaction, lsn, ordinal, bytes, false, false);
    }

    private ChangeEvent(Operation operation, TableSchema rowSchema, TableSchema tableSchema, Object[] values,
                        TableRow before, Transaction transaction, long lsn, long ordinal, int bytes, boolean cascade,
                        boolean restartIdentity) {
        super(rowSchema, values);
        this.operation = operation;
        this.tableSchema = tableSchema;
        this.before = before;
        this.transaction = Objects.requireNonNull(transaction, "transaction");
        this.lsn = lsn;
        this.ordinal = ordinal;
        this.bytes = bytes;
        this.cascade = cascade;
        this.restartIdentity = restartIdentity;
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

    /** An event about a whole table: truncate, schema, copyStart, copyEnd. */
    public static ChangeEvent ofTable(
            Operation operation, TableSchema schema, Transaction transaction, long lsn, long ordinal) {
        return new ChangeEvent(
                operation, schema.withoutColumns(), schema, NO_VALUES, null, transaction, lsn, ordinal, TABLE_BYTES);
    }

    /** The truncation of one table by a command that may have named others, too, and had these options. */
    public static ChangeEvent truncate(
            TableSchema schema, boolean cascade, boolean restartIdentity, Transaction transaction, long lsn, long ordinal) {
        return new ChangeEvent(
                Operation.TRUNCATE, schema.withoutColumns(), schema, NO_VALUES, null, transaction, lsn, ordinal,
                TABLE_BYTES, cascade, restartIdentity);
    }

    /** An event about no table: begin, commit, message; its parts are the columns of the given schema. */
    public static ChangeEvent ofTransaction(
            Operation operation, TableSchema parts, Object[] values, Transaction transaction, long lsn, long ordinal,
            int bytes) {
        return new ChangeEvent(operation, parts, null, values, null, transaction, lsn, ordinal, bytes);
    }

    public Operation operation() {
        return operation;
    }

    /** The table, or {@code null} for an event that is about none. */
    public TableId table() {
        return tableSchema == null ? null : tableSchema.table();
    }

    /** The shape of the table in force, or {@code null} for an event that is about none. */
    public TableSchema tableSchema() {
        return tableSchema;
    }

    /** The old row or the old key, where PostgreSQL sent one, else {@code null}. */
    public Map<String, Object> before() {
        return before;
    }

    /** The key columns of the row after the change (of the old row for a delete); empty for a table without key. */
    public Map<String, Object> key() {
        return operation.isRow() ? keyOf() : Map.of();
    }

    /** The columns that PostgreSQL did not send because a large value did not change (unchanged TOAST). */
    public Set<String> unchanged() {
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

    public Position position() {
        return new Position(transaction.commitLsn(), ordinal);
    }

    /**
     * {@link Position#eventId()} of {@link #position()}. Events that do not count in their transaction get their kind
     * appended, and messages their own position too, so that no id is given twice.
     */
    public String eventId() {
        String id = position().eventId();
        return switch (operation) {
            case READ, INSERT, UPDATE, DELETE, TRUNCATE, COPY_START, COPY_END -> id;
            case SCHEMA -> id + '/' + operation.text() + '/' + table();
            case BEGIN, COMMIT -> id + '/' + operation.text();
            case MESSAGE -> id + '/' + operation.text() + '/' + new Position(lsn, 0).eventId().substring(0, 16);
        };
    }

    public Transaction transaction() {
        return transaction;
    }

    /** The position of the change's own record in the log; for the copy the snapshot's. */
    public long lsn() {
        return lsn;
    }

    /** The index in the transaction, see {@link Position#ordinal()}. */
    public long ordinal() {
        return ordinal;
    }

    /** Whether a truncate was one with CASCADE; the tables that it reached have events of their own. */
    public boolean cascade() {
        return cascade;
    }

    /** Whether a truncate was one with RESTART IDENTITY. */
    public boolean restartIdentity() {
        return restartIdentity;
    }

    /** The size on the wire in bytes. */
    public int bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    @Override
    public String toString() {
        return operation.text() + (tableSchema == null ? "" : " of " + tableSchema.table()) + " at " + position();
    }
}
