package io.pgcdc.torture;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.Position;

/**
 * Judges what the route delivers, as it comes, and at the end against the source.
 *
 * <p>
 * <i>Thread-safety:</i> all methods may be called from any thread.
 */
final class Checker {

    /** What is known of a change that was delivered: its content, and in which window it came last. */
    private record Known(int content, int window) {
    }

    private final Variant variant;
    private final Violations violations;
    private final Ledger ledger;
    private final Map<String, TableModel> tables = new LinkedHashMap<>();
    private final Map<Position, Known> known = new HashMap<>();
    /** Changes that were delivered and not answered well: nothing may be confirmed beyond them. */
    private final TreeMap<Position, String> owed = new TreeMap<>();

    private int window;
    private long again; // of this window: the commit from which on changes may come again
    private long latest;
    private boolean handedOver;
    private long changes;
    private long duplicates;

    Checker(Variant variant, Violations violations) {
        this.variant = variant;
        this.violations = violations;
        this.ledger = new Ledger(variant.route().keepsOrder(), violations);
        TortureTable.byName().forEach(
                (name, table) -> tables.put(name, new TableModel(table, variant.route().keepsOrder(), violations)));
    }

    /**
     * From now on changes may come again, once: a JVM or a run of the pipeline has ended, or an exchange has failed.
     */
    synchronized void openWindow() {
        window++;
        again = 0;
        if (!handedOver) {
            // A table without key starts over: what was under way from its old slot is part of its new copy.
            owed.values().removeIf(table -> !TortureTable.of(table).keyed());
        }
    }

    /** The route has stopped in order: only a transaction that was under way may come again. */
    synchronized void openWindowOfOneTransaction() {
        openWindow();
        again = latest;
    }

    /** Every table is streamed by the apply worker. */
    synchronized void handedOver() {
        handedOver = true;
    }

    synchronized void receive(List<Delivered> events) {
        events.forEach(this::receive);
    }

    /** The sink has answered that it is complete. */
    synchronized void complete(List<Delivered> events) {
        events.forEach(event -> owed.remove(event.position()));
    }

    private void receive(Delivered event) {
        TableModel table = tables.get(event.table());
        if (table == null) {
            return;
        }
        switch (event.operation()) {
            case COPY_START -> table.beginCopy(event, window);
            case READ -> {
                table.read(event);
                if (event.table().equals(TortureTable.LEDGER.sqlName())) {
                    ledger.copied(event);
                }
            }
            case INSERT, UPDATE, DELETE, TRUNCATE -> change(table, event);
            case COPY_END -> table.endCopy();
            case MESSAGE, SCHEMA, BEGIN, COMMIT -> {
                // nothing to keep
            }
        }
    }

    private void reset(TableModel table, Delivered truncate) {
        table.reset(truncate);
        owed.values().removeIf(truncate.table()::equals);
        if (truncate.table().equals(TortureTable.LEDGER.sqlName())) {
            ledger.startOver();
        }
    }

    private void change(TableModel table, Delivered change) {
        if (change.ofCopy()) {
            reset(table, change);
            return;
        }
        int content = change.hashCode();
        Known before = known.put(change.position(), new Known(content, window));
        if (before == null) {
            changes++;
            ledger.first(change);
        } else {
            duplicates++;
            if (before.content != content) {
                violations.add(Invariant.DUPLICATES, change + " came again with another content");
            }
            if (Long.compareUnsigned(change.position().commitLsn(), again) < 0) {
                violations.add(Invariant.DUPLICATES, change + " came again after a stop in order");
            }
            if (before.window == window && variant.route().keepsOrder()) {
                violations.add(Invariant.DUPLICATES, change + " came again without a cause");
            }
        }
        owed.put(change.position(), change.table());
        latest = change.position().commitLsn();
        table.change(change, before == null, window);
    }

    /**
     * Compares what the server shows as confirmed with what is complete.
     *
     * @param confirmed the positions of the pipeline's slots, read before this call
     */
    synchronized void confirmed(Map<String, Lsn> confirmed) {
        if (confirmed.isEmpty() || owed.isEmpty()) {
            return;
        }
        Position oldest = owed.firstKey();
        boolean held = confirmed.values().stream()
                .anyMatch(position -> Long.compareUnsigned(position.value(), oldest.commitLsn()) <= 0);
        if (!held) {
            violations.add(Invariant.ACKNOWLEDGEMENT, owed.get(oldest) + " at " + oldest
                                                      + " is not complete, the slots have confirmed " + confirmed);
        }
    }

    /** @param lsn where the server's log ended before this call */
    synchronized void logEndsAt(Lsn lsn) {
        tables.values().forEach(table -> table.logEndsAt(lsn.value()));
    }

    synchronized long changes() {
        return changes;
    }

    synchronized long duplicates() {
        return duplicates;
    }

    synchronized long rowsRead() {
        return tables.values().stream().mapToLong(TableModel::rowsRead).sum();
    }

    synchronized boolean allAnswered() {
        return owed.isEmpty();
    }

    /** The last word: everything has been delivered. */
    synchronized void finish(SourceRows source) {
        long from = tables.values().stream().mapToLong(TableModel::snapshot).max().orElse(0);
        ledger.finish(from);
        if (!owed.isEmpty()) {
            violations.add(Invariant.NO_GAP, owed.size() + " changes failed and did not come again, the first at "
                                             + owed.firstKey() + " of " + owed.firstEntry().getValue());
        }
        tables.forEach((name, table) -> compare(TortureTable.of(name), table.finish(), source));
    }

    private void compare(
            TortureTable table, Map<List<String>, Map<String, String>> have, SourceRows source) {
        Map<List<String>, Map<String, String>> missing = new HashMap<>(source.of(table));
        int different = 0;
        int extra = 0;
        String example = null;
        for (Map.Entry<List<String>, Map<String, String>> row : have.entrySet()) {
            Map<String, String> there = missing.remove(row.getKey());
            if (there == null) {
                extra++;
                example = "more " + row.getKey();
            } else if (!there.equals(row.getValue())) {
                different++;
                example = "other " + row.getKey() + " in " + TableModel.differing(there, row.getValue());
            }
        }
        if (!missing.isEmpty() || extra > 0) {
            example = missing.isEmpty() ? example : "missing " + missing.keySet().iterator().next();
            violations.add(Invariant.NO_GAP, table.sqlName() + ": at the end " + missing.size() + " rows are missing and "
                                             + extra + " are too many, for example " + example);
        }
        if (different > 0) {
            violations.add(Invariant.SAME_VALUES, table.sqlName() + ": at the end " + different
                                                  + " rows differ from the source, for example " + example);
        }
    }
}
