package io.pgcdc.testing;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What all threads of a {@link TcpProxy} pass before they forward anything. Safe for use by several threads. */
final class ForwardingGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean shut;

    /** Waits while the gate is shut and the one who waits has not given up; {@link #wake()} makes it look again. */
    void pass(BooleanSupplier givenUp) {
        lock.lock();
        try {
            while (shut && !givenUp.getAsBoolean()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    void shut() {
        set(true);
    }

    void open() {
        set(false);
    }

    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void set(boolean value) {
        lock.lock();
        try {
            shut = value;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
