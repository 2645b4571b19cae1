package io.pgcdc.pipeline;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * What the threads of one run of a worker share: when to end, and why it failed. Thread-safe.
 */
final class WorkerScope {

    private final BooleanSupplier outer;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Throwable failure;
    private volatile long failedAtMillis;

    /** A scope that ends when the outer one does, too. */
    WorkerScope(BooleanSupplier outer) {
        this.outer = outer;
    }

    void end() {
        ended.set(true);
    }

    /** Ends the scope; the first failure is the one that is told. */
    synchronized void fail(Throwable cause) {
        if (failure == null && !(cause instanceof StoppedException)) {
            failedAtMillis = System.currentTimeMillis();
            failure = cause;
        }
        ended.set(true);
    }

    boolean isOver() {
        return ended.get() || outer.getAsBoolean();
    }

    void checkRunning() {
        throwFailure();
        if (isOver()) {
            throw new StoppedException();
        }
    }

    Throwable failure() {
        return failure;
    }

    /** When it failed, of {@link System#currentTimeMillis}. */
    long failedAtMillis() {
        return failedAtMillis;
    }

    void throwFailure() {
        Throwable cause = failure;
        if (cause instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause != null) {
            throw new IllegalStateException(cause);
        }
    }
}
