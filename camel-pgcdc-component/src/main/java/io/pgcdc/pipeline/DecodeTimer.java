package io.pgcdc.pipeline;

/**
 * Measures what decoding takes, by one message of some dozens: a look at the clock before and after each would cost
 * what is to be measured. For one thread.
 */
final class DecodeTimer {

    /** A prime, so that it does not fall in step with transactions of so many rows, or with the bounds of batches. */
    private static final int ONE_OF = 61;

    private final PipelineCounters counters;
    private int untilNext = ONE_OF;
    private long begun;

    DecodeTimer(PipelineCounters counters) {
        this.counters = counters;
    }

    /** Before a message; tells whether it is one to measure, so that {@link #end} is to be called after it. */
    boolean begin() {
        if (--untilNext > 0) {
            return false;
        }
        untilNext = ONE_OF;
        begun = System.nanoTime();
        return true;
    }

    /** @param otherNanos what was spent on something else meanwhile */
    void end(long otherNanos) {
        counters.decoded(Math.max(0, System.nanoTime() - begun - otherNanos) * ONE_OF);
    }
}
