package io.pgcdc.pipeline;

import java.util.function.LongPredicate;

import io.pgcdc.model.TableSchema;
import io.pgcdc.pgoutput.Subscription;

/**
 * A worker's interest in one relation.
 *
 * @param schema    the shape of its rows
 * @param ownership whether the worker owns the table for a commit position
 */
record TableSubscription(TableSchema schema, LongPredicate ownership) implements Subscription {

    @Override
    public boolean accepts(long commitLsn) {
        return ownership.test(commitLsn);
    }
}
