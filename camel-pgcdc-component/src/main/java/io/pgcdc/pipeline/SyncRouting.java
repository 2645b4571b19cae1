package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.Subscription;

/** A table sync's part: the tables of its unit, up to the target. */
final class SyncRouting implements StreamRouting {

    /** See docs/copy.md: what the replay of this change would leave behind can't be mended by any other. */
    private static final String KEY_CHANGED
            = "a row got another key while its copy was interrupted, and PostgreSQL did not send its large value again";

    private final TableRegistry registry;
    private final SchemaTracker schemas;
    private final SyncUnit unit;
    private final BiConsumer<TableProgress, String> onOutdated;
    private Transaction current;

    /** @param onOutdated takes a table from the unit, to be copied again, and why */
    SyncRouting(TableRegistry registry, SchemaTracker schemas, SyncUnit unit,
                BiConsumer<TableProgress, String> onOutdated) {
        this.registry = registry;
        this.schemas = schemas;
        this.unit = unit;
        this.onOutdated = onOutdated;
    }

    @Override
    public Subscription subscribe(TableSchema announced, Transaction transaction, StreamRun run) {
        TableProgress table = registry.find(announced);
        if (table == null || table.unit != unit) {
            return new IgnoredRelation(announced);
        }
        // A transaction that has begun is claimed, so all of it is ours, but for tables that were given up meanwhile.
        return new FollowedRelation(
                schemas, table, announced, commitLsn -> table.unit == unit, () -> current, run,
                replaced -> onOutdated.accept(replaced, ApplyRouting.REPLACED));
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
        TableProgress table = registry.find(event.tableSchema());
        return table != null && table.unit == unit;
    }

    /** What was committed before the snapshot of the copy: only a copy that was begun again meets it. */
    @Override
    public boolean inspects(Transaction transaction) {
        for (TableProgress table : unit.tables) {
            if (Lsn.compare(transaction.commitLsn(), table.copiedAt) < 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * A row that takes another key brings all but its large values, and the row that had the key may take those along.
     */
    @Override
    public void inspect(ChangeEvent change) {
        if (change.operation() == Operation.UPDATE && change.before() != null && !change.unchanged().isEmpty()
                && !keyOf(change.tableSchema(), change.before()).equals(keyOf(change.tableSchema(), change))) {
            TableProgress table = registry.find(change.tableSchema());
            if (table != null && table.unit == unit && Lsn.compare(change.transaction().commitLsn(), table.copiedAt) < 0) {
                onOutdated.accept(table, KEY_CHANGED);
            }
        }
    }

    private static List<Object> keyOf(TableSchema schema, Map<String, Object> row) {
        List<Object> key = new ArrayList<>();
        for (int i = 0; i < schema.keySize(); i++) {
            key.add(row.get(schema.columns().get(schema.keyPosition(i)).name()));
        }
        return key;
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
