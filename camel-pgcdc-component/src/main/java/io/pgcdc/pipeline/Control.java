package io.pgcdc.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What all workers of a pipeline listen to: stop, abort, suspend. Thread-safe. */
final class Control {

    private volatile boolean stopping;
    private volatile boolean aborted;
    private volatile boolean suspended;

    void stop() {
        stopping = true;
    }

    /** No more hand-over, no more write of state, as if the process had died. */
    void abort() {
        aborted = true;
        stopping = true;
    }

    void suspend(boolean value) {
        suspended = value;
    }

    boolean isStopping() {
        return stopping;
    }

    boolean isAborted() {
        return aborted;
    }

    boolean isSuspended() {
        return suspended;
    }

    static void pause(long milliseconds) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(milliseconds));
    }
}
