package io.pgcdc.pipeline;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the changes that are handed over and not complete, over all workers of a pipeline, and knows which hand-over
 * had nothing beside it. Thread-safe.
 */
final class InFlightLimit {

    private static final long BESIDE_OTHERS = -1;
    private static final long STEP_MILLIS = 10;

    private final int limit;
    // Fair, or large batches would wait for ever behind small ones.
    private final Semaphore permits;
    private final AtomicLong handOvers = new AtomicLong();
    // Of those who wait for all the room: nobody else gets any until they have had it.
    private final AtomicInteger wantingAll = new AtomicInteger();

    InFlightLimit(int limit) {
        this.limit = limit;
        this.permits = new Semaphore(limit, true);
    }

    /** Waits up to the time for room, or until it is interrupted. */
    boolean tryAcquire(int changes, long milliseconds) {
        if (wantingAll.get() > 0) {
            Control.pause(milliseconds);
            return false;
        }
        return tryAcquirePermits(changes, milliseconds);
    }

    private boolean tryAcquirePermits(int changes, long milliseconds) {
        try {
            return permits.tryAcquire(Math.min(changes, limit), milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    void release(int changes) {
        permits.release(Math.min(changes, limit));
    }

    /**
     * Waits until nothing is in flight, and keeps everything else out until some hand-overs have ended.
     *
     * @param whileWaiting called now and then meanwhile; what it throws ends the wait
     */
    Apart acquireAll(int handOvers, Runnable whileWaiting) {
        wantingAll.incrementAndGet();
        try {
            while (!tryAcquirePermits(limit, STEP_MILLIS)) {
                whileWaiting.run();
            }
        } finally {
            wantingAll.decrementAndGet();
        }
        return new Apart(handOvers);
    }

    /** A hand-over of so many changes begins, for which there is room; what it gets is for {@link #wasAlone}. */
    long begin(int changes) {
        long number = handOvers.incrementAndGet();
        return inFlight() == Math.min(changes, limit) ? number : BESIDE_OTHERS;
    }

    /** Whether nothing else was in flight at any time since a hand-over has begun. */
    boolean wasAlone(long begun) {
        return begun == handOvers.get();
    }

    int inFlight() {
        return limit - permits.availablePermits();
    }

    /** All the room, for a few hand-overs beside which there is to be nothing. */
    final class Apart {
        private final int size;
        private final AtomicInteger open;

        private Apart(int size) {
            this.size = size;
            this.open = new AtomicInteger(size);
        }

        /** One of the hand-overs has ended. */
        void release() {
            if (open.decrementAndGet() == 0) {
                InFlightLimit.this.release(limit);
            }
        }

        boolean isOver() {
            return open.get() == 0;
        }

        boolean isOfOne() {
            return size == 1;
        }
    }
}
