package io.pgcdc.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.pipeline.PipelineSettings.Snapshot;
import io.pgcdc.pipeline.PipelineStatus.TableStage;
import io.pgcdc.postgres.CatalogLookUp;
import io.pgcdc.postgres.ExportedSnapshot;
import io.pgcdc.postgres.KeptConnection;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.Publication;
import io.pgcdc.postgres.ReplicationSlot;
import io.pgcdc.postgres.ReplicationStream;
import io.pgcdc.postgres.ServerFigures;
import io.pgcdc.postgres.ServerWatch;
import io.pgcdc.postgres.SlotNames;
import io.pgcdc.postgres.SystemIdentity;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.StateStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One run of a pipeline, from its start or from where the last one ended, to its end or to the first failure: the apply
 * worker, the pool of table syncs, and the positions of both. The thread that calls {@link #run} supervises.
 */
final class PipelineRun {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineRun.class);

    private static final long ROUND_MILLIS = 50;
    private static final long LAST_JOIN_MILLIS = 1_000;
    private static final int ROUNDS_PER_POSITION = 4;
    private static final int TOLERATED_WATCHES = 1;
    /** How often the server is asked for its figures; less often while it gives none. */
    private static final long FIGURES_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long NO_FIGURES_NANOS = Duration.ofSeconds(10).toNanos();
    /** We speak three times within the time after which the server gives a silent client up. */
    private static final int STATUS_PER_TIMEOUT = 3;
    /** An idle reader learns only by writing that the server has died, so this is how long that may take. */
    private static final Duration LONGEST_STATUS_INTERVAL = Duration.ofSeconds(2);
    private static final Duration SHORTEST_STATUS_INTERVAL = Duration.ofMillis(100);

    private final PipelineSettings settings;
    private final Control control;
    private final PgReplicationClient client;
    private final StateStore states;
    private final SchemaStore schemas;
    private final Destination destination;
    private final WorkerThreads threads;
    private final PipelineCounters counters;
    private final ExpressLane express;
    private final TransactionStreaming streaming;
    private final StreamFormat format;
    private final PgCdcException unreadable;
    private final Runnable onChecked;
    private final Runnable onRunning;
    private final Runnable onLooked;

    private final WorkerScope scope;
    private final InFlightLimit limit;
    private final ByteBudget budget;
    private final CopyHandOvers copyHandOvers = new CopyHandOvers();
    private final TableRegistry registry = new TableRegistry();
    private final FailureHandling failures;
    private final TableResync resync;
    private final TableMembership membership;
    private final Queue<RowRequest> rereads;
    private final SkipRequest skip;
    private final KeptConnection questions;
    private final CatalogLookUp catalog;
    private final ServerWatch serverWatch;
    private final Semaphore syncPermits;
    private final List<StreamRun> streams = new CopyOnWriteArrayList<>();
    private final List<TableSyncWorker> syncWorkers = new CopyOnWriteArrayList<>();
    private final List<Thread> running = new ArrayList<>();
    private final AtomicInteger slotNumber = new AtomicInteger();
    private final Set<String> slotsInUse = new HashSet<>();

    private long watchedAt = System.nanoTime();
    private long blockedAtLook;
    private long blockedLookAt = System.nanoTime();
    private volatile boolean changeOver;
    private volatile boolean brokenOff;
    private int failedWatches;
    private ErrorCode toldOfNoLook;
    private volatile boolean refreshWanted;
    private volatile boolean progressed;
    private volatile String slot;
    private volatile String database;
    private volatile ServerFigures figures;
    /** By the server's clock; its log was read up to where it was then. */
    private volatile Instant readUpTo;
    private long figuresDueAt = System.nanoTime();
    private volatile Thread applying;
    private volatile boolean tablesKnown;
    private Publication publication;
    private volatile StreamRun apply;
    private volatile RowReader rowReader;
    private Duration statusInterval;

    /**
     * @param skip       where to begin instead of where the last run has ended, or {@code null}; is done or refused
     *                   when {@link #run} returns
     * @param unreadable why the server can't decode its log for the slot, or {@code null} if it can
     */
    PipelineRun(PipelineSettings settings, Control control, PgReplicationClient client, StateStore states,
                SchemaStore schemas, Destination destination, WorkerThreads threads, Queue<TableId> resyncs,
                Queue<RowRequest> rereads, SkipRequest skip,
                UnnoticedTables unnoticed, PipelineCounters counters, ExpressLane express, TransactionStreaming streaming,
                StreamFormat format, PgCdcException unreadable, Runnable onChecked, Runnable onRunning, Runnable onLooked) {
        this.settings = settings;
        this.control = control;
        this.client = client;
        this.states = states;
        this.schemas = schemas;
        this.destination = destination;
        this.threads = threads;
        this.counters = counters;
        this.express = express;
        this.streaming = streaming;
        this.format = format;
        this.unreadable = unreadable;
        this.onChecked = onChecked;
        this.onRunning = onRunning;
        this.onLooked = onLooked;
        this.scope = new WorkerScope(control::isStopping);
        this.limit = new InFlightLimit(settings.maxInFlight());
        this.budget = new ByteBudget(settings.maxInFlightBytes());
        this.failures = new FailureHandling(settings, states, registry, counters);
        this.resync = new TableResync(settings, states, registry, streams, resyncs, this::acknowledgedShape);
        this.membership = new TableMembership(settings, client, states, schemas, registry, resync, unnoticed);
        this.rereads = rereads;
        this.skip = skip;
        this.questions = client.keepConnection();
        this.catalog = new CatalogLookUp(questions);
        this.serverWatch = new ServerWatch(questions);
        this.syncPermits = new Semaphore(settings.tableSyncWorkers());
    }

    /** Returns true if there is nothing left to do, false after a stop. */
    boolean run() {
        try {
            boolean streams = settings.snapshot() != Snapshot.INITIAL_ONLY;
            Pipeline.createPublication(settings, client);
            SystemIdentity identity = client.preflight(
                    settings.publication(), settings.snapshot() != Snapshot.NEVER);
            destination.readsFrom(identity.systemIdentifier());
            if (settings.slotFailover()) {
                client.requireFailoverSlots();
            }
            database = identity.database();
            slot = slotName(settings, identity.database());
            onChecked.run();
            lookAtPublication();
            statusInterval = statusInterval(client.walSenderTimeout());
            states.prepare();
            StartPosition position = new StartPosition(settings, client, states, slot, identity, unreadable);
            Lsn start = position.find(streams);
            if (streams) {
                if (skip != null && skip.take()) {
                    start = position.skip(start, skip, schemas);
                }
                return stream(start, position, identity.position());
            }
            return copyOnly(start);
        } catch (RuntimeException | Error e) {
            scope.fail(e);
            throw e;
        } finally {
            end();
        }
    }

    private boolean stream(Lsn start, StartPosition position, Lsn end) {
        membership.load(start, false, position.mayHaveDelivered());
        boolean binary = format.isToBeBinary();
        ExpressLane.Ride ride = express.enter(slot, settings.includeMessages(), binary, start, end);
        try {
            return stream(start, position, ride, binary);
        } finally {
            if (ride != null) {
                ride.end();
            }
        }
    }

    /** @param ride over the backlog, or {@code null} */
    private boolean stream(Lsn start, StartPosition position, ExpressLane.Ride ride, boolean binary) {
        ReplicationStream stream = client.openStream(
                slot, settings.publication(), ride == null ? start : ride.destination(), statusInterval,
                settings.includeMessages(), streaming.isOn(), binary);
        // From here on the slot is ours, and with it everything that is stored for the pipeline.
        List<SyncUnit> units;
        try {
            if (ride != null) {
                position.requireUnmoved(start);
            }
            position.save();
            SchemaTracker tracker = new SchemaTracker(settings, schemas, catalog);
            ApplyRouting routing = new ApplyRouting(
                    settings, registry, tracker, resync::detach, () -> refreshWanted = true, membership::followAtOnce);
            rowReader = new RowReader(settings, client, scope, registry, tracker, rereads, routing::reread, this::start);
            apply = new StreamRun(
                    settings, control, stream, ride == null ? null : ride.begin(), streaming, format, start, routing,
                    destination, limit, budget, failures, threads, statusInterval, counters, new WorkerScope(scope::isOver));
            streams.add(apply);
            membership.load(start, true, position.mayHaveDelivered());
            tablesKnown = true;
            units = units(registry.tables());
        } catch (RuntimeException | Error e) {
            stream.close();
            throw e;
        }
        long never = registry.tables().stream()
                .filter(t -> t.phase == TablePhase.READY && t.told != null && t.told.from().equals(Lsn.ZERO))
                .count();
        if (never > 0 && settings.snapshot() == Snapshot.INITIAL) {
            LOG.warn("Pipeline {}: {} table(s) were never copied, for the pipeline was begun with snapshotMode=never; "
                     + "resyncTable copies one",
                    settings.name(), never);
        }
        LOG.info("Pipeline {}: state=running slot={} lsn={} tables={} toCopy={}", settings.name(), slot, start,
                registry.tables().size(), units.stream().mapToInt(u -> u.tables.size()).sum());
        onRunning.run();
        applying = start("apply " + slot, this::applyChanges);
        startSyncs(units, null);
        supervise(() -> false);
        return false;
    }

    private void applyChanges() {
        StreamRun own = apply;
        own.run();
        if (own.isLeft()) {
            changeOver = !scope.isOver();
            scope.end();
        }
        if (!scope.isOver()) {
            throw new PgCdcException(
                    ErrorCode.INTERNAL, "The reader of slot " + slot + " ended without a reason",
                    "It starts again by itself; please report the log");
        }
        // A stop in order, or a failure elsewhere.
        if (!control.isAborted() && scope.failure() == null) {
            own.drain(control.drainTimeout(settings.drainTimeout()));
        }
    }

    private boolean copyOnly(Lsn start) {
        membership.load(start, true, false);
        tablesKnown = true;
        List<TableProgress> todo = registry.tables().stream()
                .filter(t -> t.phase != TablePhase.COPIED && (t.phase != TablePhase.ERROR || comesBackAtStart()))
                .toList();
        // There is no slot that would replay what was deleted since the copy that was broken off.
        todo.stream().filter(t -> t.phase != TablePhase.INIT).forEach(t -> t.phase = TablePhase.RESET);
        states.saveTables(
                settings.name(), todo.stream().map(t -> TableState.of(t.table, t.phase)).toList());
        if (todo.isEmpty()) {
            return true;
        }
        onRunning.run();
        try (ExportedSnapshot snapshot = client.exportSnapshot()) {
            List<SyncUnit> units = UnitPlan.divide(todo, settings.tableSyncWorkers()).stream()
                    .map(tables -> new SyncUnit(tables, null))
                    .toList();
            startSyncs(units, snapshot);
            // One that has left the publication meanwhile is not in the registry any more.
            supervise(() -> registry.tables().stream()
                    .allMatch(table -> table.phase == TablePhase.COPIED || table.phase == TablePhase.ERROR));
        }
        return !scope.isOver();
    }

    private void supervise(java.util.function.BooleanSupplier complete) {
        for (int round = 1; !scope.isOver() && !complete.getAsBoolean(); round++) {
            Control.pause(ROUND_MILLIS);
            lookAtServer();
            if (round % ROUNDS_PER_POSITION == 0) {
                keepPositions(registry.isHandingOver());
                promote();
                if (apply != null && !control.isAborted()) {
                    membership.forgetLeft(apply.confirmed());
                }
                streams.forEach(StreamRun::requireAlive);
                if (apply != null) {
                    startSyncs(resync.nextUnits(), null);
                    rowReader.next();
                }
                if (refreshWanted || System.nanoTime() - watchedAt > settings.publicationCheckInterval().toNanos()) {
                    refreshWanted = false;
                    watch();
                    watchedAt = System.nanoTime();
                }
            }
        }
        if ((changeOver || control.isStopping()) && !control.isAborted() && scope.failure() == null) {
            stopInOrder();
        }
        scope.throwFailure();
        if (!changeOver && !brokenOff && !control.isStopping() && !complete.getAsBoolean()) {
            throw new PgCdcException(
                    ErrorCode.INTERNAL, "A worker of pipeline " + settings.name() + " ended without a reason",
                    "It starts again by itself; please report the log");
        }
    }

    /**
     * Looks at the server from outside the streams: at whether it can be reached and still has us for the slot's
     * reader, for a network that swallows everything breaks no connection; and at what the publication has, of which
     * the stream says little.
     */
    private void watch() {
        if (apply == null) {
            return;
        }
        try {
            if (!client.isRead(slot)) {
                throw new PgCdcException(
                        ErrorCode.CONNECTION, "The server does not know us as the reader of slot " + slot + " any more",
                        "It is tried again");
            }
            lookAtPublication();
            membership.refresh(apply.confirmed());
            if (isChangeOverWorthwhile()) {
                LOG.info("Pipeline {}: the stream of slot {} is far behind; it is left in order", settings.name(), slot);
                express.leaving();
                apply.leave();
            }
            failedWatches = 0;
            toldOfNoLook = null;
        } catch (PgCdcException e) {
            if (e.code() == ErrorCode.OUT_OF_CONNECTIONS || e.code() == ErrorCode.LOCKED) {
                // An answer, and no reason to end what goes on well.
                tellOfNoLook(e);
                return;
            }
            // Silence must not last.
            if (e.code() != ErrorCode.CONNECTION || ++failedWatches > TOLERATED_WATCHES) {
                throw e;
            }
            LOG.debug("Pipeline {}: can't look after the server", settings.name(), e);
        }
    }

    private void tellOfNoLook(PgCdcException refused) {
        LOG.atLevel(toldOfNoLook == refused.code() ? Level.DEBUG : Level.WARN).log(
                "Pipeline {}: what becomes of the publication {} is not seen for the time being; the changes of the tables that "
                                                                                   + "are known are followed: {}",
                settings.name(), settings.publication(), refused.getMessage());
        toldOfNoLook = refused.code();
    }

    /** For figures only: whatever is wrong with the server is found out elsewhere. */
    private void lookAtServer() {
        if (System.nanoTime() - figuresDueAt < 0) {
            return;
        }
        try {
            StreamRun own = apply;
            ServerFigures last = figures;
            ServerFigures now = serverWatch.look(slot);
            if (now == null) {
                return;
            }
            if (own != null && last != null && Lsn.compare(own.received(), last.position().value()) >= 0) {
                readUpTo = last.readAt().plus(last.clockOffset());
            }
            figures = now;
            figuresDueAt = System.nanoTime() + FIGURES_NANOS;
        } catch (PgCdcException e) {
            figuresDueAt = System.nanoTime() + NO_FIGURES_NANOS;
            LOG.debug("Pipeline {}: no figures of the server", settings.name(), e);
        }
        onLooked.run();
    }

    /** A backlog that has grown in the midst of a run, and that the stream's pace holds up, not the route's. */
    private boolean isChangeOverWorthwhile() {
        long blocked = apply.blockedNanos();
        long sinceLast = System.nanoTime() - blockedLookAt;
        boolean heldUpByRoute = (blocked - blockedAtLook) * 2 > sinceLast;
        blockedAtLook = blocked;
        blockedLookAt += sinceLast;
        return !heldUpByRoute && !apply.isLeaving() && !control.isSuspended() && !registry.isHandingOver()
                && registry.tables().stream().allMatch(table -> table.isSettled())
                && express.isWorthLeavingFor(() -> client.position().value() - apply.received());
    }

    /** Whether the run has ended for the next one to begin at once: with express catch-up, or somewhere else. */
    boolean isToBeginAgain() {
        return brokenOff || changeOver && scope.failure() == null;
    }

    /**
     * Ends the run, if it is not the one that has the wish, without waiting for what can't be delivered. Any thread.
     */
    void breakOffFor(SkipRequest wish) {
        if (skip != wish) {
            brokenOff = true;
            scope.end();
        }
    }

    private void lookAtPublication() {
        Publication current = client.publication(settings.publication());
        // From PostgreSQL 18 on the stream goes on without it, and leaves out what it would have.
        if (publication != null && current.oid() != publication.oid()) {
            throw new PgCdcException(
                    ErrorCode.SERVER_NOT_READY, "The publication " + settings.publication() + " was dropped",
                    "What that means is found out at the next start");
        }
        if (publication == null ? !current.isComplete() : !current.operations().equals(publication.operations())) {
            LOG.warn("Pipeline {}: the publication {} publishes {} only{}. Other changes never come; tables that lack some are "
                     + "brought up to date by resyncTable",
                    settings.name(), settings.publication(), current.operations(),
                    publication == null ? "" : " now, and published " + publication.operations() + " before");
        }
        if (publication != null && publication.operations().equals(current.operations())
                && !publication.version().equals(current.version())) {
            LOG.warn(
                    "Pipeline {}: the publication {} was altered, and has {} now. If it left changes out in between, or leaves "
                     + "out columns no longer, tables that lack something are brought up to date by resyncTable",
                    settings.name(), settings.publication(), current.parameters());
        }
        publication = current;
    }

    private void stopInOrder() {
        syncWorkers.forEach(TableSyncWorker::abort);
        abortRowReader();
        Duration longest = control.drainTimeout(settings.drainTimeout()).plusSeconds(1);
        long deadline = System.nanoTime() + longest.toNanos();
        while (running.stream().anyMatch(Thread::isAlive) && System.nanoTime() < deadline) {
            keepPositions(true);
            Control.pause(5);
        }
        keepPositions(true);
        if (apply != null) {
            try {
                apply.sendLastStatus();
            } catch (PgCdcException e) {
                // What is not confirmed comes again, and is stored as complete.
                LOG.debug("Pipeline {}: no last status update", settings.name(), e);
            }
        }
    }

    /** Ends all that runs, and waits for it. May be called again if it failed. */
    void end() {
        scope.end();
        List<StreamRun> ended = List.copyOf(streams);
        abort();
        questions.close();
        for (Thread thread : running) {
            // A thread that the route holds beyond a stop ends when the route lets it go; it stores nothing more.
            while (thread.isAlive() && !control.isStopping()) {
                cancelSlotCreations();
                Control.join(thread, ROUND_MILLIS);
            }
            Control.join(thread, LAST_JOIN_MILLIS);
        }
        ended.forEach(StreamRun::awaitQuiet);
        awaitQuietCopies();
    }

    /** Rows of a copy that are still on their way must not meet later changes that the next run delivers. */
    private void awaitQuietCopies() {
        long begun = System.nanoTime();
        for (int warnings = 1; !control.isStopping() && copyHandOvers.count() > 0; Control.pause(5)) {
            if (System.nanoTime() - begun > warnings * StreamRun.QUIET_WARNING_NANOS) {
                warnings++;
                LOG.warn("Pipeline {}: waits for {} exchange(s) of the copy that the route has not ended, before it "
                         + "starts again",
                        settings.name(), copyHandOvers.count());
            }
        }
    }

    /** The next round of the supervision looks at the publication; from any thread. */
    void lookAtPublicationSoon() {
        refreshWanted = true;
    }

    /** Ends the waits for slots that are being created; from any thread. */
    void cancelSlotCreations() {
        try {
            client.cancelSlotCreations();
        } catch (PgCdcException e) {
            LOG.debug("Pipeline {}: the server can't be told to create no slot any more", settings.name(), e);
        }
    }

    /** Breaks all connections. */
    void abort() {
        scope.end();
        syncWorkers.forEach(TableSyncWorker::abort);
        abortRowReader();
        streams.forEach(StreamRun::abort);
    }

    private void abortRowReader() {
        RowReader current = rowReader;
        if (current != null) {
            current.abort();
        }
    }

    private Thread start(String name, Runnable work) {
        Thread thread = threads.newThread(name, () -> {
            try {
                work.run();
            } catch (Throwable e) {
                if (control.isStopping()) {
                    LOG.debug("Pipeline {}: {} ended by the stop", settings.name(), name, e);
                } else {
                    scope.fail(e);
                }
            }
        });
        running.add(thread);
        thread.start();
        return thread;
    }

    // Tables and units.

    /** The units that are left to do: those that have a slot go on with it, the rest are planned anew. */
    private List<SyncUnit> units(Collection<TableProgress> tables) {
        Map<TableId, TableState> stored = new HashMap<>();
        states.tables(settings.name()).forEach(state -> stored.put(state.table(), state));
        Map<String, Lsn> positions = states.positions(settings.name());
        Map<String, ReplicationSlot> slots = new HashMap<>();
        client.syncSlots(slot).forEach(s -> slots.put(s.name(), s));
        Map<String, List<TableProgress>> resumed = new LinkedHashMap<>();
        List<TableProgress> fresh = new ArrayList<>();
        List<TableState> reset = new ArrayList<>();
        for (TableProgress table : tables.stream().sorted(Comparator.comparing((TableProgress t) -> t.table)).toList()) {
            if (table.phase == TablePhase.READY || table.phase == TablePhase.SYNC_DONE
                    || table.phase == TablePhase.ERROR && !comesBackAtStart()) {
                continue;
            }
            String own = stored.containsKey(table.table) ? stored.get(table.table).syncSlot() : null;
            boolean usable = own != null && positions.containsKey(own) && slots.containsKey(own)
                    && !slots.get(own).isLost() && slots.get(own).confirmedFlush().compareTo(positions.get(own)) <= 0;
            // Without a key, what the slot replays can't be told from what a new copy brings.
            if (usable && (table.phase == TablePhase.COPIED || table.keyed)) {
                resumed.computeIfAbsent(own, s -> new ArrayList<>()).add(table);
            } else {
                if (table.phase != TablePhase.INIT && table.phase != TablePhase.RESET) {
                    LOG.warn("Pipeline {}: table {} is copied again from the start ({})", settings.name(), table.table,
                            table.phase == TablePhase.ERROR
                                    ? "it was in Error"
                                    : usable ? "it has no key" : "its sync slot is gone");
                    table.phase = TablePhase.RESET;
                    table.reason = null;
                    reset.add(TableState.of(table.table, TablePhase.RESET).identifiedBy(table.identity));
                }
                fresh.add(table);
            }
        }
        states.saveTables(settings.name(), reset);
        dropLeftOvers(slots.keySet(), positions.keySet(), resumed.keySet());
        List<SyncUnit> units = new ArrayList<>();
        resumed.forEach((name, members) -> units.add(new SyncUnit(members, name)));
        UnitPlan.divide(fresh, settings.tableSyncWorkers()).forEach(members -> units.add(new SyncUnit(members, null)));
        return units;
    }

    private SchemaStore.Version acknowledgedShape(TableProgress table) {
        StreamRun own = apply;
        long position = table.phase == TablePhase.ERROR
                ? table.failedLsn
                : Lsn.max(own == null ? 0 : own.confirmed(), table.phase == TablePhase.SYNC_DONE ? table.ownedFrom : 0);
        SchemaStore.Version version = new ToldShapes(settings.name(), schemas, Map.of(), Lsn.of(position))
                .of(TableState.of(table.table, TablePhase.READY).identifiedBy(table.identity), null);
        return version == null ? table.told : version;
    }

    private boolean comesBackAtStart() {
        return settings.isolatedTables() != PipelineSettings.IsolatedTables.MANUAL;
    }

    private void dropLeftOvers(Set<String> existing, Set<String> known, Set<String> used) {
        slotsInUse.addAll(used);
        for (String name : existing) {
            if (!used.contains(name)) {
                LOG.info("Pipeline {}: dropping the left-over slot {}", settings.name(), name);
                client.dropSyncSlot(name);
            }
        }
        for (String name : known) {
            if (!used.contains(name) && !name.equals(slot)) {
                states.saveTablesAndForgetSlot(settings.name(), List.of(), name);
            }
        }
    }

    private String newSlotName() {
        synchronized (slotsInUse) {
            String name;
            do {
                name = SlotNames.syncSlot(slot, slotNumber.incrementAndGet());
            } while (!slotsInUse.add(name));
            return name;
        }
    }

    /** The pool: as many threads as there may be workers and units, a permit for each that works, units in order. */
    private void startSyncs(List<SyncUnit> units, ExportedSnapshot shared) {
        ConcurrentLinkedQueue<SyncUnit> queue = new ConcurrentLinkedQueue<>(units);
        TableSyncWorker.Context context = new TableSyncWorker.Context(
                settings, control, client, states, schemas, catalog, destination, limit, budget, copyHandOvers, failures,
                resync, threads, registry, streams, express, streaming, format, statusInterval, counters);
        for (int i = 1; i <= Math.min(settings.tableSyncWorkers(), units.size()); i++) {
            start("table sync " + i + ' ' + slot, () -> {
                acquireSyncPermit();
                try {
                    for (SyncUnit unit = queue.poll(); unit != null && !scope.isOver(); unit = queue.poll()) {
                        TableSyncWorker worker = new TableSyncWorker(
                                context, unit, new WorkerScope(scope::isOver), this::newSlotName, shared);
                        syncWorkers.add(worker);
                        worker.run();
                        syncWorkers.remove(worker);
                    }
                } finally {
                    syncPermits.release();
                }
            });
        }
    }

    private void acquireSyncPermit() {
        while (!syncPermits.tryAcquire()) {
            scope.checkRunning();
            Control.pause(ROUND_MILLIS);
        }
    }

    // Positions.

    private void keepPositions(boolean now) {
        if (control.isAborted()) {
            return;
        }
        for (StreamRun stream : streams) {
            stream.keepPosition(position -> {
                states.savePosition(settings.name(), stream.slot(), Lsn.of(position));
                progressed = true;
            }, now);
        }
    }

    /** Tables whose hand-over the apply worker's own position has passed are Ready. */
    private void promote() {
        StreamRun own = apply;
        if (own == null) {
            return;
        }
        // While a table may be given up by the thread that delivers.
        synchronized (registry) {
            List<TableProgress> ready = registry.tables().stream()
                    .filter(t -> t.phase == TablePhase.SYNC_DONE && Lsn.compare(own.confirmed(), t.ownedFrom) >= 0)
                    .toList();
            registry.handOverUnderWay(registry.tables().stream().anyMatch(t -> t.phase == TablePhase.SYNC_DONE));
            if (ready.isEmpty() || control.isAborted()) {
                return;
            }
            states.saveTables(
                    settings.name(), ready.stream().map(t -> TableState.of(t.table, TablePhase.READY)).toList());
            ready.forEach(table -> {
                table.phase = TablePhase.READY;
                table.failures = 0;
            });
        }
        progressed = true;
        if (registry.tables().stream().allMatch(table -> table.phase == TablePhase.READY)) {
            LOG.info("Pipeline {}: all {} tables are ready", settings.name(), registry.tables().size());
        }
    }

    /** Whether anything was stored that a next run builds on: then its first failure is the first again. */
    boolean hasProgressed() {
        return progressed;
    }

    /** Why this run has failed or fails, while it still waits for what is under way; {@code null} if it does not. */
    Throwable failure() {
        return scope.failure();
    }

    /** When it failed, of {@link System#currentTimeMillis}. */
    long failedAtMillis() {
        return scope.failedAtMillis();
    }

    /** How it fares; from any thread. */
    RunView view() {
        StreamRun own = apply;
        List<PipelineStatus.Table> tables = !tablesKnown
                ? null
                : registry.tables().stream().sorted(Comparator.comparing(t -> t.table)).map(this::view).toList();
        if (own == null) {
            return new RunView(database, slot, tables, null, figures, limit.inFlight(), 0, List.of());
        }
        // What is outstanding before what was received: what is read in between does not count as missing.
        RunView.Stream stream = new RunView.Stream(
                Lsn.of(own.confirmed()), own.oldestCommit(), Lsn.of(own.received()), own.lastCommit(), readUpTo);
        long oldest = streams.stream().mapToLong(StreamRun::oldestNanos).max().orElse(0);
        return new RunView(database, slot, tables, stream, figures, limit.inFlight(), oldest, deadThreads(own));
    }

    private List<String> deadThreads(StreamRun own) {
        List<String> dead = new ArrayList<>();
        Thread reader = applying;
        if (reader != null && reader.getState() == Thread.State.TERMINATED && !scope.isOver()) {
            dead.add(reader.getName());
        }
        if (own.isDeliveryDead() && !scope.isOver()) {
            dead.add("delivery " + own.slot());
        }
        return dead;
    }

    private PipelineStatus.Table view(TableProgress table) {
        TablePhase phase = table.phase;
        String reason = table.reason;
        CopyProgress copy = table.copy;
        boolean copied = switch (phase) {
            case COPIED, SYNC_DONE, READY -> true;
            case INIT, RESET, COPYING, ERROR, GONE -> false;
        };
        return new PipelineStatus.Table(
                table.table, stage(phase), copy == null ? null : copy.status(copied), reason,
                reason == null ? null : failures.mend(table.table));
    }

    private static TableStage stage(TablePhase phase) {
        return switch (phase) {
            case INIT, RESET, GONE -> TableStage.INIT;
            case COPYING, COPIED -> TableStage.COPY;
            case SYNC_DONE, READY -> TableStage.STREAMING;
            case ERROR -> TableStage.ERROR;
        };
    }

    private static Duration statusInterval(Duration walSenderTimeout) {
        if (walSenderTimeout.isZero()) {
            return LONGEST_STATUS_INTERVAL;
        }
        Duration share = walSenderTimeout.dividedBy(STATUS_PER_TIMEOUT);
        return share.compareTo(LONGEST_STATUS_INTERVAL) > 0
                ? LONGEST_STATUS_INTERVAL
                : share.compareTo(SHORTEST_STATUS_INTERVAL) < 0 ? SHORTEST_STATUS_INTERVAL : share;
    }

    static String slotName(PipelineSettings settings, String database) {
        String name = Optional.ofNullable(settings.slotName())
                .filter(given -> !given.isBlank())
                .map(SlotNames::checkedApplySlot)
                .orElseGet(() -> SlotNames.applySlot(database, settings.name()));
        if (settings.snapshot() == Snapshot.INITIAL) {
            SlotNames.syncSlot(name, 9_999);
        }
        return name;
    }
}
