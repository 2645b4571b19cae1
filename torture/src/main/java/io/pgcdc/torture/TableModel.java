package io.pgcdc.torture;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.pgcdc.model.Operation;
import io.pgcdc.model.Position;

/**
 * What a sink has of one table: its rows by identity, kept as the changes say. Where the route keeps no order, the
 * changes are gathered, and applied by their event ids at the end, as a sink would that works by them.
 */
final class TableModel {

    private final TortureTable table;
    private final boolean ordered;
    private final Violations violations;

    private final Map<List<String>, Map<String, String>> rows = new HashMap<>();
    private final TreeMap<Position, Delivered> gathered = new TreeMap<>();
    private final TreeMap<Position, Delivered> gatheredRows = new TreeMap<>();

    // The last change, the highest one, and what may come again.
    private Position last;
    private Position highest;
    private int windowUsed = -1;
    private int copyWindowUsed = -1;

    // The copy.
    private long snapshot = -1;
    private int copies;
    private long changesSinceCopy;
    private long rowsRead;

    TableModel(TortureTable table, boolean ordered, Violations violations) {
        this.table = table;
        this.ordered = ordered;
        this.violations = violations;
    }

    /** Where the last copy stands, -1 if there was none. */
    long snapshot() {
        return snapshot;
    }

    long rowsRead() {
        return rowsRead;
    }

    /** Returns whether the table starts from nothing: it has no key, and its copy has a new slot. */
    boolean beginCopy(Delivered start, int window) {
        if (ordered && copyWindowUsed == window && snapshot >= 0) {
            violations.add(Invariant.DUPLICATES, table.sqlName() + " is copied again without a cause");
        }
        copyWindowUsed = window;
        boolean fromNothing = !table.keyed() && snapshot >= 0
                && Long.compareUnsigned(start.position().commitLsn(), snapshot) > 0;
        snapshot = start.position().commitLsn();
        copies++;
        last = null;
        changesSinceCopy = 0;
        if (fromNothing) {
            rows.clear();
        }
        return fromNothing;
    }

    void read(Delivered row) {
        rowsRead++;
        if (!ordered) {
            gatheredRows.put(row.position(), row);
            return;
        }
        if (changesSinceCopy > 0) {
            violations.add(Invariant.ORDER, row + " comes after the table's change at " + last);
        }
        apply(row);
    }

    /**
     * @param first  whether its event id was not delivered before
     * @param window counts the events after which changes may come again: kills, failures
     */
    void change(Delivered change, boolean first, int window) {
        changesSinceCopy++;
        if (!ordered) {
            gathered.putIfAbsent(change.position(), change);
            return;
        }
        if (last != null && change.position().compareTo(last) <= 0) {
            if (windowUsed == window) {
                violations.add(first ? Invariant.ORDER : Invariant.DUPLICATES,
                        change + " comes after " + last + " without a cause");
            }
            windowUsed = window;
        }
        if (first && highest != null && change.position().compareTo(highest) < 0) {
            violations.add(Invariant.ORDER, change + " comes for the first time after " + highest);
        }
        last = change.position();
        highest = highest == null || highest.compareTo(last) < 0 ? last : highest;
        if (first && table == TortureTable.LEDGER && rows.containsKey(table.identityOf(change.row()))) {
            violations.add(Invariant.DUPLICATES, change + " was delivered before under another id");
        }
        if (first && copies <= 1) {
            compareBefore(change);
        }
        apply(change);
    }

    /** With replica identity FULL the old row is sent whole: it has to be the one that we have, copied or streamed. */
    private void compareBefore(Delivered change) {
        if (table != TortureTable.NOTES || change.operation() == Operation.TRUNCATE
                || change.operation() == Operation.INSERT) {
            return;
        }
        Map<String, String> before = change.operation() == Operation.DELETE ? change.row() : change.before();
        if (before == null) {
            violations.add(Invariant.SAME_VALUES, change + " has no old row in spite of REPLICA IDENTITY FULL");
        } else if (!before.equals(rows.get(table.identityOf(before)))) {
            violations.add(Invariant.SAME_VALUES, change + ": its old row is not the row that was delivered before");
        }
    }

    private void apply(Delivered event) {
        Map<String, String> row = event.row();
        switch (event.operation()) {
            case READ, INSERT -> rows.put(table.identityOf(row), row);
            case UPDATE -> {
                boolean moved = event.before() != null && table.hasIdentity(event.before());
                Map<String, String> old = moved ? rows.remove(table.identityOf(event.before())) : null;
                // A row that an interrupted copy has brought where it moves to has the large values that are not sent.
                Map<String, String> whole = new LinkedHashMap<>(rows.getOrDefault(table.identityOf(row), Map.of()));
                if (old != null) {
                    whole.putAll(old);
                }
                whole.putAll(row);
                rows.put(table.identityOf(row), whole);
            }
            case DELETE -> rows.remove(table.identityOf(row));
            case TRUNCATE -> rows.clear();
            case MESSAGE, SCHEMA, BEGIN, COMMIT, COPY_START, COPY_END -> {
                // about no row
            }
        }
    }

    /** The rows at the end, by identity. */
    Map<List<String>, Map<String, String>> finish() {
        if (!ordered) {
            TreeMap<Position, Delivered> all = new TreeMap<>(gathered);
            if (!table.keyed()) {
                // A copy that started over brings everything again.
                Position from = new Position(snapshot, 0);
                gatheredRows.headMap(from).clear();
                all = new TreeMap<>(gathered.tailMap(from));
            }
            all.putAll(gatheredRows);
            all.values().forEach(this::apply);
        }
        return rows;
    }
}
