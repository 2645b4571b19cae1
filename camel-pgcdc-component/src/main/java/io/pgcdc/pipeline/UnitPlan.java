package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Divides tables into units: a big table alone, small ones together. Every slot costs a consistent point and one more
 * decoding of the log, so there are no more units than it takes to keep the workers busy.
 */
final class UnitPlan {

    /** A table of this size is worth a slot of its own. */
    static final long BIG_BYTES = 256L << 20;
    /** Small tables are spread over the workers only when there is this much for each. */
    static final long WORTH_A_UNIT_BYTES = 32L << 20;
    /** … or this many, since each costs round trips. */
    static final int WORTH_A_UNIT_TABLES = 100;
    /** A unit holds its slot for the time that it takes to copy this much. */
    static final long FULL_BYTES = 2L << 30;

    private UnitPlan() {
    }

    static List<List<TableProgress>> divide(List<TableProgress> tables, int workers) {
        List<List<TableProgress>> units = new ArrayList<>();
        List<TableProgress> small = new ArrayList<>();
        long smallBytes = 0;
        List<TableProgress> bySize = new ArrayList<>(tables);
        bySize.sort(Comparator.<TableProgress> comparingLong(t -> t.bytes).reversed().thenComparing(t -> t.table));
        for (TableProgress table : bySize) {
            if (table.bytes >= BIG_BYTES) {
                units.add(List.of(table));
            } else {
                small.add(table);
                smallBytes += table.bytes;
            }
        }
        if (!small.isEmpty()) {
            long worthwhile = Math.max(smallBytes / WORTH_A_UNIT_BYTES, small.size() / WORTH_A_UNIT_TABLES);
            long parts = Math.max(Math.max(1, Math.min(worthwhile, workers)), smallBytes / FULL_BYTES);
            units.addAll(spread(small, (int) Math.min(parts, small.size())));
        }
        return units;
    }

    /** Largest first, each to the part that is the smallest so far; an empty table counts a little, too. */
    private static List<List<TableProgress>> spread(List<TableProgress> tables, int parts) {
        record Part(long[] weight, List<TableProgress> tables) {
        }
        PriorityQueue<Part> queue = new PriorityQueue<>(Comparator.comparingLong(p -> p.weight[0]));
        List<List<TableProgress>> result = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            Part part = new Part(new long[1], new ArrayList<>());
            queue.add(part);
            result.add(part.tables);
        }
        for (TableProgress table : tables) {
            Part smallest = queue.poll();
            smallest.tables.add(table);
            smallest.weight[0] += table.bytes + 65_536;
            queue.add(smallest);
        }
        return result;
    }
}
