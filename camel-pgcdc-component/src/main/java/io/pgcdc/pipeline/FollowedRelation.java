package io.pgcdc.pipeline;

import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.Subscription;
import io.pgcdc.postgres.TableDescription;

/**
 * A worker's interest in one announced relation. Looks at the shape when the first change is the worker's own: until
 * then another worker may still be finding it out.
 */
final class FollowedRelation implements Subscription {

    private final SchemaTracker schemas;
    private final TableProgress table;
    private final TableSchema announced;
    private final LongPredicate ownership;
    private final Supplier<Transaction> current;
    private final StreamRun run;
    private final Consumer<TableProgress> onReplaced;
    /** The one that the last accepted change was read under. */
    private Object owner;
    private TableDescription description;
    private TableSchema schema;
    private boolean complete;
    private boolean told;

    /**
     * @param ownership  whether the worker owns the table for a commit position
     * @param current    the transaction that is being read
     * @param onReplaced takes the table, to be copied anew: it has another column now under a name and type that were
     *                   known, and nothing tells from which row on
     */
    FollowedRelation(SchemaTracker schemas, TableProgress table, TableSchema announced, LongPredicate ownership,
                     Supplier<Transaction> current, StreamRun run, Consumer<TableProgress> onReplaced) {
        this.schemas = schemas;
        this.table = table;
        this.announced = announced;
        this.ownership = ownership;
        this.current = current;
        this.run = run;
        this.onReplaced = onReplaced;
    }

    @Override
    public TableSchema schema() {
        return schema;
    }

    @Override
    public boolean accepts(long commitLsn) {
        Object now = table.ownership;
        if (!ownership.test(commitLsn)) {
            return false;
        }
        if (now != owner) {
            // A batch is delivered or dropped by its first change: none has changes from before and after a new copy.
            run.emitGathered();
            owner = now;
        }
        if (description == null && !lookUp()) {
            return false;
        }
        if (!told) {
            told = tell(commitLsn);
        }
        return true;
    }

    /** Returns whether the shape is known. */
    private boolean lookUp() {
        description = schemas.describe(announced, current.get(), run);
        schema = schemas.completed(table, announced, description);
        complete = description.isPast();
        if (!complete && schemas.copies() && table.told != null
                && SchemaMerge.isReplaced(schema, schemas.completed(table, announced, description.asPast()))) {
            onReplaced.accept(table);
            return false;
        }
        return true;
    }

    /** Returns whether there is nothing more to tell of this announcement. */
    private boolean tell(long commitLsn) {
        if (!complete && Lsn.compare(commitLsn, description.at().value()) >= 0) {
            // What the catalogue had before its time holds by now.
            schema = schemas.completed(table, announced, description.asPast());
            complete = true;
        }
        return schemas.tell(table, schema, current.get(), run) && complete;
    }
}
