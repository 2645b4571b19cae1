package io.pgcdc.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.pgcdc.model.SchemaChange.ColumnChange;

/**
 * Tells that a table has another shape from its next row on. As a map it has the change in plain words, so that a route
 * can write it down without knowing this class:
 *
 * <ul>
 * <li>{@code previousSchema}, {@code previousTable}: the name until then
 * <li>{@code columns}: the columns from now on, each a Map of {@code name}, {@code type}, {@code nullable},
 * {@code default}, {@code key}
 * <li>{@code added}, {@code dropped}: Lists of names
 * <li>{@code renamed}: a Map of old names to new ones
 * <li>{@code typeChanged}, {@code nullabilityChanged}, {@code defaultChanged}: Lists of names, as they are now
 * <li>{@code keyChanged}, {@code replicaIdentityChanged}: Booleans
 * </ul>
 */
public final class SchemaChangeEvent extends ChangeEvent {

    private static final int BYTES = 64;
    private static final TableSchema PARTS = new TableSchema(
            new TableId("", ""), 0, ReplicaIdentity.NOTHING,
            Stream.of(
                    "previousSchema", "previousTable", "columns", "added", "dropped", "renamed", "typeChanged",
                    "nullabilityChanged", "defaultChanged", "keyChanged", "replicaIdentityChanged")
                    .map(part -> new Column(part, 0, null, -1, false, false))
                    .toList());

    private final SchemaChange change;

    /**
     * @param transaction that has the first row of the new shape
     * @param ordinal     of the change in the transaction that it comes behind, 0 if it comes before all
     */
    public SchemaChangeEvent(SchemaChange change, Transaction transaction, long ordinal) {
        super(
              Operation.SCHEMA, PARTS, change.after(), parts(change), null, transaction, transaction.commitLsn(), ordinal,
              BYTES);
        this.change = change;
    }

    public SchemaChange change() {
        return change;
    }

    private static Object[] parts(SchemaChange change) {
        Map<String, Object> renamed = new LinkedHashMap<>();
        change.renamed().forEach(column -> renamed.put(column.before().name(), column.after().name()));
        return new Object[] {
                change.before().table().schema(), change.before().table().name(),
                change.after().columns().stream().map(SchemaChangeEvent::described).toList(),
                names(change.added()), names(change.dropped()), renamed,
                names(change, ColumnChange::typeChanged), names(change, ColumnChange::nullabilityChanged),
                names(change, ColumnChange::defaultChanged),
                change.keyChanged(), change.replicaIdentityChanged() };
    }

    private static Map<String, Object> described(Column column) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", column.name());
        described.put("type", column.typeName());
        described.put("nullable", column.nullable());
        described.put("default", column.defaultExpression());
        described.put("key", column.identity());
        return described;
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }

    private static List<String> names(SchemaChange change, Predicate<ColumnChange> which) {
        List<String> names = new ArrayList<>();
        change.changed().stream().filter(which).forEach(column -> names.add(column.after().name()));
        return names;
    }
}
