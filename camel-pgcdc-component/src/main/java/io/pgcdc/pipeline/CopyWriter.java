package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.postgres.TableCopy.BlockRange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the rows of a copy over in batches, and those that fail again until they pass. Rows of one snapshot have no
 * order among themselves, so only what has failed is handed over again. For one thread; completions come on any.
 */
final class CopyWriter {

    private static final Logger LOG = LoggerFactory.getLogger(CopyWriter.class);
    private static final long STEP_MILLIS = 50;
    private static final long CLOSED = Long.MIN_VALUE / 2;

    private final PipelineSettings settings;
    private final Control control;
    private final WorkerScope scope;
    private final Destination destination;
    private final InFlightLimit limit;
    private final ByteBudget budget;
    private final CopyHandOvers handOvers;
    private final FailureHandling failures;
    private final Lsn snapshot;
    // Not complete; and of these, those that the destination has and that are not held.
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final ConcurrentLinkedQueue<Batch> failed = new ConcurrentLinkedQueue<>();
    // What the budget gave for rows that are not complete.
    private final AtomicLong taken = new AtomicLong();

    private final ConcurrentLinkedQueue<BlockRange> completeRanges = new ConcurrentLinkedQueue<>();
    // Asked for with each row.
    private final int maxSize;
    private final long maxBytes;
    private final long maxHeapBytes;
    private final Consumer<BlockRange> onComplete;
    private final BooleanSupplier nothingFailed;

    private RangeTicket current;
    private List<ChangeEvent> rows = new ArrayList<>();
    private long bytes;
    private long heapBytes;

    CopyWriter(PipelineSettings settings, Control control, WorkerScope scope, Destination destination,
               InFlightLimit limit, ByteBudget budget, CopyHandOvers handOvers, FailureHandling failures, Lsn snapshot,
               Consumer<BlockRange> onComplete) {
        this.settings = settings;
        this.control = control;
        this.scope = scope;
        this.destination = destination;
        this.limit = limit;
        this.budget = budget;
        this.handOvers = handOvers;
        this.failures = failures;
        this.snapshot = snapshot;
        this.maxSize = settings.batching() ? settings.batchSize() : 1;
        this.maxBytes = settings.maxBatchBytes();
        this.maxHeapBytes = settings.maxWindowBytes();
        this.onComplete = onComplete;
        this.nothingFailed = () -> {
            scope.checkRunning();
            return failed.isEmpty();
        };
    }

    /** From here on rows belong to a range. */
    void beginRange(BlockRange range) {
        current = new RangeTicket(range);
    }

    /** All rows of the range were written. */
    void endRange() {
        flush();
        current.rowsEnded();
        current = null;
        // One is told with the next batch: storing it waits for a disk, and the server is to read the next range meanwhile.
        if (completeRanges.size() > 1) {
            tellComplete();
        }
    }

    void write(ChangeEvent event) {
        rows.add(event);
        bytes += event.bytes();
        heapBytes += event.heapBytes();
        if (rows.size() >= maxSize || bytes >= maxBytes || heapBytes >= maxHeapBytes) {
            flush();
        }
    }

    /** Returns when everything that was written is complete. */
    void complete() {
        flush();
        while (outstanding.get() > 0) {
            scope.checkRunning();
            redeliver();
            tellComplete();
            Control.pause(1);
        }
        tellComplete();
    }

    private void tellComplete() {
        for (BlockRange range = completeRanges.poll(); range != null; range = completeRanges.poll()) {
            onComplete.accept(range);
        }
    }

    /** A row whose values can't be read goes on its way alone, and fails there. */
    void writeUndecodable(ChangeEvent row, PgCdcException cause) {
        flush();
        begin(new Batch(List.of(row), cause, ticket(), ByteBudget.heapBytes(List.of(row))));
    }

    private void flush() {
        if (!rows.isEmpty()) {
            Batch batch = new Batch(rows, null, ticket(), ByteBudget.HAND_OVER_BYTES + heapBytes);
            rows = new ArrayList<>(batch.events.size());
            bytes = 0;
            heapBytes = 0;
            begin(batch);
        }
    }

    private void begin(Batch batch) {
        while (!budget.acquire(batch.heapBytes, nothingFailed)) {
            // It may be these that have the room.
            redeliver();
        }
        taken.addAndGet(batch.heapBytes);
        outstanding.incrementAndGet();
        tellComplete();
        handOver(batch);
        redeliver();
    }

    private void redeliver() {
        for (Batch batch = failed.poll(); batch != null; batch = failed.poll()) {
            String reason = FailureHandling.reason(batch.undecodable, batch.cause, batch.failures, describe(batch));
            switch (failures.verdict(true, batch.failures)) {
                case RETRY -> again(batch, reason);
                case STOP -> throw FailureHandling.stop(batch.undecodable, reason);
                case ISOLATE -> {
                    if (batch.failedAlone()) {
                        throw new TableGivenUp(reason);
                    }
                    siftWith(batch);
                }
                case SKIP -> {
                    if (batch.failedAlone()) {
                        skip(batch, reason);
                    } else {
                        siftWith(batch);
                    }
                }
            }
        }
    }

    /** See {@link DeliveryWorker}: what has failed beside others is handed over again with nothing else in flight. */
    private void siftWith(Batch first) {
        List<Batch> suspects = new ArrayList<>(List.of(first));
        suspects.addAll(drain());
        sift(suspects);
    }

    private void sift(List<Batch> suspects) {
        if (suspects.size() > 1 && suspects.stream().mapToLong(b -> b.events.size()).sum() > settings.maxInFlight()) {
            siftHalves(suspects);
            return;
        }
        InFlightLimit.Apart apart = failures.awaitAlone(control, scope, limit, suspects.size());
        suspects.forEach(suspect -> handOver(suspect, new Answer(suspect, apart)));
        failures.awaitEnd(scope, apart);
        if (suspects.size() == 1) {
            // If it has failed now, it is known to fail alone.
            redeliver();
            return;
        }
        List<Batch> still = drain();
        if (still.size() == 1) {
            sift(still);
        } else if (still.size() > 1) {
            siftHalves(still);
        }
    }

    private void siftHalves(List<Batch> suspects) {
        int middle = suspects.size() / 2;
        sift(suspects.subList(0, middle));
        sift(suspects.subList(middle, suspects.size()));
    }

    private List<Batch> drain() {
        List<Batch> all = new ArrayList<>();
        for (Batch batch = failed.poll(); batch != null; batch = failed.poll()) {
            all.add(batch);
        }
        return all;
    }

    private void again(Batch batch, String reason) {
        long delay = settings.retry().delay(batch.failures).toMillis();
        failures.tellRetry(reason, delay, batch.failures);
        for (long waited = 0; waited < delay; waited += STEP_MILLIS) {
            scope.checkRunning();
            Control.pause(Math.min(STEP_MILLIS, delay - waited));
        }
        handOver(batch);
    }

    /** Finds out which of the rows it is that the destination fails on. */
    private void skip(Batch batch, String reason) {
        int size = batch.events.size();
        if (size == 1) {
            failures.skip(reason, 1);
            complete(batch);
            return;
        }
        // Together they give back what was taken for the whole.
        Batch front = new Batch(batch.events.subList(0, size / 2), null, batch.ticket, batch.heapBytes / 2);
        Batch back = new Batch(
                batch.events.subList(size / 2, size), null, batch.ticket, batch.heapBytes - front.heapBytes);
        front.failures = batch.failures;
        back.failures = batch.failures;
        batch.ticket.opened();
        outstanding.incrementAndGet();
        sift(List.of(front));
        sift(List.of(back));
    }

    /** Waits until nothing that was handed over is under way any more, complete or not. */
    void awaitQuiet(WorkerScope outer) {
        while (underWay.get() > 0) {
            outer.checkRunning();
            Control.pause(1);
        }
    }

    private String describe(Batch batch) {
        ChangeEvent first = batch.events.get(0);
        String what = first.operation() == Operation.READ ? "a row" : first.operation().text();
        return (batch.events.size() == 1 ? what : "a batch of " + batch.events.size() + " rows")
               + " of the copy of table " + first.table() + " as of LSN " + snapshot;
    }

    private void handOver(Batch batch) {
        while (control.isSuspended() || !limit.tryAcquire(batch.events.size(), STEP_MILLIS)) {
            scope.checkRunning();
            if (control.isSuspended()) {
                Control.pause(STEP_MILLIS);
            }
        }
        if (scope.isOver()) {
            limit.release(batch.events.size());
            throw new StoppedException();
        }
        handOver(batch, new Answer(batch, null));
    }

    private void handOver(Batch batch, Answer answer) {
        if (batch.undecodable != null) {
            answer.failed(batch.undecodable);
            return;
        }
        try {
            destination.writeTableRows(batch.events, answer);
        } catch (Throwable e) {
            answer.failed(e);
        }
        // A route may leave the thread interrupted; that is its own matter, a stop comes by the scope.
        if (Thread.interrupted()) {
            LOG.debug("the route left its thread interrupted");
        }
    }

    private void complete(Batch batch) {
        // After a close everything was given back.
        if (taken.getAndAdd(-batch.heapBytes) > 0) {
            budget.release(batch.heapBytes);
        }
        batch.ticket.closed();
        outstanding.decrementAndGet();
    }

    /** Gives back what was taken for rows that are not complete; nothing is written any more. Always to be called. */
    void close() {
        budget.release(taken.getAndSet(CLOSED));
    }

    private RangeTicket ticket() {
        RangeTicket ticket = current == null ? new RangeTicket(null) : current;
        ticket.opened();
        return ticket;
    }

    /** Knows when the last of a range's batches is complete. */
    private final class RangeTicket {
        private final BlockRange range;
        // The batches under way, and one as long as rows are still read.
        private final AtomicInteger open = new AtomicInteger(1);

        private RangeTicket(BlockRange range) {
            this.range = range;
        }

        private void opened() {
            open.incrementAndGet();
        }

        private void closed() {
            if (open.decrementAndGet() == 0) {
                completeRanges.add(range);
            }
        }

        private void rowsEnded() {
            closed();
        }
    }

    private static final class Batch {
        private final List<ChangeEvent> events;
        private final PgCdcException undecodable;
        private final RangeTicket ticket;
        private final long heapBytes;
        private volatile int failures;
        private volatile Throwable cause;
        private volatile boolean alone;

        private Batch(List<ChangeEvent> events, PgCdcException undecodable, RangeTicket ticket, long heapBytes) {
            this.events = List.copyOf(events);
            this.undecodable = undecodable;
            this.ticket = ticket;
            this.heapBytes = heapBytes;
        }

        /** Whether it has failed with nothing else in flight the last time, so that the failure is its own. */
        private boolean failedAlone() {
            return undecodable != null || alone;
        }
    }

    private final class Answer implements Completion {
        private final Batch batch;
        private final InFlightLimit.Apart apart;
        private final long number;
        private boolean answered;
        private boolean held;

        /** @param apart with which there is nothing else in flight, or {@code null} */
        private Answer(Batch batch, InFlightLimit.Apart apart) {
            this.batch = batch;
            this.apart = apart;
            this.number = limit.begin(batch.events.size());
            begun();
        }

        @Override
        public void done() {
            if (end()) {
                complete(batch);
                release();
            }
        }

        @Override
        public void failed(Throwable cause) {
            if (end()) {
                batch.cause = cause;
                batch.failures++;
                batch.alone = apart == null ? limit.wasAlone(number) : apart.isOfOne();
                failed.add(batch);
                release();
            }
        }

        private void release() {
            if (apart == null) {
                limit.release(batch.events.size());
            } else {
                apart.release();
            }
        }

        private synchronized boolean end() {
            if (answered) {
                return false;
            }
            answered = true;
            if (!held) {
                ended();
            }
            return true;
        }

        @Override
        public synchronized void held(boolean value) {
            if (!answered && held != value) {
                held = value;
                if (value) {
                    ended();
                } else {
                    begun();
                }
            }
        }

        private void begun() {
            underWay.incrementAndGet();
            handOvers.begun();
        }

        private void ended() {
            underWay.decrementAndGet();
            handOvers.ended();
        }
    }
}
