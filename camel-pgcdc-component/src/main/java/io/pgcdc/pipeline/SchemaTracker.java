package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.state.SchemaStore;

/** Follows the shapes of tables: a new one is stored, and told to the destination before its first row. */
final class SchemaTracker {

    private final PipelineSettings settings;
    private final SchemaStore store;

    SchemaTracker(PipelineSettings settings, SchemaStore store) {
        this.settings = settings;
        this.store = store;
    }

    /** The complete shape of an announced relation whose changes the caller applies in this transaction. */
    TableSchema announced(TableProgress table, TableSchema announced, Transaction transaction, StreamRun run) {
        TableSchema known = table.schema;
        TableSchema merged = SchemaMerge.merge(announced, known);
        if (merged != known) {
            store.saveSchemas(
                    settings.name(), List.of(new SchemaStore.Version(Lsn.of(transaction.commitLsn()), merged)));
            table.schema = merged;
            if (known != null && settings.includeSchemaChanges()) {
                run.change(ChangeEvent.ofTable(
                        Operation.SCHEMA, merged, transaction, transaction.commitLsn(), 0));
            }
        }
        return merged;
    }
}
