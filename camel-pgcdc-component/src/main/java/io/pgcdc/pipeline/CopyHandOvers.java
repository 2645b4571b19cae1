package io.pgcdc.pipeline;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the hand-overs of all copies of a run that are under way: neither ended nor held. Thread-safe. */
final class CopyHandOvers {

    private final AtomicInteger count = new AtomicInteger();

    void begun() {
        count.incrementAndGet();
    }

    void ended() {
        count.decrementAndGet();
    }

    int count() {
        return count.get();
    }
}
