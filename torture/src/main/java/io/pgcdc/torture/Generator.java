package io.pgcdc.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.pgcdc.testing.TestDatabase;

/** Several writers at once, each with its own seed; now and then all of them are idle. */
final class Generator implements AutoCloseable {

    private final List<Writer> writers = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean idle;

    private Generator(TestDatabase database, long seed, int count) {
        Random random = new Random(seed);
        for (int number = 1; number <= count; number++) {
            writers.add(new Writer(database, number, random.nextLong(), this::awaitWork));
        }
    }

    static Generator start(TestDatabase database, long seed, int writers) {
        Generator generator = new Generator(database, seed, writers);
        generator.writers.forEach(Writer::start);
        return generator;
    }

    /** Nobody writes until {@link #goOn()}. */
    void rest() {
        set(true);
    }

    void goOn() {
        set(false);
    }

    long transactions() {
        return writers.stream().mapToLong(Writer::transactions).sum();
    }

    /** How many commits were in doubt when the server went away. */
    long inDoubt() {
        return writers.stream().mapToLong(Writer::inDoubt).sum();
    }

    /** Ends the writers; what is open is rolled back. Throws what broke one. */
    @Override
    public void close() {
        writers.forEach(Writer::stop);
        goOn();
        writers.forEach(writer -> writer.awaitEnd(Duration.ofSeconds(60)));
    }

    private void awaitWork() {
        lock.lock();
        try {
            while (idle) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void set(boolean value) {
        lock.lock();
        try {
            idle = value;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
