package io.pgcdc.testing;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What all threads of a {@link TcpProxy} pass before they forward anything. Safe for use by several threads. */
final class ForwardingGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean shut;
    private int bytesPerSecond; // 0 for no limit

    /**
     * Waits while the gate is shut, or as long as so many bytes take while it is narrow, unless the one who waits has
     * given up; {@link #wake()} makes it look again.
     */
    void pass(int bytes, BooleanSupplier givenUp) {
        long begun = System.nanoTime();
        lock.lock();
        try {
            while (!givenUp.getAsBoolean()) {
                long left = bytesPerSecond == 0 ? 0 : bytes * 1_000_000_000L / bytesPerSecond - (System.nanoTime() - begun);
                if (shut) {
                    changed.awaitUninterruptibly();
                } else if (left <= 0 || !awaitNanos(left)) {
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    void shut() {
        set(true, 0);
    }

    void narrow(int newBytesPerSecond) {
        set(false, newBytesPerSecond);
    }

    void open() {
        set(false, 0);
    }

    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitNanos(long nanos) {
        try {
            changed.awaitNanos(nanos);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void set(boolean newShut, int newBytesPerSecond) {
        lock.lock();
        try {
            shut = newShut;
            bytesPerSecond = newBytesPerSecond;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
