package io.pgcdc.postgres;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;

import io.pgcdc.model.Lsn;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * A slot's stream of pgoutput messages. What is confirmed is what {@link #confirm} was told, and nothing else: pgjdbc's
 * automatic flush is off, because with it a keepalive can confirm transactions whose changes are still in flight.
 *
 * <p>
 * For one thread, but for {@link #abort}.
 */
public final class ReplicationStream implements AutoCloseable {

    private final Connection connection;
    private final PGReplicationStream stream;
    private final String slot;
    private final boolean streamsTransactions;
    private final boolean binary;

    ReplicationStream(Connection connection, PGReplicationStream stream, String slot, boolean streamsTransactions,
                      boolean binary) {
        this.connection = connection;
        this.stream = stream;
        this.slot = slot;
        this.streamsTransactions = streamsTransactions;
        this.binary = binary;
    }

    /** Whether large transactions come while they are in progress. */
    public boolean streamsTransactions() {
        return streamsTransactions;
    }

    /** Whether values come in their types' binary form. */
    public boolean isBinary() {
        return binary;
    }

    public String slot() {
        return slot;
    }

    /**
     * The next message, or {@code null} if none has come; waits about a millisecond for one. Its position in the log is
     * {@link #receivedLsn()} until the next call.
     */
    public ByteBuffer poll() {
        try {
            return stream.readPending();
        } catch (SQLException e) {
            throw PostgresErrors.translateDecoding(e, "The stream of slot " + slot + " broke");
        }
    }

    /**
     * The position of the last message; after a {@link #poll} that gave none, and outside a transaction, up to where
     * the server has read its log and found nothing more for us.
     */
    public long receivedLsn() {
        return stream.getLastReceiveLSN().asLong();
    }

    /** From the next status update on, tells the server that everything before this position is done. */
    public void confirm(long lsn) {
        LogSequenceNumber position = LogSequenceNumber.valueOf(lsn);
        stream.setFlushedLSN(position);
        stream.setAppliedLSN(position);
    }

    /** Tells the server that we live and what is confirmed, and asks it to answer. */
    public void sendStatus() {
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't send a status update on slot " + slot);
        }
    }

    /** Breaks the connection from any thread; a {@link #poll} under way fails. */
    public void abort() {
        TableCopy.abort(connection);
    }

    /** Closes the connection, which frees the slot. */
    @Override
    public void close() {
        // Ending the copy protocol in order would read everything that the server still has to send.
        abort();
    }

    @Override
    public String toString() {
        return "stream of slot " + slot + " at " + Lsn.toString(receivedLsn());
    }
}
