package io.pgcdc.pipeline;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Bounds the changes that are handed over and not complete, over all workers of a pipeline. Thread-safe. */
final class InFlightLimit {

    private final int limit;
    // Fair, or large batches would wait for ever behind small ones.
    private final Semaphore permits;

    InFlightLimit(int limit) {
        this.limit = limit;
        this.permits = new Semaphore(limit, true);
    }

    /** Waits up to the time for room, or until it is interrupted. */
    boolean tryAcquire(int changes, long milliseconds) {
        try {
            return permits.tryAcquire(Math.min(changes, limit), milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    void release(int changes) {
        permits.release(Math.min(changes, limit));
    }

    int inFlight() {
        return limit - permits.availablePermits();
    }
}
