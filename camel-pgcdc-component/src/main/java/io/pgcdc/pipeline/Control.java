package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What all workers of a pipeline listen to: stop, abort, suspend. Thread-safe.
 *
 * <p>
 * Nothing else ends a worker, but a failure. An interrupt is never ours (a route may have told it to the thread that
 * ran it, too late): it cuts a wait short, and is forgotten.
 */
final class Control {

    /** In which what is not in flight any more is found to be so. */
    private static final Duration LEAST_DRAIN = Duration.ofMillis(500);

    private volatile boolean stopping;
    private volatile boolean aborted;
    private volatile boolean suspended;
    private volatile boolean paused;
    private volatile long suspendedAt;
    private volatile long suspendedAtMillis;

    void stop() {
        stopping = true;
    }

    /** No more hand-over, no more write of state, as if the process had died. */
    void abort() {
        aborted = true;
        stopping = true;
    }

    void suspend(boolean value) {
        noteSuspended(value);
        suspended = value;
    }

    /** The same at somebody's wish, whatever becomes of the route: each lasts until it is taken back itself. */
    void pause(boolean value) {
        noteSuspended(value);
        paused = value;
    }

    private void noteSuspended(boolean value) {
        if (value && !isSuspended()) {
            suspendedAt = System.nanoTime();
            suspendedAtMillis = System.currentTimeMillis();
        }
    }

    boolean isPaused() {
        return paused;
    }

    /**
     * How long a stop still waits for what is in flight. While it is suspended nothing more is handed over, so that
     * time counts: before it stops a route, Camel suspends it and waits as long itself.
     */
    Duration drainTimeout(Duration whole) {
        if (!isSuspended()) {
            return whole;
        }
        long left = whole.toNanos() - (System.nanoTime() - suspendedAt);
        return Duration.ofNanos(Math.max(left, Math.min(whole.toNanos(), LEAST_DRAIN.toNanos())));
    }

    boolean isStopping() {
        return stopping;
    }

    boolean isAborted() {
        return aborted;
    }

    boolean isSuspended() {
        return suspended || paused;
    }

    /** Since when it is suspended, of {@link System#currentTimeMillis}. */
    long suspendedAtMillis() {
        return suspendedAtMillis;
    }

    static void pause(long milliseconds) {
        pauseNanos(TimeUnit.MILLISECONDS.toNanos(milliseconds));
    }

    static void pauseNanos(long nanoseconds) {
        LockSupport.parkNanos(nanoseconds);
        // Left set, it would cut every further wait short.
        Thread.interrupted();
    }

    /** Waits up to the time for a thread to end. */
    static void join(Thread thread, long milliseconds) {
        try {
            thread.join(milliseconds);
        } catch (InterruptedException e) {
            // Whoever waits looks again.
        }
    }
}
