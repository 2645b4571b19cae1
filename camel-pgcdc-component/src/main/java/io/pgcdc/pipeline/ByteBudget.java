package io.pgcdc.pipeline;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import io.pgcdc.model.ChangeEvent;

/**
 * Bounds the memory of what is read and not complete, over all workers of a pipeline: the rows that wait for the route,
 * that the route has, and that are kept for a redelivery. It counts estimates ({@link ChangeEvent#heapBytes()}).
 *
 * <p>
 * Those who find no room get it in the order in which they came, so a large row is not passed by for ever. Nor need it
 * wait until nothing else is there, for a row that the route fails on keeps its bytes: as soon as half of the bound is
 * free, anything is let in.
 *
 * <p>
 * Thread-safe. INVARIANT: nobody waits here for what it has itself, or for what only it can complete.
 */
final class ByteBudget {

    /** What a hand-over takes beside its rows: an exchange, its message, headers and properties. */
    static final int HAND_OVER_BYTES = 3 << 10;

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final ConcurrentLinkedQueue<Object> waiting = new ConcurrentLinkedQueue<>();

    ByteBudget(long limit) {
        this.limit = limit;
    }

    /** About what a hand-over of these takes in memory. */
    static long heapBytes(List<ChangeEvent> events) {
        long sum = HAND_OVER_BYTES;
        for (int i = 0; i < events.size(); i++) {
            sum += events.get(i).heapBytes();
        }
        return sum;
    }

    /**
     * Waits for room.
     *
     * @param  mayWait asked every few milliseconds meanwhile; what it throws ends the wait as well
     * @return         false if it may not wait; then nothing was taken
     */
    boolean acquire(long bytes, BooleanSupplier mayWait) {
        if (waiting.isEmpty() && take(bytes)) {
            return true;
        }
        Object place = new Object();
        waiting.add(place);
        try {
            while (waiting.peek() != place || !take(bytes)) {
                if (!mayWait.getAsBoolean()) {
                    return false;
                }
                Control.pause(1);
            }
            return true;
        } finally {
            waiting.remove(place);
        }
    }

    private boolean take(long bytes) {
        while (true) {
            long before = used.get();
            if (before > limit / 2 && before + bytes > limit) {
                return false;
            }
            if (used.compareAndSet(before, before + bytes)) {
                return true;
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
