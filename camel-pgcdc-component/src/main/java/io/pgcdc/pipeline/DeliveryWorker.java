package io.pgcdc.pipeline;

import java.util.ArrayDeque;
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
    private static final long SETTLE_WARNING_MILLIS = 30_000;

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
        Attempt attempt = new Attempt(delivery);
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
        String reason = FailureHandling.reason(first.undecodable, first.cause, first.failures, describe(first));
        switch (failures.verdict(first.first().table() != null, first.failures)) {
            case RETRY -> redeliver(first, reason);
            case STOP -> throw FailureHandling.stop(first.undecodable, reason);
            case ISOLATE -> {
                failures.isolate(first.first().tableSchema(), first.first().lsn(), reason);
                tracker.drop(first);
            }
            case SKIP -> {
                if (first.size() == 1) {
                    failures.skip(reason, 1);
                    tracker.drop(first);
                } else {
                    awaitSettled();
                    if (tracker.firstFailure() != first) {
                        // One before it has failed meanwhile, and is the first to be decided on.
                        return;
                    }
                    takeFailed();
                    Delivery whole = again.removeFirst();
                    List<Delivery> halves = whole.halves();
                    tracker.split(whole, halves);
                    again.addFirst(halves.get(1));
                    again.addFirst(halves.get(0));
                }
            }
        }
    }

    private void redeliver(Delivery first, String reason) {
        long delay = settings.retry().delay(first.failures).toMillis();
        failures.tellRetry(reason, delay, first.failures);
        awaitSettled();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delay);
        for (long left = delay; left > 0; left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
            scope.checkRunning();
            Control.pause(Math.min(left, STEP_MILLIS));
        }
        takeFailed();
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
        long waited = 0;
        while (!tracker.awaitSettled(STEP_MILLIS)) {
            scope.checkRunning();
            waited += STEP_MILLIS;
            if (waited % SETTLE_WARNING_MILLIS == 0) {
                LOG.warn("Pipeline {}: a failed change waits to be delivered again until exchanges behind it end. "
                         + "An aggregation without completionTimeout keeps them: give it one, or use "
                         + "PgCdcAggregationStrategy",
                        settings.name());
            }
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
        private int number;

        private Attempt(Delivery delivery) {
            this.delivery = delivery;
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
        public void held(boolean held) {
            tracker.held(delivery, number, held);
        }

        private void settle(Throwable cause) {
            if (answered.compareAndSet(false, true)) {
                tracker.settle(delivery, number, cause);
                limit.release(delivery.size());
            }
        }
    }
}
