package io.pgcdc.torture;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.pgcdc.model.Operation;
import io.pgcdc.model.Position;

/**
 * What a sink has of one table: its rows by identity, kept as the changes say, each event id once. Where the route
 * keeps no order, the changes are gathered, and applied by their event ids at the end.
 */
final class TableModel {

    private static final int NONE = -1;

    private final TortureTable table;
    private final boolean ordered;
    private final Violations violations;

    private final Map<List<String>, Map<String, String>> rows = new HashMap<>();
    private final TreeMap<Position, Delivered> gathered = new TreeMap<>();
    private final TreeMap<Position, Delivered> gatheredRows = new TreeMap<>();

    // The last change, the highest one, and what may come again.
    private Position last;
    private Position highest;
    private int windowUsed = NONE;
    private int copyWindowUsed = NONE;

    // The copy.
    private long snapshot = -1;
    private boolean copied;
    private long settledFrom = -1;
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

    void beginCopy(Delivered start, int window) {
        if (ordered && copyWindowUsed == window && snapshot >= 0) {
            violations.add(Invariant.DUPLICATES, table.sqlName() + " is copied again without a cause");
        }
        copyWindowUsed = window;
        snapshot = start.position().commitLsn();
        settledFrom = -1;
        copied = false;
        last = null;
        changesSinceCopy = 0;
    }

    /** What was delivered is void, and the destination was told so: a copy that cannot go on starts over. */
    void reset(Delivered truncate) {
        copyWindowUsed = NONE;
        last = null;
        changesSinceCopy = 0;
        if (ordered) {
            rows.clear();
        } else {
            gathered.put(truncate.position(), truncate);
        }
    }

    void endCopy() {
        copied = true;
    }

    /**
     * Tells where the server's log ends now. From there on a change meets the row that it changed: a copy that goes on
     * after a kill reads rows that are newer than the changes which are replayed first.
     */
    void logEndsAt(long lsn) {
        if (copied && settledFrom == -1) {
            settledFrom = lsn;
        }
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
        if (first && settledFrom != -1 && Long.compareUnsigned(change.position().commitLsn(), settledFrom) > 0) {
            compareBefore(change);
        }
        if (first) {
            apply(change);
        }
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
            return;
        }
        Map<String, String> there = rows.get(table.identityOf(before));
        if (!before.equals(there)) {
            violations.add(Invariant.SAME_VALUES, change + ": its old row "
                                                  + (there == null
                                                          ? "was not delivered before"
                                                          : "is not the one that was delivered before, in "
                                                            + differing(before, there)));
        }
    }

    /** The columns in which two rows differ. */
    static List<String> differing(Map<String, String> one, Map<String, String> other) {
        return Stream.concat(one.keySet().stream(), other.keySet().stream())
                .distinct()
                .filter(column -> !Objects.equals(one.get(column), other.get(column))
                        || one.containsKey(column) != other.containsKey(column))
                .toList();
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
            all.putAll(gatheredRows);
            all.values().forEach(this::apply);
        }
        return rows;
    }
}
