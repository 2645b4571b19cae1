package io.pgcdc.pgoutput;

import io.pgcdc.model.TableSchema;

/** What a {@link ChangeListener} wants of one relation. Asked once for each row, so it must be cheap. */
public interface Subscription {

    /** The shape that rows get: the announced columns, enriched with what the catalogue knows. */
    TableSchema schema();

    /** Whether the relation's changes in the transaction with this commit position are wanted. */
    boolean accepts(long commitLsn);
}
