package io.pgcdc.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What has become of a table's shape. Columns are matched by their number in the table, so that a column that got
 * another name is told apart from one that went and one that came; where a number is not known, by name.
 *
 * @param before  the shape until then
 * @param after   the shape from the next row on
 * @param added   the columns that were not there before, as they are now
 * @param dropped the columns that are not there any more, as they were
 * @param changed the columns that are there in both, and are not equal
 */
public record SchemaChange(TableSchema before, TableSchema after, List<Column> added, List<Column> dropped,
        List<ColumnChange> changed) {

    /** One column before and after. */
    public record ColumnChange(Column before, Column after) {

        public boolean renamed() {
            return !before.name().equals(after.name());
        }

        public boolean typeChanged() {
            return !before.hasTypeOf(after);
        }

        public boolean nullabilityChanged() {
            return before.nullable() != after.nullable();
        }

        public boolean defaultChanged() {
            return !Objects.equals(before.defaultExpression(), after.defaultExpression());
        }
    }

    public SchemaChange {
        added = List.copyOf(added);
        dropped = List.copyOf(dropped);
        changed = List.copyOf(changed);
    }

    /** Compares two shapes of one table. */
    public static SchemaChange between(TableSchema before, TableSchema after) {
        Map<Integer, Column> byNumber = new HashMap<>();
        Map<String, Column> byName = new HashMap<>();
        for (Column column : before.columns()) {
            byName.put(column.name(), column);
            if (column.number() != 0) {
                byNumber.put(column.number(), column);
            }
        }
        List<Column> added = new ArrayList<>();
        List<Column> dropped = new ArrayList<>(before.columns());
        List<ColumnChange> changed = new ArrayList<>();
        for (Column column : after.columns()) {
            Column old = column.number() == 0 ? null : byNumber.get(column.number());
            Column namesake = byName.get(column.name());
            if (old == null && namesake != null && (namesake.number() == 0 || column.number() == 0)) {
                old = namesake;
            }
            if (old == null) {
                added.add(column);
            } else {
                dropped.remove(old);
                if (!old.equals(column)) {
                    changed.add(new ColumnChange(old, column));
                }
            }
        }
        return new SchemaChange(before, after, added, dropped, changed);
    }

    /** Whether the table has another name, or is in another schema. */
    public boolean tableRenamed() {
        return !before.table().equals(after.table());
    }

    /** The columns that have another name. */
    public List<ColumnChange> renamed() {
        return changed.stream().filter(ColumnChange::renamed).toList();
    }

    /** Whether other columns than before make the key; another name of one of them is no such change. */
    public boolean keyChanged() {
        return added.stream().anyMatch(Column::identity) || dropped.stream().anyMatch(Column::identity)
                || changed.stream().anyMatch(column -> column.before().identity() != column.after().identity());
    }

    /** Whether old rows are sent in another way than before. */
    public boolean replicaIdentityChanged() {
        return before.replicaIdentity() != after.replicaIdentity();
    }

    /** The table and the names of columns. */
    @Override
    public String toString() {
        return "schema change of " + after.table() + ": added " + names(added) + ", dropped " + names(dropped)
               + ", changed " + names(changed.stream().map(ColumnChange::after).toList());
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }
}
