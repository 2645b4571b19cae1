package io.pgcdc.postgres;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

import org.junit.jupiter.api.Test;
import org.postgresql.copy.CopyDual;
import org.postgresql.core.v3.replication.V3PGReplicationStream;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.ReplicationType;
import org.postgresql.util.ByteStreamWriter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Why {@link PgReplicationClient#openStream} turns pgjdbc's automatic flush off. A relation message carries the
 * position 0/0; when a keepalive follows it, pgjdbc believes that everything was flushed, whatever is still in flight.
 */
class AutomaticFlushTest {

    private static final long IN_FLIGHT = 0x100;
    private static final long KEEPALIVE = 0x200;

    @Test
    void with_automatic_flush_a_keepalive_after_a_relation_message_confirms_what_is_in_flight() throws SQLException {
        assertThat(flushedAfterKeepalive(true)).isEqualTo(KEEPALIVE);
    }

    @Test
    void without_automatic_flush_only_what_was_confirmed_is_flushed() throws SQLException {
        assertThat(flushedAfterKeepalive(false)).isZero();
    }

    private static long flushedAfterKeepalive(boolean automaticFlush) throws SQLException {
        // A change that nobody has acknowledged, a relation message, a keepalive.
        ScriptedCopy copy = new ScriptedCopy(List.of(data(IN_FLIGHT), data(0), keepalive(KEEPALIVE)));
        V3PGReplicationStream stream = new V3PGReplicationStream(
                copy, LogSequenceNumber.valueOf(0L), 60_000, automaticFlush, ReplicationType.LOGICAL);
        while (stream.readPending() != null) {
            // read everything
        }
        return stream.getLastFlushedLSN().asLong();
    }

    private static byte[] data(long lsn) {
        return ByteBuffer.allocate(26).put((byte) 'w').putLong(lsn).putLong(lsn).putLong(0).put((byte) 'x').array();
    }

    private static byte[] keepalive(long lsn) {
        return ByteBuffer.allocate(18).put((byte) 'k').putLong(lsn).putLong(0).put((byte) 0).array();
    }

    /** The server's side of the stream, from a script. */
    private static final class ScriptedCopy implements CopyDual {
        private final Queue<byte[]> messages;

        private ScriptedCopy(List<byte[]> messages) {
            this.messages = new ArrayDeque<>(messages);
        }

        @Override
        public byte[] readFromCopy() {
            return messages.poll();
        }

        @Override
        public byte[] readFromCopy(boolean block) {
            return messages.poll();
        }

        @Override
        public void writeToCopy(byte[] buffer, int offset, int size) {
            // status updates are not looked at
        }

        @Override
        public void writeToCopy(ByteStreamWriter from) {
            // status updates are not looked at
        }

        @Override
        public void flushCopy() {
            // nothing is buffered
        }

        @Override
        public long endCopy() {
            return 0;
        }

        @Override
        public int getFieldCount() {
            return 0;
        }

        @Override
        public int getFormat() {
            return 0;
        }

        @Override
        public int getFieldFormat(int field) {
            return 0;
        }

        @Override
        public boolean isActive() {
            return true;
        }

        @Override
        public void cancelCopy() {
            // it never ends
        }

        @Override
        public long getHandledRowCount() {
            return 0;
        }
    }
}
