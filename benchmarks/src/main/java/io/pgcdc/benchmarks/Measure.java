package io.pgcdc.benchmarks;

import java.util.List;
import java.util.function.LongFunction;

/**
 * What contenders do in turns.
 *
 * @param key        short, for the command line
 * @param title      as the table says it
 * @param unit       what is counted
 * @param kind       what is looked at
 * @param contenders their names, in the order in which each round takes them
 * @param task       makes the task of a run from its number
 */
record Measure(String key, String title, Kind kind, String unit, List<String> contenders, LongFunction<Task> task) {

    /** What the table says. */
    enum Kind {
        RATE,
        /** From the start of the run, not from its first row. */
        WHOLE,
        LATENCY,
        START,
        HEAP
    }
}
