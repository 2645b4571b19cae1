package io.pgcdc.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.pgcdc.model.Lsn;

/**
 * Knows what was handed over of one stream and what of it is complete, and from that the position that may be
 * confirmed: the end of the lowest prefix of whole commits that is complete. Completions may come in any order.
 *
 * <p>
 * Thread-safe. INVARIANT: {@link #confirmed()} never passes a change whose delivery is not DONE, and never goes back.
 */
final class AckTracker {

    /** How many deliveries of a table are outstanding and not DONE. */
    static final class OpenDeliveries {
        private int count;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // INVARIANT: in the order of the stream, so floors never fall from head to tail.
    private final ArrayDeque<Delivery> outstanding = new ArrayDeque<>();
    // INVARIANT: by table, how many of these are not DONE; one that was seen once stays.
    private final Map<Long, OpenDeliveries> openOf = new HashMap<>();
    private long lastTable;
    private OpenDeliveries openOfLast;
    private final ByteBudget budget;
    private long boundary;
    // Written under the lock.
    private volatile int retained;
    private int unsettled;
    // Taken out to be handed over again, and not added again yet.
    private int taken;
    // When the first of these was read.
    private long takenReadAt;
    private volatile long confirmed;
    private volatile boolean failed;

    /** @param budget gets back the bytes of what is complete */
    AckTracker(long start, ByteBudget budget) {
        this.budget = budget;
        this.boundary = start;
        this.confirmed = start;
    }

    /** Adds a delivery that is about to be handed over, behind all others; returns the number of the attempt. */
    int add(Delivery delivery) {
        lock.lock();
        try {
            outstanding.add(delivery);
            delivery.open = openOf(delivery.relationOid());
            delivery.inOrder = ++delivery.open.count == 1;
            if (delivery.taken) {
                delivery.taken = false;
                taken--;
            }
            retained += delivery.size();
            unsettled++;
            delivery.state = Delivery.State.HANDED_OVER;
            delivery.cause = null;
            return ++delivery.attempt;
        } finally {
            lock.unlock();
        }
    }

    /** Everything of the stream before the position has been added. */
    void boundary(long lsn) {
        lock.lock();
        try {
            boundary = Lsn.max(boundary, lsn);
            advance();
        } finally {
            lock.unlock();
        }
    }

    /** Settles an attempt; returns false if it was settled before or is an old one. */
    boolean settle(Delivery delivery, int attempt, Throwable cause) {
        lock.lock();
        try {
            if (attempt != delivery.attempt || delivery.state != Delivery.State.HANDED_OVER
                    && delivery.state != Delivery.State.HELD) {
                return false;
            }
            if (delivery.state == Delivery.State.HANDED_OVER) {
                unsettled--;
            }
            if (cause == null) {
                delivery.state = Delivery.State.DONE;
                closed(delivery);
                advance();
            } else {
                delivery.state = Delivery.State.FAILED;
                delivery.cause = cause;
                delivery.failures++;
                failed = true;
            }
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    void held(Delivery delivery, int attempt, boolean held) {
        lock.lock();
        try {
            if (attempt != delivery.attempt) {
                return;
            }
            if (held && delivery.state == Delivery.State.HANDED_OVER) {
                delivery.state = Delivery.State.HELD;
                unsettled--;
                changed.signalAll();
            } else if (!held && delivery.state == Delivery.State.HELD) {
                delivery.state = Delivery.State.HANDED_OVER;
                unsettled++;
            }
        } finally {
            lock.unlock();
        }
    }

    boolean hasFailure() {
        return failed;
    }

    /** The first delivery that has failed, or {@code null}. */
    Delivery firstFailure() {
        lock.lock();
        try {
            return outstanding.stream().filter(d -> d.state == Delivery.State.FAILED).findFirst().orElse(null);
        } finally {
            lock.unlock();
        }
    }

    /** A failed delivery is not tried again, and counts as done. */
    void drop(Delivery delivery) {
        lock.lock();
        try {
            if (delivery.state == Delivery.State.FAILED) {
                delivery.state = Delivery.State.DONE;
                closed(delivery);
                failed = outstanding.stream().anyMatch(d -> d.state == Delivery.State.FAILED);
                advance();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A delivery that was taken out is not handed over any more. */
    void forget(Delivery delivery) {
        lock.lock();
        try {
            delivery.taken = false;
            taken--;
            budget.release(delivery.heapBytes);
        } finally {
            lock.unlock();
        }
    }

    /** A delivery that was taken out is handed over in parts. */
    void split(Delivery whole, List<Delivery> parts) {
        lock.lock();
        try {
            whole.taken = false;
            parts.forEach(part -> part.taken = true);
            taken += parts.size() - 1;
        } finally {
            lock.unlock();
        }
    }

    /** Whether changes of a table are with the destination, or have failed and wait. */
    boolean isOutstanding(long relationOid) {
        lock.lock();
        try {
            return outstanding.stream().anyMatch(d -> d.state != Delivery.State.DONE && d.isOf(relationOid));
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the first failed delivery and everything behind it, complete or not, to be handed over again. */
    List<Delivery> takeFromFirstFailure() {
        lock.lock();
        try {
            List<Delivery> again = new ArrayList<>();
            for (Iterator<Delivery> all = outstanding.iterator(); all.hasNext();) {
                Delivery delivery = all.next();
                if (!again.isEmpty() || delivery.state == Delivery.State.FAILED) {
                    if (delivery.state == Delivery.State.HANDED_OVER) {
                        unsettled--;
                    }
                    if (delivery.state != Delivery.State.DONE) {
                        closed(delivery);
                    }
                    delivery.state = Delivery.State.WAITING;
                    delivery.attempt++;
                    delivery.taken = true;
                    taken++;
                    retained -= delivery.size();
                    again.add(delivery);
                    all.remove();
                }
            }
            failed = false;
            if (!again.isEmpty()) {
                takenReadAt = again.get(0).readAt;
                // Until it is added again, nothing behind it may be confirmed.
                boundary = Lsn.min(boundary, again.get(0).floorLsn);
            }
            return again;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until each delivery is done, failed or held, or the time is over; tells whether it is so. */
    boolean awaitSettled(long milliseconds) {
        return await(milliseconds, false);
    }

    /** Waits until nothing is outstanding, or the time is over, or something failed; tells whether nothing is. */
    boolean awaitEmpty(long milliseconds) {
        return await(milliseconds, true);
    }

    private boolean await(long milliseconds, boolean empty) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(milliseconds);
        lock.lock();
        try {
            while (empty ? !isEmpty() && !failed : unsettled > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return !empty || isEmpty();
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean isEmpty() {
        return outstanding.isEmpty() && taken == 0;
    }

    /** Whether there are deliveries, and the destination holds all that are not done until it gets more. */
    boolean isHeld() {
        lock.lock();
        try {
            return unsettled == 0 && taken == 0 && !failed && !outstanding.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The position that may be confirmed. */
    long confirmed() {
        return confirmed;
    }

    /** How long ago the oldest was read of what is not complete, in nanoseconds; 0 if there is nothing. */
    long oldestNanos() {
        lock.lock();
        try {
            Delivery head = outstanding.peek();
            if (head == null && taken == 0) {
                return 0;
            }
            long readAt = head == null || taken > 0 && takenReadAt - head.readAt < 0 ? takenReadAt : head.readAt;
            return Math.max(1, System.nanoTime() - readAt);
        } finally {
            lock.unlock();
        }
    }

    /** How many changes are kept because they, or something before them, are not complete. */
    int retained() {
        return retained;
    }

    /** Changes of one table follow one another, mostly. */
    private OpenDeliveries openOf(long table) {
        if (openOfLast == null || table != lastTable) {
            openOfLast = openOf.computeIfAbsent(table, oid -> new OpenDeliveries());
            lastTable = table;
        }
        return openOfLast;
    }

    private static void closed(Delivery delivery) {
        delivery.open.count--;
    }

    private void advance() {
        Delivery head = outstanding.peek();
        while (head != null && head.state == Delivery.State.DONE) {
            outstanding.poll();
            retained -= head.size();
            budget.release(head.heapBytes);
            head = outstanding.peek();
        }
        long safe = head == null ? boundary : Lsn.min(boundary, head.floorLsn);
        confirmed = Lsn.max(confirmed, safe);
    }
}
