package io.pgcdc.model;

import java.time.Instant;

/**
 * The transaction of a change. For rows of the copy it stands for the snapshot.
 *
 * @param xid             the transaction's id, unsigned 32 bit; 0 for the copy of a table. For rows that are copied
 *                        again while their table streams on, that of the oldest that was running then
 * @param commitLsn       the position of the commit record; for the copy the snapshot's: the last byte before the point
 *                        from which changes are streamed, so that every row of the copy sorts before every change
 * @param restartLsn      the position up to which everything before this transaction is complete: confirmed to the
 *                        server, it sends this transaction again, whole
 * @param commitTimestamp when it was committed, or {@code null} where that is not known (the copy)
 */
public record Transaction(long xid, long commitLsn, long restartLsn, Instant commitTimestamp) {

    /** The stand-in for the rows of a copy from a snapshot at a position. */
    public static Transaction ofSnapshot(long snapshotLsn) {
        return new Transaction(0, snapshotLsn, snapshotLsn, null);
    }
}
