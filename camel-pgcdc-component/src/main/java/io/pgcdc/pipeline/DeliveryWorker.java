package io.pgcdc.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the windows of one stream over to the destination, in order, and again from the first failure on when one
 * fails. Runs on a thread of its own, which the destination may block for as long as it likes.
 */
final class DeliveryWorker implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryWorker.class);

    /** How much more than may be in flight is kept for a redelivery behind something that does not complete. */
    private static final int RETAINED = 4;
    private static final long STEP_MILLIS = 50;

    private final PipelineSettings settings;
    private final Control control;
    private final WorkerScope scope;
    private final WindowQueue windows;
    private final Destination destination;
    private final InFlightLimit limit;
    private final AckTracker tracker;
    private final FailureHandling failures;
    private final StreamRouting routing;
    private final Runnable onDelivered;

    private final ArrayDeque<Delivery> again = new ArrayDeque<>();
    private Iterator<Delivery> current = List.<Delivery> of().iterator();
    private long currentBoundary;
    private long passedBoundary;
    private boolean inWindow;
    private volatile long finished;

    DeliveryWorker(PipelineSettings settings, Control control, WorkerScope scope, WindowQueue windows,
                   Destination destination, InFlightLimit limit, AckTracker tracker, FailureHandling failures,
                   StreamRouting routing, Runnable onDelivered) {
        this.settings = settings;
        this.control = control;
        this.scope = scope;
        this.windows = windows;
        this.destination = destination;
        this.limit = limit;
        this.tracker = tracker;
        this.failures = failures;
        this.routing = routing;
        this.onDelivered = onDelivered;
    }

    @Override
    public void run() {
        try {
            while (!scope.isOver()) {
                if (tracker.hasFailure()) {
                    recover();
                } else if (control.isSuspended()) {
                    Control.pause(STEP_MILLIS);
                } else {
                    deliverNext();
                }
            }
        } catch (StoppedException e) {
            LOG.debug("delivery stopped");
        } catch (Throwable e) {
            scope.fail(e);
        }
    }

    /** How many windows have been handed over whole; counted after their last delivery is known to the tracker. */
    long finishedWindows() {
        return finished;
    }

    private void deliverNext() {
        Delivery next = again.poll();
        if (next != null) {
            handOver(next);
            if (again.isEmpty()) {
                tracker.boundary(passedBoundary);
            }
            return;
        }
        if (current.hasNext()) {
            Delivery delivery = current.next();
            if (Lsn.compare(delivery.floorLsn, passedBoundary) > 0) {
                // Floors never fall in a window: whatever lies before this one has been handed over.
                passedBoundary = delivery.floorLsn;
                tracker.boundary(passedBoundary);
            }
            handOver(delivery);
            return;
        }
        if (inWindow) {
            passedBoundary = Lsn.max(passedBoundary, currentBoundary);
            tracker.boundary(passedBoundary);
            inWindow = false;
            finished++;
            FailPoint.COMMIT_DELIVERED.reached();
        }
        Window window = windows.poll(STEP_MILLIS);
        if (window == null) {
            return;
        }
        inWindow = true;
        current = window.deliveries().iterator();
        currentBoundary = window.boundary();
    }

    private void handOver(Delivery delivery) {
        while (tracker.retained() > (long) RETAINED * settings.maxInFlight() && !tracker.hasFailure()) {
            scope.checkRunning();
            tracker.awaitEmpty(STEP_MILLIS);
        }
        int size = delivery.size();
        while (!limit.tryAcquire(size, STEP_MILLIS)) {
            scope.checkRunning();
            if (tracker.hasFailure()) {
                // What has failed comes first.
                again.addFirst(delivery);
                return;
            }
        }
        if (scope.isOver()) {
            limit.release(size);
            throw new StoppedException();
        }
        handOver(delivery, null);
    }

    /** @param apart with which there is nothing else in flight, or {@code null} */
    private void handOver(Delivery delivery, InFlightLimit.Apart apart) {
        Attempt attempt = new Attempt(delivery, apart);
        attempt.number = tracker.add(delivery);
        try {
            if (!routing.owns(delivery.first())) {
                // Asked only now that it counts as outstanding: who takes the table away after that waits for it.
                attempt.done();
                return;
            }
            if (delivery.undecodable != null) {
                attempt.failed(delivery.undecodable);
                return;
            }
            destination.writeEvents(delivery.events, attempt);
        } catch (Throwable e) {
            // An Error, too, is the route's: it is told and tried again like any failure of it.
            attempt.failed(e);
        }
        // A route may leave the thread interrupted; that is its own matter, a stop comes by the scope.
        if (Thread.interrupted()) {
            LOG.debug("the route left its thread interrupted");
        }
        onDelivered.run();
    }

    private void recover() {
        Delivery first = tracker.firstFailure();
        if (!routing.owns(first.first())) {
            tracker.drop(first);
            return;
        }
        String reason = reason(first);
        switch (verdict(first)) {
            case RETRY -> redeliver(first, reason);
            case STOP -> throw FailureHandling.stop(first.undecodable, reason);
            case ISOLATE -> {
                if (first.failedAlone()) {
                    isolate(first, reason);
                    tracker.drop(first);
                } else {
                    siftFailed(first);
                }
            }
            case SKIP -> {
                if (first.failedAlone() && first.size() == 1) {
                    failures.skip(reason, 1);
                    tracker.drop(first);
                } else {
                    siftFailed(first);
                }
            }
        }
    }

    /**
     * Nothing is isolated or skipped for a failure that may be another's: an aggregation fails for all of its members.
     * What has failed beside others is handed over again with nothing else in flight, in ever smaller parts, until it
     * is known what fails alone.
     */
    private void siftFailed(Delivery first) {
        boolean alone = first.failedAlone();
        awaitSettled();
        takeFailed();
        List<Delivery> suspects = new ArrayList<>();
        int failed = 0;
        for (Delivery delivery : again) {
            suspects.add(delivery);
            if (delivery.cause != null) {
                failed = suspects.size();
            }
        }
        suspects.subList(failed, suspects.size()).clear();
        suspects.forEach(suspect -> again.removeFirst());
        if (alone && suspects.size() == 1) {
            halve(first);
        } else {
            sift(suspects);
        }
        if (again.isEmpty()) {
            tracker.boundary(passedBoundary);
        }
    }

    private void sift(List<Delivery> suspects) {
        if (suspects.size() == 1) {
            siftOne(suspects.get(0));
        } else if (suspects.stream().mapToLong(Delivery::size).sum() > settings.maxInFlight()) {
            siftHalves(suspects);
        } else {
            handOverApart(suspects);
            List<Delivery> failed = tracker.takeFromFirstFailure();
            if (failed.size() == 1) {
                siftOne(failed.get(0));
            } else if (failed.size() > 1) {
                siftHalves(failed);
            }
        }
    }

    private void siftHalves(List<Delivery> suspects) {
        int middle = suspects.size() / 2;
        sift(suspects.subList(0, middle));
        sift(suspects.subList(middle, suspects.size()));
    }

    private void siftOne(Delivery one) {
        while (true) {
            handOverApart(List.of(one));
            List<Delivery> failed = tracker.takeFromFirstFailure();
            if (failed.isEmpty()) {
                return;
            }
            if (failed.size() > 1) {
                // One from before it was held all the time, and has failed meanwhile.
                sift(failed);
                return;
            }
            String reason = reason(one);
            switch (verdict(one)) {
                case RETRY -> pause(tellRetry(one, reason));
                case STOP -> throw FailureHandling.stop(one.undecodable, reason);
                case ISOLATE -> {
                    isolate(one, reason);
                    tracker.forget(one);
                    return;
                }
                case SKIP -> {
                    if (one.size() == 1) {
                        failures.skip(reason, 1);
                        tracker.forget(one);
                    } else {
                        halve(one);
                    }
                    return;
                }
            }
        }
    }

    private void halve(Delivery batch) {
        List<Delivery> halves = batch.halves();
        tracker.split(batch, halves);
        siftOne(halves.get(0));
        siftOne(halves.get(1));
    }

    /** Returns when all of them are done or have failed. */
    private void handOverApart(List<Delivery> deliveries) {
        InFlightLimit.Apart apart = failures.awaitAlone(control, scope, limit, deliveries.size());
        deliveries.forEach(delivery -> handOver(delivery, apart));
        failures.awaitEnd(scope, apart);
    }

    private void isolate(Delivery delivery, String reason) {
        failures.isolate(delivery.first().tableSchema(), delivery.first().lsn(), reason);
    }

    private FailureHandling.Verdict verdict(Delivery delivery) {
        return failures.verdict(delivery.first().table() != null, delivery.failures);
    }

    private static String reason(Delivery delivery) {
        return FailureHandling.reason(delivery.undecodable, delivery.cause, delivery.failures, describe(delivery));
    }

    private void redeliver(Delivery first, String reason) {
        long delay = tellRetry(first, reason);
        awaitSettled();
        pause(delay);
        takeFailed();
    }

    private long tellRetry(Delivery failed, String reason) {
        long delay = settings.retry().delay(failed.failures).toMillis();
        failures.tellRetry(reason, delay, failed.failures);
        return delay;
    }

    private void pause(long delay) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delay);
        for (long left = delay; left > 0; left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
            scope.checkRunning();
            Control.pause(Math.min(left, STEP_MILLIS));
        }
    }

    /** From the first failure on everything comes again, in order. */
    private void takeFailed() {
        List<Delivery> failed = tracker.takeFromFirstFailure();
        for (int i = failed.size() - 1; i >= 0; i--) {
            again.addFirst(failed.get(i));
        }
    }

    /** What still runs must not overtake what is delivered again. */
    private void awaitSettled() {
        FailureHandling.Patience patience = failures.patience();
        while (!tracker.awaitSettled(STEP_MILLIS)) {
            scope.checkRunning();
            patience.waited();
        }
    }

    private static String describe(Delivery delivery) {
        ChangeEvent first = delivery.first();
        return (delivery.size() == 1 ? "" : "a batch of " + delivery.size() + " changes from ") + first.operation().text()
               + (first.table() == null ? "" : " of table " + first.table()) + " at LSN " + Lsn.toString(first.lsn())
               + " (commit " + Lsn.toString(first.transaction().commitLsn()) + ')';
    }

    /** One hand-over of a delivery; answers of earlier ones are not heard any more. */
    private final class Attempt implements Completion {

        private final Delivery delivery;
        private final java.util.concurrent.atomic.AtomicBoolean answered
                = new java.util.concurrent.atomic.AtomicBoolean();
        private final InFlightLimit.Apart apart;
        private final long begun;
        private int number;

        private Attempt(Delivery delivery, InFlightLimit.Apart apart) {
            this.delivery = delivery;
            this.apart = apart;
            this.begun = limit.begin(delivery.size());
        }

        @Override
        public void done() {
            settle(null);
        }

        @Override
        public void failed(Throwable cause) {
            settle(cause);
        }

        @Override
        public boolean isInOrder() {
            return delivery.inOrder;
        }

        @Override
        public void held(boolean held) {
            tracker.held(delivery, number, held);
        }

        private void settle(Throwable cause) {
            if (answered.compareAndSet(false, true)) {
                if (cause != null && (apart == null ? limit.wasAlone(begun) : apart.isOfOne())) {
                    delivery.aloneIn = number;
                }
                tracker.settle(delivery, number, cause);
                if (apart == null) {
                    limit.release(delivery.size());
                } else {
                    apart.release();
                }
            }
        }
    }
}
