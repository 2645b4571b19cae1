package io.pgcdc.torture;

import java.util.HashMap;
import java.util.Map;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;

/**
 * Checks transactions by the rows that their writers left in {@link TortureTable#LEDGER}: each writer's numbers have no
 * gap, and each transaction has as many changes as its writer made.
 */
final class Ledger {

    private final boolean ordered;
    private final Violations violations;
    private final Map<String, Long> lastOfWriter = new HashMap<>();
    private final Map<Long, Integer> promised = new HashMap<>();
    private final Map<Long, Integer> delivered = new HashMap<>();

    Ledger(boolean ordered, Violations violations) {
        this.ordered = ordered;
        this.violations = violations;
    }

    /** The table is copied from nothing. */
    void startOver() {
        lastOfWriter.clear();
    }

    void copied(Delivered row) {
        lastOfWriter.merge(row.row().get("writer"), Long.valueOf(row.row().get("seq")), Math::max);
    }

    /** A change that was not delivered before. */
    void first(Delivered change) {
        delivered.merge(change.position().commitLsn(), 1, Integer::sum);
        if (change.operation() == Operation.INSERT && change.table().equals(TortureTable.LEDGER.sqlName())) {
            long seq = Long.parseLong(change.row().get("seq"));
            String writer = change.row().get("writer");
            long last = lastOfWriter.getOrDefault(writer, 0L);
            if (ordered && seq != last + 1) {
                violations.add(Invariant.NO_GAP,
                        "writer " + writer + ": transaction " + seq + " comes after " + last + ", " + change);
            }
            lastOfWriter.merge(writer, seq, Math::max);
            promised.put(change.position().commitLsn(), Integer.valueOf(change.row().get("changes")));
        }
    }

    /** @param from the position from which on every table's changes were streamed */
    void finish(long from) {
        promised.forEach((commit, changes) -> {
            if (Long.compareUnsigned(commit, from) > 0 && !changes.equals(delivered.get(commit))) {
                violations.add(Invariant.NO_GAP,
                        "the transaction committed at " + Lsn.toString(commit) + " has "
                                                 + changes + " changes, " + delivered.get(commit) + " were delivered");
            }
        });
    }
}
