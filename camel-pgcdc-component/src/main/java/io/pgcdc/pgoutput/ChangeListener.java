package io.pgcdc.pgoutput;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;

/** Takes what {@link PgOutputDecoder} reads, in the order of the stream, on the thread that feeds the decoder. */
public interface ChangeListener {

    void begin(Transaction transaction);

    /**
     * A relation is announced: before its first change, and again whenever its shape may have changed.
     *
     * @param  announced what the stream says of it: names, type OIDs, modifiers, and as key the columns that the
     *                   message flags
     * @param  lsn       where in the log the announcement stands: that of the transaction's commit
     * @return           whether and how its changes are wanted; the schema in it must have the announced columns in the
     *                   announced order
     */
    Subscription relation(TableSchema announced, Transaction transaction, long lsn);

    /** A row change, or the truncation of one table, of a relation that the subscription accepted. */
    void change(ChangeEvent event);

    /**
     * In the place of {@link #change}, if a value is none of its column's type.
     *
     * @param event without any value
     * @param cause of kind DECODE; names table, column, type and position, not the value
     */
    void undecodable(ChangeEvent event, PgCdcException cause);

    /** A logical message; one that is not transactional comes outside any transaction, or in the midst of one. */
    void message(ChangeEvent message, boolean transactional);

    /**
     * A transaction is complete.
     *
     * @param endLsn  the end of its commit record: confirmed to the server, it does not send the transaction again
     * @param changes how many row changes and truncated tables the server sent of it, whoever wanted them
     */
    void commit(Transaction transaction, long endLsn, long changes);
}
