package io.pgcdc.pipeline;

import java.time.Instant;

import io.pgcdc.model.Lsn;

/**
 * When transactions of a stream were committed that were read and may not be complete yet: for telling how old the
 * oldest of them is. In steps, of which the reader adds one now and then; where there are too many, neighbours become
 * one. Thread-safe.
 */
final class CommitTimes {

    private static final int CAPACITY = 256;

    // INVARIANT: ends rise; a step stands for the commits behind the end of the one before it, up to its own end, and has
    // the time of the first of them.
    private final long[] ends = new long[CAPACITY];
    private final Instant[] times = new Instant[CAPACITY];
    private int size;

    /** Some transactions were read, the last of which ends at a position; the first was committed at a time. */
    synchronized void add(long end, Instant first) {
        if (size == CAPACITY) {
            halve();
        }
        ends[size] = end;
        times[size] = first;
        size++;
    }

    /** When the oldest was committed that is not complete, given what is, which never goes back; or {@code null}. */
    synchronized Instant oldestAfter(long complete) {
        int done = 0;
        while (done < size && Lsn.compare(ends[done], complete) <= 0) {
            done++;
        }
        if (done > 0) {
            size -= done;
            System.arraycopy(ends, done, ends, 0, size);
            System.arraycopy(times, done, times, 0, size);
        }
        return size == 0 ? null : times[0];
    }

    private void halve() {
        for (int i = 0; i < CAPACITY / 2; i++) {
            ends[i] = ends[2 * i + 1];
            times[i] = times[2 * i];
        }
        size = CAPACITY / 2;
    }
}
