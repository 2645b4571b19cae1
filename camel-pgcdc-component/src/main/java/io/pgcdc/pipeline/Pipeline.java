package io.pgcdc.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.StateStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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
    /** What a skip waits for: exchanges under way, and a new connection. */
    private static final Duration LONGEST_SKIP = Duration.ofSeconds(60);

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
    /** How what runs now, or ran last, fares is its own to tell; this is what was known before that. */
    private volatile RunView before = RunView.NOTHING;
    private volatile State state = State.STOPPED;
    private volatile long stateSinceMillis = System.currentTimeMillis();
    private volatile PgCdcException error;
    private volatile PgCdcException lastError;
    private volatile long lastErrorAtMillis;
    /** What the log has a line of: the same again, attempt by attempt, would only fill it. */
    private ErrorCode lastTold;
    private final Queue<TableId> resyncs = new ConcurrentLinkedQueue<>();
    private final Queue<RowRequest> rereads = new ConcurrentLinkedQueue<>();
    private final AtomicReference<SkipRequest> skip = new AtomicReference<>();
    private final UnnoticedTables unnoticed = new UnnoticedTables();
    private final ExpressLane express;
    private final TransactionStreaming streaming;
    private final StreamFormat format;
    private final PipelineCounters counters = new PipelineCounters();
    // Made beforehand: it tells of the moment at which nothing can be made.
    private final PgCdcException brokenSupervision;
    private final StartPreflight preflight;
    private volatile Thread supervisor;

    public Pipeline(PipelineSettings settings, PgReplicationClient client, StateStore states, SchemaStore schemas,
                    Destination destination, WorkerThreads threads, PipelineListener listener) {
        this.settings = settings;
        settings.makeCodecs(client::types);
        this.client = client;
        this.states = states;
        this.schemas = schemas;
        this.destination = new ObservedDestination(destination, counters);
        this.threads = LogContext.of(settings.name(), threads);
        this.listener = listener;
        this.express = new ExpressLane(settings, client, this.threads);
        this.streaming = new TransactionStreaming(settings);
        this.format = new StreamFormat(settings, client);
        this.preflight = new StartPreflight(settings, client);
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
        boolean paused = control.isPaused();
        control = new Control();
        control.pause(paused);
        error = null;
        preflight.reset();
        enter(State.STARTING);
        LOG.info("Pipeline {}: state=starting publication={} snapshot={}", settings.name(), settings.publication(),
                settings.snapshot());
        supervisor = threads.newThread("pipeline " + settings.name(), this::superviseAlways);
        supervisor.start();
    }

    /** Reads no more, but stays connected, alive and acknowledging; what is in flight goes on. */
    public void suspend() {
        hold(() -> control.suspend(true));
    }

    public void resume() {
        hold(() -> control.suspend(false));
    }

    /** The route may suspend what is paused, and the other way round. */
    private void hold(Runnable change) {
        boolean before = control.isSuspended();
        change.run();
        if (!before && control.isSuspended()) {
            LOG.info("Pipeline {}: state=paused; it reads and hands over nothing, its slot keeps the log meanwhile",
                    settings.name());
        } else if (before && !control.isSuspended()) {
            LOG.info("Pipeline {}: state={}; it goes on after a pause", settings.name(),
                    state.name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * Reads and hands over no more until {@link #unpause}, as by {@link #suspend}, whatever the route's own suspending
     * and resuming do meanwhile, and over failures and new runs. A pipeline that is made anew is not paused.
     *
     * @throws PgCdcException of kind CONFIGURATION if it is not running
     */
    public void pause() {
        requireStarted("pause");
        hold(() -> control.pause(true));
    }

    /** Ends what {@link #pause} began. */
    public void unpause() {
        requireStarted("resume");
        hold(() -> control.pause(false));
    }

    private void requireStarted(String operation) {
        if (state == State.STOPPED) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "Pipeline " + settings.name() + " can't " + operation + ": it does not run",
                    "Start the route first");
        }
    }

    /**
     * Goes on from a later position, also if the pipeline has given up: the way past changes that can never be
     * delivered. Transactions that were committed between the confirmed position and that one are not delivered, all of
     * their changes to tables that are streamed are lost for the destination; tables that are being copied lose
     * nothing. Returns when it is stored. Waits for exchanges that are under way, so it must not be called from within
     * one.
     *
     * @param  target         the first transaction to be delivered is the one whose commit record is at this position,
     *                        or behind it
     * @param  confirmed      the safeguard: the position that is confirmed, as the caller knows it; {@code null} to do
     *                        without
     * @throws PgCdcException if it is not done: because the confirmed position is another one, the target is not
     *                        between that and the end of the server's log, or the pipeline is not here to steer.
     *                        Nothing is lost then
     */
    public Skipped skipTo(Lsn target, Lsn confirmed) {
        State now = status().state();
        boolean steerable = switch (now) {
            case STARTING, RUNNING, PAUSED, RETRYING, FAILED -> settings.snapshot() != PipelineSettings.Snapshot.INITIAL_ONLY;
            case STANDBY, STOPPED, COMPLETED -> false;
        };
        if (!steerable) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION,
                    "Pipeline " + settings.name() + " can't skip to " + target + ": it streams nothing ("
                                             + now + ")",
                    "Call it where the pipeline runs");
        }
        SkipRequest request = new SkipRequest(target, confirmed);
        if (!skip.compareAndSet(null, request)) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "Pipeline " + settings.name() + " is about to skip already",
                    "Wait for that to end");
        }
        try {
            if (now == State.FAILED) {
                startAgain();
            } else {
                breakOff(request);
            }
            return request.await(LONGEST_SKIP);
        } finally {
            skip.compareAndSet(request, null);
        }
    }

    private void breakOff(SkipRequest request) {
        PipelineRun current = run;
        if (current != null) {
            current.breakOffFor(request);
        }
    }

    private synchronized void startAgain() {
        if (state == State.FAILED && supervisor != null) {
            join();
            start();
        }
    }

    /** Has the running pipeline look at once at what the publication has now; without effect when none runs. */
    public void lookAtPublication() {
        PipelineRun current = run;
        if (current != null) {
            current.lookAtPublicationSoon();
        }
    }

    /** Reads no more, waits a while for what is in flight, confirms what is complete, and ends. */
    public synchronized void stop() {
        control.stop();
        join();
        forgetRequests();
        if (state != State.FAILED && state != State.COMPLETED && enter(State.STOPPED)) {
            LOG.info("Pipeline {}: state=stopped confirmed={}", settings.name(), status().confirmed());
        }
    }

    /** Whoever asked for it was told that it would be done. */
    private void forgetRequests() {
        for (TableId table = resyncs.poll(); table != null; table = resyncs.poll()) {
            LOG.warn("Pipeline {}: it was stopped before table {} could be resynchronised; call resyncTable again when it runs",
                    settings.name(), table);
        }
        for (RowRequest rows = rereads.poll(); rows != null; rows = rereads.poll()) {
            LOG.warn("Pipeline {}: it was stopped before {} were copied again, or all of them; call resyncTable again when it "
                     + "runs",
                    settings.name(), rows);
        }
    }

    /** Ends at once, as if the process had died: nothing more is stored or confirmed. For tests of just that. */
    public synchronized void abort() {
        control.abort();
        PipelineRun current = run;
        if (current != null) {
            current.abort();
        }
        join();
        enter(State.STOPPED);
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

    /** How it fares now; from any thread, and without a question to the server. */
    public PipelineStatus status() {
        PipelineRun current = run;
        Throwable failing = current == null ? null : current.failure();
        State now = state;
        Instant since = Instant.ofEpochMilli(stateSinceMillis);
        PgCdcException told = error;
        PgCdcException last = lastError;
        long lastAt = lastErrorAtMillis;
        if (failing != null && (now == State.RUNNING || now == State.STARTING)) {
            told = failing instanceof PgCdcException known ? known : unexpected(failing);
            now = told.code() == ErrorCode.SLOT_ACTIVE ? State.STANDBY : State.RETRYING;
            last = told;
            lastAt = current.failedAtMillis();
            since = Instant.ofEpochMilli(lastAt);
        }
        boolean paused = control.isSuspended();
        if (paused && now == State.RUNNING) {
            now = State.PAUSED;
            Instant suspended = Instant.ofEpochMilli(control.suspendedAtMillis());
            since = suspended.isAfter(since) ? suspended : since;
        }
        RunView view = current == null ? RunView.NOTHING : current.view().after(before);
        PipelineStatus.Failure lastFailure
                = last == null ? null : new PipelineStatus.Failure(last, Instant.ofEpochMilli(lastAt));
        PipelineStatus.Failure failure = told == null
                ? null : told == last ? lastFailure : new PipelineStatus.Failure(told, since);
        return new PipelineStatus(
                now, since, paused, view.database(), view.slot(), view.received(), view.confirmed(), lag(view, now),
                view.server(), view.inFlight(), Duration.ofNanos(view.oldestNanos()), counters.read(), view.tables(), failure,
                lastFailure, deadThreads(view));
    }

    private static Duration lag(RunView view, State state) {
        return switch (state) {
            case STARTING, RUNNING, PAUSED, RETRYING, FAILED -> view.lag();
            case STOPPED, STANDBY, COMPLETED -> null;
        };
    }

    private List<String> deadThreads(RunView view) {
        Thread supervising = supervisor;
        boolean lives = switch (state) {
            case STOPPED, COMPLETED, FAILED -> true;
            case STARTING, STANDBY, RUNNING, PAUSED, RETRYING -> supervising == null || supervising.isAlive();
        };
        if (lives) {
            return view.deadThreads();
        }
        List<String> dead = new ArrayList<>(view.deadThreads());
        dead.add(supervising.getName());
        return dead;
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
            case STARTING, RUNNING, PAUSED, RETRYING -> requireCopied(table, now);
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

    /**
     * Copies rows of a table again, while it and all others stream on: they are delivered as rows of a copy, each at a
     * point of the stream where the table has it so. Nothing is taken away before. Returns when it is known that the
     * predicate is one; how it ends is logged.
     *
     * @param  predicate      what may stand behind WHERE, in SQL. It can call every function that the pipeline's user
     *                        may call
     * @throws PgCdcException of kind CONFIGURATION if the predicate is none, the table has no key, or the pipeline does
     *                        not stream it at the moment; says what to do instead
     */
    public void copyRows(TableId table, String predicate) {
        PipelineStatus now = status();
        switch (now.state()) {
            case STARTING, RUNNING, PAUSED, RETRYING -> requireCopied(table, now);
            case STANDBY, STOPPED, FAILED, COMPLETED -> throw noResync(
                    table, "it streams nothing (" + now.state() + ")", "Call it where the pipeline runs");
        }
        PipelineStatus.Table known = now.tables().stream().filter(each -> each.table().equals(table)).findFirst().orElseThrow();
        if (known.stage() != PipelineStatus.TableStage.STREAMING) {
            throw noResync(
                    table, "it is in " + known.stage() + ", so there is nothing that its rows could be put into",
                    known.stage() == PipelineStatus.TableStage.ERROR
                            ? "Copy the whole table again, without a predicate" : "Its copy brings these rows, too");
        }
        client.requirePredicate(settings.publication(), table, predicate);
        rereads.add(new RowRequest(table, predicate));
    }

    /** How many requests of {@link #copyRows} are not done, the one under way included. */
    public int rowCopiesWaiting() {
        return rereads.size();
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
                note(brokenSupervision);
                enter(State.RETRYING);
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
            note(failure);
            if (!failure.code().isTransient()) {
                enter(State.FAILED);
                LOG.error("Pipeline {}: state=failed code={}; it has given up: {}", settings.name(), failure.code(),
                        failure.getMessage(), failure);
                tell(failure, false);
                return;
            }
            waitAfter(failure, failures);
            if (failure.code() != ErrorCode.SLOT_ACTIVE) {
                counters.restarted(
                        failure.code().concernsConnection());
            }
        }
    }

    private void waitAfter(PgCdcException failure, int failures) {
        long delay = RECONNECT.delay(failures).toMillis();
        if (failure.code() == ErrorCode.SLOT_ACTIVE) {
            // A walsender whose client has died also looks like this, for up to wal_sender_timeout.
            delay = Math.min(delay, 2_000);
            if (enter(State.STANDBY)) {
                LOG.info("Pipeline {}: state=standby: {}", settings.name(), failure.getMessage());
            }
        } else {
            boolean told = !enter(State.RETRYING) && failure.code() == lastTold;
            lastTold = failure.code();
            LOG.atLevel(told ? Level.DEBUG : Level.WARN).log(
                    "Pipeline {}: state=retrying code={} attempt={} delayMillis={}: {}", settings.name(), failure.code(),
                    failures, delay, failure.getMessage());
            LOG.debug("The failure", failure);
            tell(failure, true);
        }
        pause(delay);
    }

    private void pause(long milliseconds) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (!control.isStopping() && skip.get() == null && System.nanoTime() < deadline) {
            Control.pause(20);
        }
    }

    /** Runs until a stop (null), the end of all work (null) or a failure. */
    private PgCdcException runOnce(PgCdcException unreadable) {
        SkipRequest wish = skip.get();
        PipelineRun current = new PipelineRun(
                settings, control, client, states, schemas, destination, threads, resyncs, rereads, wish, unnoticed,
                counters, express,
                streaming, format, unreadable,
                preflight::once, this::running, this::looked);
        PipelineRun last = run;
        if (last != null) {
            before = last.view().after(before);
        }
        run = current;
        try {
            if (current.run()) {
                enter(State.COMPLETED);
                LOG.info("Pipeline {}: state=completed; the copy is complete", settings.name());
            }
            return null;
        } catch (PgCdcException e) {
            return e;
        } catch (StoppedException e) {
            return null;
        } catch (Throwable e) {
            LOG.error("Pipeline {}: unexpected failure", settings.name(), e);
            return unexpected(e);
        } finally {
            if (wish != null && wish.isTaken()) {
                wish.over(current.failure());
            }
        }
    }

    private void running() {
        enter(State.RUNNING);
        error = null;
    }

    /** Tells whether it is another state than before. Takes no memory. */
    private boolean enter(State next) {
        if (state == next) {
            return false;
        }
        stateSinceMillis = System.currentTimeMillis();
        state = next;
        return true;
    }

    /** Takes no memory. */
    private void note(PgCdcException failure) {
        error = failure;
        lastErrorAtMillis = System.currentTimeMillis();
        lastError = failure;
    }

    private void looked() {
        try {
            listener.looked();
        } catch (RuntimeException | Error e) {
            LOG.warn("Pipeline {}: its listener failed", settings.name(), e);
        }
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
