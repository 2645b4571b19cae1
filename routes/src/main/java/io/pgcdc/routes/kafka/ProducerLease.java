package io.pgcdc.routes.kafka;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.apache.kafka.clients.producer.Producer;

/**
 * The one producer that all exchanges share. Made when it is first wanted, so that a route starts without its brokers.
 * After a failure another one takes its place, as soon as nothing is under way with it: some failures are the end of a
 * producer (a revoked right, say), and records under way with two of them could overtake each other. Thread-safe.
 */
final class ProducerLease {

    private final ReentrantLock lock = new ReentrantLock();
    private final Supplier<Producer<byte[], byte[]>> factory;
    private Producer<byte[], byte[]> producer;
    private int underWay;
    private boolean failed;

    ProducerLease(Supplier<Producer<byte[], byte[]>> factory) {
        this.factory = factory;
    }

    /** For one exchange, which has to {@link #release} it. */
    Producer<byte[], byte[]> acquire() {
        lock.lock();
        try {
            if (failed && underWay == 0 && producer != null) {
                producer.close(Duration.ZERO);
                producer = null;
            }
            if (producer == null) {
                producer = factory.get();
                failed = false;
            }
            underWay++;
            return producer;
        } finally {
            lock.unlock();
        }
    }

    void release(boolean hasFailed) {
        lock.lock();
        try {
            underWay--;
            failed |= hasFailed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for what is under way; the answers to that release the producer, so not under the lock. */
    void close(Duration timeout) {
        Producer<byte[], byte[]> closed;
        lock.lock();
        try {
            closed = producer;
            producer = null;
        } finally {
            lock.unlock();
        }
        if (closed != null) {
            closed.close(timeout);
        }
    }
}
