package io.pgcdc.pipeline;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The apply worker's part: tables that are its own, and the hand-over of those that are being synced. */
final class ApplyRouting implements StreamRouting {

    private static final Logger LOG = LoggerFactory.getLogger(ApplyRouting.class);

    private final PipelineSettings settings;
    private final TableRegistry registry;
    private final SchemaTracker schemas;
    private final Set<TableId> ignored = new HashSet<>();
    private final Consumer<TableProgress> resyncs;
    private Transaction current;

    /** @param resyncs takes the tables that have to be copied anew; stored when it returns */
    ApplyRouting(PipelineSettings settings, TableRegistry registry, SchemaTracker schemas, Consumer<TableProgress> resyncs) {
        this.settings = settings;
        this.registry = registry;
        this.schemas = schemas;
        this.resyncs = resyncs;
    }

    @Override
    public Subscription subscribe(TableSchema announced, Transaction transaction, StreamRun run) {
        TableId id = announced.table();
        TableProgress table = registry.find(id);
        if (table == null) {
            // Partitions that are published as their root are announced, too, but no change is sent as theirs.
            return new IgnoredRelation(announced, () -> unknown(announced));
        }
        if (table.relationOid != announced.relationOid()) {
            LOG.warn("Pipeline {}: table {} is another one now than was copied (dropped, renamed or swapped)",
                    settings.name(), id);
            resyncs.accept(table);
            return new IgnoredRelation(announced, () -> {
            });
        }
        return new FollowedRelation(
                schemas, table, announced, commitLsn -> owns(table, commitLsn, run), () -> current, run);
    }

    private void unknown(TableSchema announced) {
        if (!ignored.add(announced.table()) || settings.isStateTable(announced.table())) {
            return;
        }
        LOG.warn("Pipeline {}: table {} was added to the publication {}; it is copied and followed after the next start "
                 + "of the route",
                settings.name(), announced.table(), settings.publication());
        TableProgress renamed = registry.findByOid(announced.relationOid());
        if (renamed != null) {
            // What is not followed now would be missing if it got its name back.
            LOG.warn("Pipeline {}: until then it was {}", settings.name(), renamed.table);
            resyncs.accept(renamed);
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

    @Override
    public boolean owns(ChangeEvent event) {
        if (!registry.anyDetached() || event.table() == null) {
            return true;
        }
        TableProgress table = registry.find(event.table());
        return table != null && table.appliesAt(event.transaction().commitLsn());
    }

    @Override
    public boolean tellsTransactions() {
        return true;
    }

    @Override
    public boolean awaitsBoundary() {
        return registry.isHandingOver();
    }
}
