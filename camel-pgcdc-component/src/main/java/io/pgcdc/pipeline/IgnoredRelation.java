package io.pgcdc.pipeline;

import io.pgcdc.model.TableSchema;
import io.pgcdc.pgoutput.Subscription;

/**
 * A relation whose changes are not the worker's.
 *
 * @param schema as it was announced
 */
record IgnoredRelation(TableSchema schema) implements Subscription {

    @Override
    public boolean accepts(long commitLsn) {
        return false;
    }
}
