package io.pgcdc.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.postgres.ExpressReader;
import io.pgcdc.postgres.PgReplicationClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a large backlog is read in chunks instead of by the stream, one slot at a time. Kept over the runs of a
 * pipeline: where the server doesn't let us, or fails, it is closed for good, and everything goes by the stream.
 * Thread-safe.
 */
final class ExpressLane {

    private static final Logger LOG = LoggerFactory.getLogger(ExpressLane.class);

    /**
     * A stream that runs is left for backlogs so many times as large as those at a start; smaller ones it is through
     * with soon.
     */
    private static final int WORTH_LEAVING = 4;
    private static final long LEAST_BACKLOG_BYTES = 1 << 20;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** What passes by itself does not break so many rides one after the other. */
    private static final int BROKEN_RIDES = 2;

    private final PipelineSettings settings;
    private final PgReplicationClient client;
    private final WorkerThreads threads;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicInteger broken = new AtomicInteger();
    private volatile long leftAt = System.nanoTime() - PAUSE_NANOS;
    private volatile long brokenAt = leftAt;
    private volatile boolean closed;

    ExpressLane(PipelineSettings settings, PgReplicationClient client, WorkerThreads threads) {
        this.settings = settings;
        this.client = client;
        this.threads = threads;
        this.closed = !settings.expressCatchUp();
    }

    /**
     * A ride over a backlog, or {@code null} if the stream is to read it.
     *
     * @param binary whether values are to come in their types' binary form
     * @param to     a position of the server's log, which it has flushed
     */
    Ride enter(String slot, boolean messages, boolean binary, Lsn from, Lsn to) {
        if (closed || System.nanoTime() - brokenAt < PAUSE_NANOS || Lsn.compare(to.value(), from.value()) < 0
                || to.value() - from.value() < settings.expressBacklogBytes() || !taken.compareAndSet(false, true)) {
            return null;
        }
        try {
            return new Ride(
                    client.openExpress(
                            slot, settings.publication(), messages, binary, from, to, settings.expressTimeout()),
                    slot, from);
        } catch (PgCdcException e) {
            brokenAt = System.nanoTime();
            leftAt = brokenAt;
            taken.set(false);
            if (!e.code().concernsConnection()) {
                close(e);
            }
            return null;
        }
    }

    /**
     * Whether a stream that runs is so far behind, and for so long, that it is worth leaving for a ride.
     *
     * @param behind bytes of the server's log
     */
    boolean isWorthLeavingFor(LongSupplier behind) {
        return !closed && !taken.get() && System.nanoTime() - leftAt > PAUSE_NANOS
                && behind.getAsLong() / WORTH_LEAVING > Math.max(settings.expressBacklogBytes(), LEAST_BACKLOG_BYTES);
    }

    /** The stream is left for a ride; if it goes on instead, for the route holds changes, not again soon. */
    void leaving() {
        leftAt = System.nanoTime();
    }

    /**
     * Whatever broke it, the next run must get on: by the stream, or a pipeline could take one ride after the other.
     */
    private void broken(PgCdcException reason) {
        brokenAt = System.nanoTime();
        if (broken.incrementAndGet() >= BROKEN_RIDES || !reason.code().concernsConnection()) {
            close(reason);
        }
    }

    private void close(PgCdcException reason) {
        if (!closed) {
            closed = true;
            LOG.warn("Pipeline {}: backlogs are read by the stream from now on, for express catch-up failed: {}",
                    settings.name(), reason.getMessage());
        }
    }

    /** Up to where the stream takes over. For one thread, but for {@link #end}. */
    final class Ride {
        private final ExpressReader reader;
        private final Thread fetching;
        private final AtomicBoolean ended = new AtomicBoolean();

        private Ride(ExpressReader reader, String slot, Lsn from) {
            this.reader = reader;
            this.fetching = threads.newThread("express " + slot, reader::fetch);
            LOG.info("Pipeline {}: the backlog of slot {} from LSN {} to {} is read in chunks", settings.name(), slot, from,
                    Lsn.of(reader.end()));
        }

        /** From here on, once the stream is ours. */
        Ride begin() {
            fetching.start();
            return this;
        }

        /** Where the stream begins. */
        Lsn destination() {
            return Lsn.of(reader.end());
        }

        byte[] poll() {
            try {
                return reader.poll();
            } catch (PgCdcException e) {
                if (ended.get()) {
                    throw new StoppedException();
                }
                if (e.code() == ErrorCode.NO_BINARY_FORM) {
                    // It is the form of the values that the server can't give, however they are read.
                    throw e;
                }
                broken(e);
                // The next run reads by the stream what this one has not.
                throw new PgCdcException(
                        ErrorCode.SERVER_NOT_READY, e.getMessage(), "The pipeline starts again by itself", e);
            }
        }

        int messageStart() {
            return reader.messageStart();
        }

        long receivedLsn() {
            return reader.receivedLsn();
        }

        long passed() {
            return reader.passed();
        }

        boolean isOver() {
            boolean over = reader.isOver();
            if (over) {
                broken.set(0);
            }
            return over;
        }

        /** Gives the lane free, from any thread; what is under way fails. */
        void end() {
            if (ended.compareAndSet(false, true)) {
                reader.close();
                if (reader.receivedLsn() == 0 && !reader.isOver()) {
                    // The run has failed beside it, it may be for want of the connections that the ride took.
                    brokenAt = System.nanoTime();
                }
                leftAt = System.nanoTime();
                taken.set(false);
            }
        }
    }
}
