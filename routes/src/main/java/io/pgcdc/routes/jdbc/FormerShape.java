package io.pgcdc.routes.jdbc;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;

/**
 * Changes of a shape that the table had before the one that it has in the destination. Behind Kafka one partition is
 * read sooner than another, so that a row may come later than a change of the shape that happened after it.
 */
final class FormerShape {

    private FormerShape() {
    }

    /** Whether rows can be told in the later shape: no column got another type, and the key is the same. */
    static boolean fits(TableSchema former, TableSchema now) {
        boolean fits = former.table().equals(now.table()) && former.hasUniqueKey() && former.keySize() == now.keySize();
        for (int i = 0; fits && i < now.columns().size(); i++) {
            Column column = now.columns().get(i);
            int position = position(former, column);
            fits = position < 0
                    ? !column.identity()
                    : former.columns().get(position).hasTypeOf(column)
                            && former.columns().get(position).identity() == column.identity();
        }
        return fits;
    }

    /**
     * The same changes in the later shape. What changes the same row later comes later, so a column that is new has
     * what PostgreSQL gave to the rows that were there.
     */
    static List<ChangeEvent> told(List<ChangeEvent> changes, TableSchema now) {
        return changes.stream().map(change -> told(change, now)).toList();
    }

    private static ChangeEvent told(ChangeEvent change, TableSchema now) {
        TableSchema former = change.tableSchema();
        Map<String, Object> before = change.before();
        return ChangeEvent.row(
                change.operation(), now,
                values(former, now, i -> change.isPresent(i) ? change.value(i) : TableRow.ABSENT),
                before == null
                        ? null
                        : new TableRow(
                                now, values(
                                        former, now,
                                        i -> before.getOrDefault(former.columns().get(i).name(), TableRow.ABSENT))),
                change.transaction(), change.lsn(), change.ordinal(), change.bytes());
    }

    private static Object[] values(TableSchema former, TableSchema now, IntFunction<Object> value) {
        Object[] values = new Object[now.columns().size()];
        for (int i = 0; i < values.length; i++) {
            int position = position(former, now.columns().get(i));
            values[i] = position >= 0 ? value.apply(position) : MissingValue.of(now.columns().get(i));
        }
        return values;
    }

    private static int position(TableSchema shape, Column column) {
        for (int i = 0; i < shape.columns().size(); i++) {
            Column other = shape.columns().get(i);
            if (column.number() == 0 || other.number() == 0
                    ? other.name().equals(column.name())
                    : other.number() == column.number()) {
                return i;
            }
        }
        return -1;
    }
}
