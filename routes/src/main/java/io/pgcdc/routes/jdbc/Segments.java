package io.pgcdc.routes.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;

/** Takes the body of an exchange apart into what is applied in one go. */
final class Segments {

    /** Behind Kafka an update of the key is two changes of one position, the first of which deletes the old key. */
    private static final Comparator<ChangeEvent> ORDER = Comparator.comparing(ChangeEvent::position)
            .thenComparing(change -> change.operation() != Operation.DELETE);

    private Segments() {
    }

    /**
     * The changes of each table in the body, in the order of the source; what is about no table is left out. An
     * aggregation whose members came again in part has some of them twice, and not in order.
     *
     * @throws IllegalArgumentException if the body is no change and no list of changes; tells its class only
     */
    static Map<TableId, List<ChangeEvent>> byTable(Object body) {
        Map<TableId, List<ChangeEvent>> tables = new LinkedHashMap<>();
        gather(body, tables);
        tables.replaceAll((table, changes) -> isAscending(changes) ? changes : sorted(changes));
        return tables;
    }

    private static boolean isAscending(List<ChangeEvent> changes) {
        boolean ascending = true;
        for (int i = 1; i < changes.size() && ascending; i++) {
            int step = ORDER.compare(changes.get(i - 1), changes.get(i));
            // A change of the shape has the position of a change of a row.
            ascending = step < 0 || step == 0 && isOfShape(changes.get(i - 1)) != isOfShape(changes.get(i));
        }
        return ascending;
    }

    /** Without changes of the shape, which stand between positions; each row tells its shape anyway. */
    private static List<ChangeEvent> sorted(List<ChangeEvent> changes) {
        NavigableSet<ChangeEvent> sorted = new TreeSet<>(ORDER);
        changes.stream().filter(change -> !isOfShape(change)).forEach(sorted::add);
        return new ArrayList<>(sorted);
    }

    private static boolean isOfShape(ChangeEvent change) {
        return change.operation() == Operation.SCHEMA;
    }

    private static void gather(Object body, Map<TableId, List<ChangeEvent>> tables) {
        if (body instanceof ChangeEvent change) {
            if (change.table() != null) {
                tables.computeIfAbsent(change.table(), table -> new ArrayList<>()).add(change);
            }
        } else if (body instanceof Collection<?> bodies) {
            bodies.forEach(inner -> gather(inner, tables));
        } else {
            throw new IllegalArgumentException(
                    "pgcdc-jdbc takes the body of a pgcdc exchange, a change or a list of changes, not "
                                               + (body == null ? "null" : body.getClass().getName())
                                               + "; put it before steps that change the body");
        }
    }

    /** Runs of changes of one table with one shape: rows of the copy, changes of rows, or a single other event. */
    static List<List<ChangeEvent>> of(List<ChangeEvent> changes) {
        List<List<ChangeEvent>> segments = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= changes.size(); i++) {
            if (i == changes.size() || !belongTogether(changes.get(i - 1), changes.get(i))) {
                segments.add(changes.subList(from, i));
                from = i;
            }
        }
        return segments;
    }

    /** Whether it belongs to a copy, not to the stream: no transaction wrote it. */
    static boolean isOfCopy(ChangeEvent event) {
        return event.transaction().xid() == 0;
    }

    private static boolean belongTogether(ChangeEvent one, ChangeEvent next) {
        return one.operation().isRow() && next.operation().isRow()
                && (one.operation() == Operation.READ) == (next.operation() == Operation.READ)
                && (one.operation() != Operation.READ
                        || one.transaction().commitLsn() == next.transaction().commitLsn())
                && hasSameShape(one.tableSchema(), next.tableSchema());
    }

    private static boolean hasSameShape(TableSchema one, TableSchema other) {
        return one == other || one.equals(other);
    }
}
