package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the rows of a copy over in batches, and those that fail again until they pass. Rows of one snapshot have no
 * order among themselves, so only what has failed is handed over again. For one thread; completions come on any.
 */
final class CopyWriter {

    private static final Logger LOG = LoggerFactory.getLogger(CopyWriter.class);
    private static final long STEP_MILLIS = 50;

    private final PipelineSettings settings;
    private final Control control;
    private final WorkerScope scope;
    private final Destination destination;
    private final InFlightLimit limit;
    private final CopyHandOvers handOvers;
    private final AtomicInteger outstanding = new AtomicInteger();
    private final ConcurrentLinkedQueue<Batch> failed = new ConcurrentLinkedQueue<>();

    private List<ChangeEvent> rows = new ArrayList<>();
    private long bytes;

    CopyWriter(PipelineSettings settings, Control control, WorkerScope scope, Destination destination,
               InFlightLimit limit, CopyHandOvers handOvers) {
        this.settings = settings;
        this.control = control;
        this.scope = scope;
        this.destination = destination;
        this.limit = limit;
        this.handOvers = handOvers;
    }

    void write(ChangeEvent event) {
        rows.add(event);
        bytes += event.bytes();
        if (!settings.batching() || rows.size() >= settings.batchSize() || bytes >= settings.maxBatchBytes()) {
            flush();
        }
    }

    /** Returns when everything that was written is complete. */
    void complete() {
        flush();
        while (outstanding.get() > 0) {
            scope.checkRunning();
            redeliver();
            Control.pause(1);
        }
    }

    private void flush() {
        if (!rows.isEmpty()) {
            Batch batch = new Batch(rows);
            rows = new ArrayList<>(batch.events.size());
            bytes = 0;
            outstanding.incrementAndGet();
            handOver(batch);
            redeliver();
        }
    }

    private void redeliver() {
        for (Batch batch = failed.poll(); batch != null; batch = failed.poll()) {
            ChangeEvent first = batch.events.get(0);
            String what = (batch.events.size() == 1 ? "a row" : "a batch of " + batch.events.size() + " rows")
                          + " of the copy of table " + first.table();
            String cause = batch.cause.getClass().getName();
            if (!settings.retry().allows(batch.failures)) {
                throw new PgCdcException(
                        ErrorCode.DESTINATION,
                        "The route failed " + batch.failures + " times on " + what + ", the last time with " + cause,
                        "Mend the route and start it again (option maxRetries bounds the retries)");
            }
            long delay = settings.retry().delay(batch.failures).toMillis();
            LOG.warn("Pipeline {}: the route failed on {} with {}; it is delivered again in {} ms (failure {})",
                    settings.name(), what, cause, delay, batch.failures);
            for (long waited = 0; waited < delay; waited += STEP_MILLIS) {
                scope.checkRunning();
                Control.pause(Math.min(STEP_MILLIS, delay - waited));
            }
            handOver(batch);
        }
    }

    private void handOver(Batch batch) {
        try {
            while (control.isSuspended() || !limit.tryAcquire(batch.events.size(), STEP_MILLIS)) {
                scope.checkRunning();
                if (control.isSuspended()) {
                    Control.pause(STEP_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException();
        }
        if (scope.isOver()) {
            limit.release(batch.events.size());
            throw new StoppedException();
        }
        Answer answer = new Answer(batch);
        try {
            destination.writeTableRows(batch.events, answer);
        } catch (Exception e) {
            answer.failed(e);
        }
        // A route may leave the thread interrupted; that is its own matter, a stop comes by the scope.
        if (Thread.interrupted()) {
            LOG.debug("the route left its thread interrupted");
        }
    }

    private static final class Batch {
        private final List<ChangeEvent> events;
        private volatile int failures;
        private volatile Throwable cause;

        private Batch(List<ChangeEvent> events) {
            this.events = List.copyOf(events);
        }
    }

    private final class Answer implements Completion {
        private final Batch batch;
        private boolean answered;
        private boolean held;

        private Answer(Batch batch) {
            this.batch = batch;
            handOvers.begun();
        }

        @Override
        public void done() {
            if (end()) {
                outstanding.decrementAndGet();
            }
        }

        @Override
        public void failed(Throwable cause) {
            if (end()) {
                batch.cause = cause;
                batch.failures++;
                failed.add(batch);
            }
        }

        private synchronized boolean end() {
            if (answered) {
                return false;
            }
            answered = true;
            limit.release(batch.events.size());
            if (!held) {
                handOvers.ended();
            }
            return true;
        }

        @Override
        public synchronized void held(boolean value) {
            if (!answered && held != value) {
                held = value;
                if (value) {
                    handOvers.ended();
                } else {
                    handOvers.begun();
                }
            }
        }
    }
}
