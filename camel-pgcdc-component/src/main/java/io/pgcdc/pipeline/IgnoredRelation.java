package io.pgcdc.pipeline;

import io.pgcdc.model.TableSchema;
import io.pgcdc.pgoutput.Subscription;

/**
 * A relation whose changes are not the worker's.
 *
 * @param schema   as it was announced
 * @param onChange told of every change that is ignored
 */
record IgnoredRelation(TableSchema schema, Runnable onChange) implements Subscription {

    IgnoredRelation(TableSchema schema) {
        this(schema, () -> {
            // nobody asks
        });
    }

    @Override
    public boolean accepts(long commitLsn) {
        onChange.run();
        return false;
    }
}
