package io.pgcdc.pipeline;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.Subscription;

/** What one worker wants of the stream that it reads. Called on the thread that reads. */
interface StreamRouting {

    /** The subscription of a relation, with what the worker has to tell of its shape. */
    Subscription subscribe(TableSchema announced, Transaction transaction, StreamRun run);

    /** Whether to go on with a transaction; false ends the run before it. */
    boolean begin(Transaction transaction);

    /** Everything before the position was read, no transaction is open; false ends the run. */
    boolean boundary(long lsn);

    /**
     * After that: the worker may have something of its own to {@linkplain StreamRun#insert put here} into the stream.
     */
    default void atBoundary(long lsn, StreamRun run) {
    }

    /** Whether somebody waits for the next boundary, so that the server should be asked for its position. */
    boolean awaitsBoundary();

    /** Whether an event that was read is still this worker's: its table may have been taken from it. Any thread. */
    boolean owns(ChangeEvent event);

    /** Whether changes of a transaction have to be {@linkplain #inspect looked at}. */
    default boolean inspects(Transaction transaction) {
        return false;
    }

    /** Looks at a change before it is handed on; may take its table from the worker. */
    default void inspect(ChangeEvent change) {
    }

    /** Whether this worker is the one that tells the begin and end of transactions: only one may. */
    boolean tellsTransactions();
}
