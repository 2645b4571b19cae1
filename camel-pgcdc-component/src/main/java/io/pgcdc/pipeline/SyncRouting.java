package io.pgcdc.pipeline;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.Subscription;

/** A table sync's part: the tables of its unit, up to the target. */
final class SyncRouting implements StreamRouting {

    private final TableRegistry registry;
    private final SchemaTracker schemas;
    private final SyncUnit unit;
    private Transaction current;

    SyncRouting(TableRegistry registry, SchemaTracker schemas, SyncUnit unit) {
        this.registry = registry;
        this.schemas = schemas;
        this.unit = unit;
    }

    @Override
    public Subscription subscribe(TableSchema announced, Transaction transaction, StreamRun run) {
        TableProgress table = registry.find(announced.table());
        if (table == null || table.unit != unit) {
            return new IgnoredRelation(announced);
        }
        // A transaction that has begun is claimed, so all of it is ours, but for tables that were given up meanwhile.
        return new FollowedRelation(schemas, table, announced, commitLsn -> table.unit == unit, () -> current, run);
    }

    @Override
    public boolean begin(Transaction transaction) {
        current = transaction;
        return unit.claim(transaction.commitLsn());
    }

    @Override
    public boolean boundary(long lsn) {
        return unit.reached(lsn);
    }

    @Override
    public boolean owns(ChangeEvent event) {
        if (!registry.anyDetached() || event.table() == null) {
            return true;
        }
        TableProgress table = registry.find(event.table());
        return table != null && table.unit == unit;
    }

    @Override
    public boolean tellsTransactions() {
        return false;
    }

    @Override
    public boolean awaitsBoundary() {
        return unit.target() != 0;
    }
}
