package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.StateStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the tables of a publication once and then follows their changes, into a {@link Destination}, until it is
 * stopped. A thread of its own supervises everything and starts it again after failures that may pass; what can't pass
 * ends it with the state FAILED.
 *
 * <p>
 * Thread-safe. A pipeline may be started again after it was stopped.
 */
public final class Pipeline {

    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    private static final RetryPolicy RECONNECT
            = new RetryPolicy(-1, Duration.ofMillis(500), Duration.ofSeconds(30));
    private static final long BROKEN_MILLIS = 500;

    /** So often in a row the server may fail to decode its log before the slot is taken for lost. */
    private static final int UNREADABLE = 3;

    private final PipelineSettings settings;
    private final PgReplicationClient client;
    private final StateStore states;
    private final SchemaStore schemas;
    private final Destination destination;
    private final WorkerThreads threads;
    private final PipelineListener listener;

    private volatile Control control = new Control();
    private volatile PipelineRun run;
    private volatile State state = State.STOPPED;
    private volatile PgCdcException error;
    private final Queue<TableId> resyncs = new ConcurrentLinkedQueue<>();
    private final UnnoticedTables unnoticed = new UnnoticedTables();
    private final ExpressLane express;
    private final TransactionStreaming streaming;
    private final AtomicLong skipped = new AtomicLong();
    // Made beforehand: it tells of the moment at which nothing can be made.
    private final PgCdcException brokenSupervision;
    private volatile Thread supervisor;

    public Pipeline(PipelineSettings settings, PgReplicationClient client, StateStore states, SchemaStore schemas,
                    Destination destination, WorkerThreads threads, PipelineListener listener) {
        this.settings = settings;
        settings.makeCodecs(client::types);
        this.client = client;
        this.states = states;
        this.schemas = schemas;
        this.destination = destination;
        this.threads = threads;
        this.listener = listener;
        this.express = new ExpressLane(settings, client, threads);
        this.streaming = new TransactionStreaming(settings);
        this.brokenSupervision = new PgCdcException(
                ErrorCode.INTERNAL,
                "The supervision of pipeline " + settings.name() + " met an error, perhaps for want of memory",
                "It starts again by itself; if that goes on, give the JVM more memory and look at the log");
    }

    /**
     * Checks what can be checked before a start.
     *
     * @throws PgCdcException that says what to do
     */
    public void check() {
        FailPoint.requireValidSetting();
        createPublication(settings, client);
        PipelineRun.slotName(settings, client.preflight(settings.publication(), copies()).database());
        if (settings.slotFailover()) {
            client.requireFailoverSlots();
        }
    }

    /** Starts the supervising thread and returns. */
    public synchronized void start() {
        if (supervisor != null) {
            throw new IllegalStateException("the pipeline " + settings.name() + " is running");
        }
        control = new Control();
        error = null;
        state = State.STARTING;
        supervisor = threads.newThread("pipeline " + settings.name(), this::superviseAlways);
        supervisor.start();
    }

    /** Reads no more, but stays connected, alive and acknowledging; what is in flight goes on. */
    public void suspend() {
        control.suspend(true);
    }

    public void resume() {
        control.suspend(false);
    }

    /** Reads no more, waits a while for what is in flight, confirms what is complete, and ends. */
    public synchronized void stop() {
        control.stop();
        join();
        state = state == State.FAILED || state == State.COMPLETED ? state : State.STOPPED;
    }

    /** Ends at once, as if the process had died: nothing more is stored or confirmed. For tests of just that. */
    public synchronized void abort() {
        control.abort();
        PipelineRun current = run;
        if (current != null) {
            current.abort();
        }
        join();
        state = State.STOPPED;
    }

    private void join() {
        Thread thread = supervisor;
        supervisor = null;
        if (thread == null || thread == Thread.currentThread()) {
            return;
        }
        // The end is bounded; whoever went on before it would close what the pipeline still uses.
        boolean interrupted = false;
        while (thread.isAlive()) {
            PipelineRun current = run;
            if (current != null) {
                current.cancelSlotCreations();
            }
            try {
                thread.join(100);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    public PipelineStatus status() {
        PipelineRun current = run;
        if (current == null) {
            return PipelineStatus.idle(state, skipped.get(), error);
        }
        Throwable failure = current.failure();
        if (failure != null && (state == State.RUNNING || state == State.STARTING)) {
            PgCdcException told = failure instanceof PgCdcException known ? known : unexpected(failure);
            return current.status(told.code() == ErrorCode.SLOT_ACTIVE ? State.STANDBY : State.RETRYING, told);
        }
        return current.status(state, error);
    }

    /**
     * Copies a table again and follows it from there, while the others go on; also the way out of Error. Returns at
     * once; what the table's changes would have brought until then is in the copy.
     *
     * @throws PgCdcException of kind CONFIGURATION if the pipeline has no such table, or nobody would copy it; says
     *                        what to do instead
     */
    public void resyncTable(TableId table) {
        PipelineStatus now = status();
        switch (now.state()) {
            case STARTING, RUNNING, RETRYING -> requireCopied(table, now);
            case STANDBY -> throw noResync(
                    table, "this instance is standby, another one reads the slot",
                    "Call resyncTable on the instance that is active");
            case STOPPED -> throw noResync(table, "it does not run", "Start the route first");
            case FAILED -> throw noResync(
                    table, "it has given up", "Mend what its health tells, start the route again, then call resyncTable");
            case COMPLETED -> throw copiesOnce(table);
        }
        resyncs.add(table);
    }

    private void requireCopied(TableId table, PipelineStatus now) {
        if (settings.snapshot() == PipelineSettings.Snapshot.INITIAL_ONLY) {
            throw copiesOnce(table);
        }
        if (now.tables().stream().noneMatch(known -> known.table().equals(table))) {
            throw noResync(
                    table, "it knows no such table" + (now.state() == State.RUNNING ? "" : " yet"),
                    "Name one of the publication as schema.table, when the pipeline is running");
        }
    }

    private PgCdcException copiesOnce(TableId table) {
        return noResync(
                table, "it copies every table once and follows none (snapshotMode=initialOnly)",
                "Start the route with another name for the pipeline to copy all tables again, or with "
                                                                                                 + "isolatedTables=onStart for those in Error");
    }

    private PgCdcException noResync(TableId table, String why, String remedy) {
        return new PgCdcException(
                ErrorCode.CONFIGURATION,
                "Pipeline " + settings.name() + " can't resynchronise table " + table + ": " + why, remedy);
    }

    static void createPublication(PipelineSettings settings, PgReplicationClient client) {
        if (!settings.tablesToPublish().isEmpty()) {
            client.createPublication(settings.publication(), settings.tablesToPublish());
        }
    }

    private boolean copies() {
        return settings.snapshot() != PipelineSettings.Snapshot.NEVER;
    }

    /** Nothing that goes wrong in supervising itself may leave the pipeline dead and looking alive. */
    private void superviseAlways() {
        boolean broken = false;
        while (!control.isStopping()) {
            try {
                if (broken) {
                    pause(BROKEN_MILLIS);
                    endLastRun();
                }
                supervise();
                return;
            } catch (Throwable e) {
                // Nothing in here may fail, so nothing in here takes memory.
                broken = true;
                error = brokenSupervision;
                state = State.RETRYING;
            }
        }
    }

    /** A run may have ended without all that belongs to its end. */
    private void endLastRun() {
        PipelineRun last = run;
        if (last != null) {
            last.end();
        }
    }

    private PgCdcException unexpected(Throwable failure) {
        return new PgCdcException(
                ErrorCode.INTERNAL, "Unexpected " + failure.getClass().getName() + " in pipeline " + settings.name(),
                "It starts again by itself; please report the log", failure);
    }

    private void supervise() {
        int failures = 0;
        PgCdcException unreadable = null;
        while (!control.isStopping()) {
            PgCdcException failure = runOnce(unreadable);
            if (control.isStopping() || failure == null && !run.isToBeginAgain()) {
                return;
            }
            if (failure == null) {
                failures = 0;
                continue;
            }
            failures = run.hasProgressed() ? 1 : failures + 1;
            unreadable = failure.code() == ErrorCode.SLOT_UNREADABLE && failures >= UNREADABLE ? failure : null;
            error = failure;
            if (!failure.code().isTransient()) {
                state = State.FAILED;
                LOG.error("Pipeline {} has given up: {}", settings.name(), failure.getMessage(), failure);
                tell(failure, false);
                return;
            }
            waitAfter(failure, failures);
        }
    }

    private void waitAfter(PgCdcException failure, int failures) {
        long delay = RECONNECT.delay(failures).toMillis();
        if (failure.code() == ErrorCode.SLOT_ACTIVE) {
            // A walsender whose client has died also looks like this, for up to wal_sender_timeout.
            delay = Math.min(delay, 2_000);
            if (state != State.STANDBY) {
                LOG.info("Pipeline {} is standby: {}", settings.name(), failure.getMessage());
            }
            state = State.STANDBY;
        } else {
            state = State.RETRYING;
            LOG.warn("Pipeline {} failed and starts again in {} ms: {}", settings.name(), delay, failure.getMessage());
            LOG.debug("The failure", failure);
            tell(failure, true);
        }
        pause(delay);
    }

    private void pause(long milliseconds) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (!control.isStopping() && System.nanoTime() < deadline) {
            Control.pause(20);
        }
    }

    /** Runs until a stop (null), the end of all work (null) or a failure. */
    private PgCdcException runOnce(PgCdcException unreadable) {
        PipelineRun current = new PipelineRun(
                settings, control, client, states, schemas, destination, threads, resyncs, unnoticed, skipped, express,
                streaming,
                unreadable,
                this::running);
        run = current;
        try {
            if (current.run()) {
                state = State.COMPLETED;
                LOG.info("Pipeline {}: the copy is complete", settings.name());
            }
            return null;
        } catch (PgCdcException e) {
            return e;
        } catch (StoppedException e) {
            return null;
        } catch (Throwable e) {
            LOG.error("Pipeline {}: unexpected failure", settings.name(), e);
            return unexpected(e);
        }
    }

    private void running() {
        state = State.RUNNING;
        error = null;
    }

    private void tell(PgCdcException failure, boolean retried) {
        try {
            listener.failed(failure, retried);
        } catch (RuntimeException | Error e) {
            // It is the route's, and no reason to supervise otherwise than without it.
            LOG.warn("Pipeline {}: its listener failed", settings.name(), e);
        }
    }
}
