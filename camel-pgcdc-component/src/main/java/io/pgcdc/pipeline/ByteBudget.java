package io.pgcdc.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes that are read and not complete, over all workers of a pipeline: the rows that wait for the route,
 * that the route has, and that are kept for a redelivery. What alone is more than the bound may pass when nothing else
 * is there. Thread-safe.
 */
final class ByteBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    ByteBudget(long limit) {
        this.limit = limit;
    }

    /** Waits up to the time for room. */
    boolean tryAcquire(long bytes, long milliseconds) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (true) {
            long before = used.get();
            if (before == 0 || before + bytes <= limit) {
                if (used.compareAndSet(before, before + bytes)) {
                    return true;
                }
            } else if (System.nanoTime() > deadline) {
                return false;
            } else {
                Control.pause(1);
            }
        }
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
