package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.SchemaChange;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.postgres.CatalogLookUp;
import io.pgcdc.postgres.TableDescription;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.SchemaStore.Version;

/**
 * Follows the shapes of tables: a new one is stored, and told to the destination before its first row.
 *
 * <p>
 * What is stored is not yet acknowledged. So a start takes as told only the shapes from before its own position; those
 * behind it come again with the replayed rows, and are told again.
 */
final class SchemaTracker {

    private final PipelineSettings settings;
    private final SchemaStore store;
    private final CatalogLookUp catalog;

    SchemaTracker(PipelineSettings settings, SchemaStore store, CatalogLookUp catalog) {
        this.settings = settings;
        this.store = store;
        this.catalog = catalog;
    }

    boolean copies() {
        return settings.snapshot() != PipelineSettings.Snapshot.NEVER;
    }

    /** What the catalogue knows of an announced table, when it has what the transaction did to it. */
    TableDescription describe(TableSchema announced, Transaction transaction, StreamRun run) {
        run.await(() -> catalog.isVisible(transaction.xid()));
        return catalog.describe(announced, transaction.xid());
    }

    /** The complete shape of an announced table. */
    TableSchema completed(TableProgress table, TableSchema announced, TableDescription description) {
        Version told = table.told;
        return SchemaMerge.merge(announced, told == null ? null : told.schema(), description);
    }

    /**
     * Tells a shape that is new to the destination. Changes that were committed before the snapshot of the table's copy
     * come in the shape of their time, which is no news: the copy has told a later one. Returns false for these, to be
     * asked again.
     */
    boolean tell(TableProgress table, TableSchema shape, Transaction transaction, StreamRun run) {
        Version told = table.told;
        if (told != null && Lsn.compare(transaction.commitLsn(), told.from().value()) < 0) {
            return false;
        }
        if (told == null || !told.schema().equals(shape)) {
            Version version = new Version(Lsn.of(transaction.commitLsn()), shape);
            store.saveSchemas(settings.name(), List.of(version));
            table.told = version;
            if (told != null && settings.includeSchemaChanges()) {
                run.change(new SchemaChangeEvent(
                        SchemaChange.between(told.schema(), shape), transaction, run.lastOrdinal()));
            }
        }
        return true;
    }
}
