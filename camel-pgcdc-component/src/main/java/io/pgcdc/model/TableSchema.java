package io.pgcdc.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The shape of a table as it is published: its name, its columns in order, its key. Immutable; rows hold a reference to
 * the one that was in force when they were written.
 */
public final class TableSchema {

    private final TableId table;
    private final long relationOid;
    private final ReplicaIdentity replicaIdentity;
    private final List<Column> columns;
    private final Map<String, Integer> positions;
    private final int[] keyPositions;
    private final boolean hasArrays;
    /** Made when first asked for. Immutable, so two threads that make it at once do no harm. */
    private TableSchema withoutColumns;

    public TableSchema(TableId table, long relationOid, ReplicaIdentity replicaIdentity, List<Column> columns) {
        this.table = Objects.requireNonNull(table, "table");
        this.relationOid = relationOid;
        this.replicaIdentity = Objects.requireNonNull(replicaIdentity, "replicaIdentity");
        this.columns = List.copyOf(columns);
        this.positions = new HashMap<>(columns.size() * 2);
        for (int i = 0; i < this.columns.size(); i++) {
            if (positions.put(this.columns.get(i).name(), i) != null) {
                throw new IllegalArgumentException("table " + table + " has two columns of one name");
            }
        }
        this.keyPositions = java.util.stream.IntStream.range(0, this.columns.size())
                .filter(i -> this.columns.get(i).identity())
                .toArray();
        this.hasArrays = this.columns.stream().anyMatch(Column::isArray);
    }

    public TableId table() {
        return table;
    }

    /** The OID of the relation, unsigned; 0 for a schema that stands for no table. */
    public long relationOid() {
        return relationOid;
    }

    public ReplicaIdentity replicaIdentity() {
        return replicaIdentity;
    }

    /** The published columns, in the order in which rows hold them. */
    public List<Column> columns() {
        return columns;
    }

    /** The same table without any column, for events that are about no row. Kept, so that many events share it. */
    TableSchema withoutColumns() {
        TableSchema made = withoutColumns;
        if (made == null) {
            made = new TableSchema(table, 0, ReplicaIdentity.NOTHING, List.of());
            withoutColumns = made;
        }
        return made;
    }

    /** The position of a column in a row, or -1 if the table has none of that name. */
    public int position(Object columnName) {
        Integer position = positions.get(columnName);
        return position == null ? -1 : position;
    }

    /** How many columns make the key; 0 for a table without one. */
    public int keySize() {
        return keyPositions.length;
    }

    /** The position in the row of the key's i-th column. */
    public int keyPosition(int i) {
        return keyPositions[i];
    }

    public boolean hasKey() {
        return keyPositions.length > 0;
    }

    /**
     * Whether the key tells rows apart. It does not where it is the whole row (REPLICA IDENTITY FULL and no primary
     * key): there may be several that are equal.
     */
    public boolean hasUniqueKey() {
        return hasKey() && (replicaIdentity != ReplicaIdentity.FULL || keyPositions.length < columns.size());
    }

    /** Whether it has the same columns, by number, name and type, as another shape of the table. */
    public boolean hasColumnsOf(TableSchema other) {
        boolean same = columns.size() == other.columns.size();
        for (int i = 0; same && i < columns.size(); i++) {
            Column mine = columns.get(i);
            Column theirs = other.columns.get(i);
            same = mine.name().equals(theirs.name()) && mine.hasTypeOf(theirs) && mine.number() == theirs.number();
        }
        return same;
    }

    /** Whether values of it are arrays. */
    boolean hasArrays() {
        return hasArrays;
    }

    /** A short text that other columns, types or key of the table would give another one of; the same in every JVM. */
    String fingerprint() {
        StringBuilder text = new StringBuilder();
        columns.forEach(column -> text.append(column.name()).append(':').append(column.typeOid()).append(':')
                .append(column.typeModifier()).append(':').append(column.identity()).append(','));
        return Integer.toHexString(text.append(replicaIdentity.code()).toString().hashCode());
    }

    /** Equal if name, replica identity and every column are; the relation's OID does not count. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TableSchema that && table.equals(that.table)
                && replicaIdentity == that.replicaIdentity && columns.equals(that.columns);
    }

    @Override
    public int hashCode() {
        return Objects.hash(table, columns);
    }

    @Override
    public String toString() {
        return table + columns.stream().map(Column::name).collect(java.util.stream.Collectors.joining(", ", "(", ")"));
    }
}
