package io.pgcdc.routes.jdbc;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which rows of a table's copy are done, by their numbers. Copies hand over ranges of a table side by side and failed
 * batches again, in no order, so no single number could tell. Rows come in runs of numbers, so there are few intervals.
 */
final class CopiedRows {

    private final NavigableMap<Long, Long> intervals;

    private CopiedRows(NavigableMap<Long, Long> intervals) {
        this.intervals = intervals;
    }

    static CopiedRows none() {
        return new CopiedRows(new TreeMap<>());
    }

    /** Reads what {@link #toString()} wrote. */
    static CopiedRows parse(String text) {
        NavigableMap<Long, Long> intervals = new TreeMap<>();
        if (text != null && !text.isEmpty()) {
            for (String interval : text.split(" ")) {
                int hyphen = interval.indexOf('-');
                intervals.put(Long.parseLong(interval.substring(0, hyphen)), Long.parseLong(interval.substring(hyphen + 1)));
            }
        }
        return new CopiedRows(intervals);
    }

    boolean contains(long number) {
        Map.Entry<Long, Long> interval = intervals.floorEntry(number);
        return interval != null && number <= interval.getValue();
    }

    /** The highest number, -1 if there is none. */
    long last() {
        return intervals.isEmpty() ? -1 : intervals.lastEntry().getValue();
    }

    CopiedRows copy() {
        return new CopiedRows(new TreeMap<>(intervals));
    }

    void add(long number) {
        if (contains(number)) {
            return;
        }
        Map.Entry<Long, Long> below = intervals.floorEntry(number);
        Long above = intervals.get(number + 1);
        long from = below != null && below.getValue() == number - 1 ? below.getKey() : number;
        intervals.remove(number + 1);
        intervals.put(from, above == null ? number : above);
    }

    @Override
    public String toString() {
        return intervals.entrySet().stream().map(interval -> interval.getKey() + "-" + interval.getValue())
                .collect(Collectors.joining(" "));
    }
}
