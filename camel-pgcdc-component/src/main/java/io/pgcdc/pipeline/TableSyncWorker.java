package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.postgres.CatalogLookUp;
import io.pgcdc.postgres.ExportedSnapshot;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.postgres.ReplicationStream;
import io.pgcdc.postgres.TableCopy;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.StateStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one unit from nothing, or from where an earlier attempt left it, to SYNC_DONE: slot and snapshot, copy,
 * catch-up, hand-over. See docs/architecture.md for why that leaves no gap.
 */
final class TableSyncWorker {

    private static final Logger LOG = LoggerFactory.getLogger(TableSyncWorker.class);

    /** States of small tables are written together, but not later than this. */
    private static final long STATE_NANOS = Duration.ofMillis(500).toNanos();

    /** Why a table that was under copy before is copied anew. */
    private static final String REDEFINED = "it was redefined while its copy was interrupted";

    /** What a sync worker uses of the pipeline. */
    record Context(PipelineSettings settings, Control control, PgReplicationClient client, StateStore states,
            SchemaStore schemas, CatalogLookUp catalog, Destination destination, InFlightLimit limit, ByteBudget budget,
            CopyHandOvers handOvers, FailureHandling failures, TableResync resync, WorkerThreads threads,
            TableRegistry registry, List<StreamRun> streams, ExpressLane express, TransactionStreaming streaming,
            StreamFormat format, Duration statusInterval, PipelineCounters counters) {
    }

    private final Context context;
    private final SyncUnit unit;
    private final WorkerScope scope;
    private final Supplier<String> newSlotName;
    private final ExportedSnapshot shared;
    private final List<Runnable> aborts = new CopyOnWriteArrayList<>();

    /** @param shared the snapshot to copy from without a slot and without catch-up, or {@code null} */
    TableSyncWorker(Context context, SyncUnit unit, WorkerScope scope, Supplier<String> newSlotName,
                    ExportedSnapshot shared) {
        this.context = context;
        this.unit = unit;
        this.scope = scope;
        this.newSlotName = newSlotName;
        this.shared = shared;
    }

    void run() {
        if (unit.tables.stream().anyMatch(table -> table.phase != TablePhase.COPIED)) {
            copyUnit();
        }
        if (shared != null) {
            return;
        }
        if (unit.tables.isEmpty()) {
            // All of them have left the publication, or were given up.
            context.states().saveTablesAndForgetSlot(name(), List.of(), unit.slot());
            context.client().dropSyncSlot(unit.slot());
        } else {
            catchUp();
        }
    }

    /** Breaks every connection of the worker, from any thread. */
    void abort() {
        scope.end();
        aborts.forEach(Runnable::run);
    }

    private void copyUnit() {
        if (shared != null) {
            copyFrom(shared, shared.consistentPoint(), 0);
            return;
        }
        // Rows of a copy that was begun again get other numbers than those of the broken one, but the same position:
        // the changes that the slot replays must all sort behind them. No copy reads a million rows a millisecond.
        long firstNumber = unit.slot() == null ? 0 : System.currentTimeMillis() << 20;
        try (ExportedSnapshot snapshot = snapshot()) {
            aborts.add(snapshot::abort);
            copyFrom(snapshot, context.states().positions(name()).get(unit.slot()), firstNumber);
        }
    }

    /**
     * A new slot with its snapshot; or, if the unit has a slot already, a snapshot of now: catch-up then begins before
     * it and replays what the earlier, broken copy of these tables and this one have between them, deletes included.
     */
    private ExportedSnapshot snapshot() {
        if (unit.slot() != null) {
            LOG.info("Pipeline {}: the copy of {} table(s) is begun again under slot {}", name(), uncopied().size(),
                    unit.slot());
            FailPoint.SNAPSHOT_WANTED.reached();
            return context.client().exportSnapshot();
        }
        String slot = newSlotName.get();
        context.client().dropSyncSlot(slot);
        ExportedSnapshot snapshot = context.client().createSlotWithSnapshot(slot, context.settings().slotFailover());
        FailPoint.SLOT_CREATED.reached();
        scope.checkRunning();
        context.states().savePosition(name(), slot, snapshot.consistentPoint());
        unit.slot(slot);
        return snapshot;
    }

    private void copyFrom(ExportedSnapshot snapshot, Lsn start, long firstNumber) {
        List<TableProgress> todo = uncopied();
        TableCopier copier = new TableCopier(
                context.settings(), context.control(), scope, context.client(), context.states(),
                context.destination(),
                context.limit(), context.budget(), context.handOvers(), context.failures(), context.threads(), snapshot, start,
                firstNumber, context.counters());
        TableCopy connection = open(snapshot);
        try {
            Map<Long, PublishedTable> published = context.client()
                    .publishedTables(
                            context.settings().publication(), todo.stream().map(t -> t.relationOid).toList(), connection)
                    .stream()
                    .collect(Collectors.toMap(table -> table.identity().relationOid(), table -> table));
            todo = withoutGone(todo, published);
            checkNames(todo, published);
            todo = withoutRedefined(todo, published);
            todo = withoutDroppedColumns(todo, connection);
            todo = reset(todo, published, copier, snapshot);
            Set<TableId> goOn = todo.stream()
                    .filter(table -> table.phase == TablePhase.COPYING)
                    .map(table -> table.table)
                    .collect(Collectors.toSet());
            begin(todo, published, snapshot.consistentPoint());
            List<TableProgress> unsaved = new ArrayList<>();
            long savedAt = System.nanoTime();
            for (TableProgress progress : todo) {
                PublishedTable table = published.get(progress.relationOid);
                if (connection.isReplaced(table)) {
                    replaced(progress);
                    continue;
                }
                if (!start.equals(snapshot.consistentPoint()) && connection.hasNewColumn(table)) {
                    copyAgain(progress, REDEFINED);
                    continue;
                }
                try {
                    copier.copy(table, progress, goOn.contains(progress.table), connection);
                    unsaved.add(progress);
                } catch (TableGivenUp e) {
                    context.failures().isolate(progress, snapshot.consistentPoint().value(), e.getMessage());
                    // Broken off in the midst of a COPY.
                    connection.abort();
                    connection = open(snapshot);
                }
                if (System.nanoTime() - savedAt > STATE_NANOS) {
                    save(unsaved, TablePhase.COPIED, snapshot.consistentPoint());
                    unsaved.clear();
                    savedAt = System.nanoTime();
                }
            }
            save(unsaved, TablePhase.COPIED, snapshot.consistentPoint());
        } catch (RuntimeException | Error e) {
            // Not closed in order: what that would fail with would be told instead.
            connection.abort();
            throw e;
        }
        connection.close();
        LOG.info("Pipeline {}: copied {} table(s), {} rows, as of LSN {}", name(), todo.size(),
                todo.stream().mapToLong(TableSyncWorker::rowsCopied).sum(), snapshot.consistentPoint());
    }

    private static long rowsCopied(TableProgress table) {
        CopyProgress copy = table.copy;
        return copy == null ? 0 : copy.rows();
    }

    private TableCopy open(ExportedSnapshot snapshot) {
        TableCopy connection = context.client().openCopy(snapshot);
        aborts.add(connection::abort);
        return connection;
    }

    private List<TableProgress> uncopied() {
        return unit.tables.stream().filter(table -> table.phase != TablePhase.COPIED).toList();
    }

    private List<TableProgress> withoutGone(List<TableProgress> todo, Map<Long, PublishedTable> published) {
        List<TableProgress> gone = todo.stream().filter(t -> !published.containsKey(t.relationOid)).toList();
        if (!gone.isEmpty()) {
            gone.forEach(table -> {
                LOG.warn("Pipeline {}: table {} is not in the publication any more", name(), table.table);
                context.registry().remove(table);
            });
            // What an earlier attempt has delivered of them stays where it is.
            context.states().saveTables(
                    name(), gone.stream().flatMap(table -> context.registry().gone(table).stream()).toList());
            unit.tables.removeAll(gone);
        }
        return todo.stream().filter(t -> published.containsKey(t.relationOid)).toList();
    }

    /**
     * Names that pass from one table to another while rows of both are under way would leave the rows of one under the
     * name of the other. At a start nothing is under way: there it is sorted out which of them to copy anew.
     *
     * @throws PgCdcException for the pipeline to start again
     */
    private void checkNames(List<TableProgress> todo, Map<Long, PublishedTable> published) {
        for (TableProgress progress : todo) {
            TableId name = published.get(progress.relationOid).table();
            TableProgress namesake = context.registry().toldAs(name);
            boolean isToldSo = progress.told == null || progress.isToldAs(name);
            boolean isNew = !name.equals(progress.tableAtStart) && !isToldSo;
            if (isNew || namesake != null && namesake != progress && !progress.isToldAs(name)) {
                throw new PgCdcException(
                        ErrorCode.SERVER_NOT_READY,
                        "Table " + progress.table + " is to be copied, and has got the name " + name + " meanwhile",
                        "The pipeline starts again by itself");
            }
        }
    }

    /** Before COPYING is stored, for a copy that goes on does not ask again. */
    private List<TableProgress> reset(
            List<TableProgress> todo, Map<Long, PublishedTable> published, TableCopier copier,
            ExportedSnapshot snapshot) {
        List<TableProgress> ready = new ArrayList<>();
        for (TableProgress progress : todo) {
            try {
                SchemaStore.Version told = progress.told;
                copier.tellShape(told == null ? null : told.schema(), published.get(progress.relationOid));
                if (progress.phase == TablePhase.RESET) {
                    copier.reset(published.get(progress.relationOid));
                }
                ready.add(progress);
            } catch (TableGivenUp e) {
                context.failures().isolate(progress, snapshot.consistentPoint().value(), e.getMessage());
            }
        }
        return ready;
    }

    private void begin(List<TableProgress> todo, Map<Long, PublishedTable> published, Lsn snapshot) {
        // One byte before: a commit record, with a change of the shape, may stand right at it.
        Lsn from = Lsn.of(snapshot.value() - 1);
        context.schemas().saveSchemas(
                name(), todo.stream()
                        .map(t -> new SchemaStore.Version(from, published.get(t.relationOid).schema()))
                        .toList());
        for (TableProgress progress : todo) {
            PublishedTable table = published.get(progress.relationOid);
            progress.identity = table.identity();
            progress.told = new SchemaStore.Version(from, table.schema());
            progress.estimatedRows = table.estimatedRows();
            progress.copiedAt = snapshot.value();
            progress.phase = TablePhase.COPYING;
        }
        save(todo, TablePhase.COPYING, Lsn.ZERO);
        FailPoint.COPYING_STORED.reached();
    }

    private void save(List<TableProgress> tables, TablePhase phase, Lsn lsn) {
        scope.checkRunning();
        if (!tables.isEmpty()) {
            context.states().saveTables(name(), states(tables, phase, unit.slot(), lsn));
            tables.forEach(table -> table.phase = phase);
            if (phase == TablePhase.COPIED) {
                FailPoint.COPIED_STORED.reached();
            }
        }
    }

    private static List<TableState> states(List<TableProgress> tables, TablePhase phase, String slot, Lsn lsn) {
        return tables.stream().map(t -> new TableState(t.table, phase, slot, lsn, null, t.identity)).toList();
    }

    private void catchUp() {
        Lsn start = context.states().positions(name()).get(unit.slot());
        Lsn floor = context.states().tables(name()).stream()
                .filter(state -> unit.slot().equals(state.syncSlot()))
                .map(TableState::lsn)
                .max(Lsn::compareTo)
                .orElse(start);
        context.client().freeSyncSlot(unit.slot());
        boolean binary = context.format().isToBeBinary();
        ExpressLane.Ride ride = context.express().enter(
                unit.slot(), false, binary, start, context.client().identifySystem().position());
        if (ride != null) {
            aborts.add(ride::end);
        }
        try {
            catchUp(start, floor, ride, binary);
        } finally {
            if (ride != null) {
                ride.end();
            }
        }
    }

    /** @param ride over the backlog, or {@code null} */
    private void catchUp(Lsn start, Lsn floor, ExpressLane.Ride ride, boolean binary) {
        ReplicationStream stream = context.client().openStream(
                unit.slot(), context.settings().publication(), ride == null ? start : ride.destination(),
                context.statusInterval(), false, context.streaming().isOn(), binary);
        aborts.add(stream::abort);
        WorkerScope runScope = new WorkerScope(scope::isOver);
        StreamRun run = new StreamRun(
                context.settings(), context.control(), stream, ride == null ? null : ride.begin(), context.streaming(),
                context.format(), start,
                new SyncRouting(
                        context.registry(), new SchemaTracker(context.settings(), context.schemas(), context.catalog()), unit,
                        this::copyAgain),
                context.destination(), context.limit(), context.budget(), context.failures(), context.threads(),
                context.statusInterval(), context.counters(), runScope);
        unit.beginCatchUp(start.value(), Lsn.max(start.value(), floor.value()));
        context.registry().beginCatchUp(unit);
        context.streams().add(run);
        try {
            run.run();
            do {
                runScope.checkRunning();
            } while (!run.awaitComplete(100));
        } catch (PgCdcException e) {
            throw e.code() == ErrorCode.SLOT_UNREADABLE ? unreadable(e.getMessage()) : e;
        } finally {
            runScope.end();
            context.streams().remove(run);
            stream.close();
            run.awaitQuiet();
        }
        Lsn done = unit.end();
        scope.checkRunning();
        context.states().saveTablesAndForgetSlot(
                name(), states(unit.tables, TablePhase.SYNC_DONE, null, done), unit.slot());
        FailPoint.SYNC_DONE_STORED.reached();
        unit.tables.forEach(table -> table.phase = TablePhase.SYNC_DONE);
        unit.finish();
        context.registry().endCatchUp(unit);
        context.client().dropSyncSlot(unit.slot());
        FailPoint.SLOT_DROPPED.reached();
        LOG.info("Pipeline {}: {} table(s) handed over to the apply worker at LSN {}", name(), unit.tables.size(), done);
    }

    /**
     * Leaves out the tables that were redefined since an earlier attempt began. What the slot replays has the columns
     * of its time, and a redefinition, which may have changed every row, is not in it: rows that were copied after that
     * must not be overwritten by it.
     */
    private List<TableProgress> withoutRedefined(List<TableProgress> todo, Map<Long, PublishedTable> published) {
        List<TableProgress> same = new ArrayList<>();
        for (TableProgress table : todo) {
            TableSchema now = published.get(table.relationOid).schema();
            if (table.phase == TablePhase.COPYING && table.told != null
                    && !(table.isToldAs(now.table()) && table.told.schema().hasColumnsOf(now))) {
                copyAgain(table, REDEFINED);
            } else {
                same.add(table);
            }
        }
        return same;
    }

    /**
     * Their shape is not known as of the snapshot. What would be stored of it could be taken for that by a later
     * attempt.
     */
    private List<TableProgress> withoutDroppedColumns(List<TableProgress> todo, TableCopy connection) {
        Set<Long> redefined = connection.withDroppedColumn(todo.stream().map(table -> table.relationOid).toList());
        todo.stream().filter(table -> redefined.contains(table.relationOid)).forEach(this::replaced);
        return todo.stream().filter(table -> !redefined.contains(table.relationOid)).toList();
    }

    /** With a snapshot from before its file was replaced a table may look empty. */
    private void replaced(TableProgress table) {
        String why
                = "it was redefined, or its file was replaced, after the snapshot was taken (ALTER TABLE, TRUNCATE, VACUUM FULL)";
        if (shared != null) {
            throw new PgCdcException(
                    ErrorCode.COPY_OUTDATED, "Table " + table.table + " can't be copied: " + why, "It is copied again");
        }
        copyAgain(table, why);
    }

    /** The table is copied from the start, under another slot; the others of the unit go on. */
    private void copyAgain(TableProgress table, String why) {
        scope.checkRunning();
        LOG.warn("Pipeline {}: table {} is copied again from the start: {}", name(), table.table, why);
        context.resync().copyAgain(table);
    }

    /** All tables have to be copied from the start, under another slot; stored when it returns. */
    private PgCdcException unreadable(String why) {
        scope.checkRunning();
        context.states().saveTables(
                name(), unit.tables.stream()
                        .map(table -> TableState.of(table.table, TablePhase.RESET).identifiedBy(table.identity))
                        .toList());
        return new PgCdcException(ErrorCode.COPY_OUTDATED, why, "What it is about is copied again from the start");
    }

    private String name() {
        return context.settings().name();
    }
}
