package io.pgcdc.pipeline;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.Subscription;
import io.pgcdc.state.SchemaStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The apply worker's part: tables that are its own, and the hand-over of those that are being synced. */
final class ApplyRouting implements StreamRouting {

    private static final Logger LOG = LoggerFactory.getLogger(ApplyRouting.class);

    static final String REPLACED = "a column was replaced by another one of the same name and type, and the log does not tell "
                                   + "from which row on";

    private final PipelineSettings settings;
    private final TableRegistry registry;
    private final SchemaTracker schemas;
    private final Set<Long> unknown = new HashSet<>();
    private final Consumer<TableProgress> resyncs;
    private final Runnable onUnknown;
    private final Function<TableSchema, TableProgress> followAtOnce;
    private Transaction current;
    /** Rows that are to be put into the stream, {@code null} if there are none. */
    private volatile RereadRows reread;

    /**
     * @param resyncs      takes the tables that have to be copied anew; stored when it returns
     * @param onUnknown    told when a table has changes that was not known
     * @param followAtOnce for pipelines that copy nothing: makes a table known by its first change
     */
    ApplyRouting(PipelineSettings settings, TableRegistry registry, SchemaTracker schemas, Consumer<TableProgress> resyncs,
                 Runnable onUnknown, Function<TableSchema, TableProgress> followAtOnce) {
        this.followAtOnce = followAtOnce;
        this.settings = settings;
        this.registry = registry;
        this.schemas = schemas;
        this.resyncs = resyncs;
        this.onUnknown = onUnknown;
    }

    @Override
    public Subscription subscribe(TableSchema announced, Transaction transaction, StreamRun run) {
        // Partitions that are published as their root are announced, too, but no change is sent as theirs.
        return new TableRelation(
                () -> lookUp(announced), table -> followed(table, announced, run), () -> unknown(announced));
    }

    private TableProgress lookUp(TableSchema announced) {
        TableProgress found = registry.find(announced);
        boolean atOnce = found == null && settings.snapshot() == PipelineSettings.Snapshot.NEVER
                && !settings.isStateTable(announced.table());
        return atOnce ? followAtOnce.apply(announced) : found;
    }

    private FollowedRelation followed(TableProgress table, TableSchema announced, StreamRun run) {
        TableProgress namesake = registry.toldAs(announced.table());
        if (namesake != null && namesake != table && !table.isToldAs(announced.table()) && isNews(table)) {
            LOG.warn("Pipeline {}: table {} has the name now under which changes of another one were delivered; both are "
                     + "copied anew",
                    settings.name(), announced.table());
            if (!table.isSettled() || !namesake.isSettled()) {
                // The sync of one goes on, with rows under the name of that time. At a start nothing is under way.
                throw new PgCdcException(
                        ErrorCode.SERVER_NOT_READY,
                        "Table " + announced.table() + " has got its name while it, or the one that had it, was being copied",
                        "The pipeline starts again by itself");
            }
            namesake.told = null;
            table.told = null;
            resyncs.accept(namesake);
            resyncs.accept(table);
        }
        return new FollowedRelation(
                schemas, table, announced, commitLsn -> owns(table, commitLsn, run), () -> current, run, this::replaced);
    }

    /**
     * Whether the name that a change comes with is later than what the destination was told of its table: not if the
     * table's copy is to come, or has a snapshot that is later than the change.
     */
    private boolean isNews(TableProgress table) {
        SchemaStore.Version told = table.told;
        return told == null ? table.isSettled() : Lsn.compare(current.commitLsn(), told.from().value()) >= 0;
    }

    private void replaced(TableProgress table) {
        LOG.warn("Pipeline {}: table {} is copied anew: " + REPLACED, settings.name(), table.table);
        resyncs.accept(table);
    }

    private void unknown(TableSchema announced) {
        if (!settings.isStateTable(announced.table()) && unknown.add(announced.relationOid())) {
            LOG.info("Pipeline {}: there are changes of table {}, which is new to the publication {}", settings.name(),
                    announced.table(), settings.publication());
            onUnknown.run();
        }
    }

    private boolean owns(TableProgress table, long commitLsn, StreamRun run) {
        if (table.appliesAt(commitLsn)) {
            return true;
        }
        SyncUnit unit = table.unit;
        if (unit == null || !unit.handsOverBefore(commitLsn)) {
            return false;
        }
        // The change is ours, but those before it are still with the sync worker.
        run.await(unit::isDone);
        return table.appliesAt(commitLsn);
    }

    @Override
    public boolean begin(Transaction transaction) {
        current = transaction;
        return true;
    }

    @Override
    public boolean boundary(long lsn) {
        for (SyncUnit unit : registry.catchingUp()) {
            unit.applyReached(lsn);
        }
        return true;
    }

    /** Rows of a table that are copied again go into the stream from now on; {@code null} ends that. Any thread. */
    void reread(RereadRows rows) {
        reread = rows;
    }

    @Override
    public void atBoundary(long lsn, StreamRun run) {
        RereadRows rows = reread;
        if (rows != null) {
            rows.atBoundary(lsn, run);
        }
    }

    @Override
    public boolean inspects(Transaction transaction) {
        return reread != null;
    }

    @Override
    public void inspect(ChangeEvent change) {
        RereadRows rows = reread;
        if (rows != null) {
            rows.inspect(change);
        }
    }

    @Override
    public boolean owns(ChangeEvent event) {
        if (!registry.anyDetached() || event.table() == null) {
            return true;
        }
        TableProgress table = registry.find(event.tableSchema());
        return table != null && table.appliesAt(event.transaction().commitLsn());
    }

    @Override
    public boolean tellsTransactions() {
        return true;
    }

    @Override
    public boolean awaitsBoundary() {
        return registry.isHandingOver() || reread != null;
    }
}
