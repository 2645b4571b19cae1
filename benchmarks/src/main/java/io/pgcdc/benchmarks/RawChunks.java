package io.pgcdc.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;

import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** What SQL on a copy of the slot gives of a backlog, chunk after chunk over one connection: nothing decoded. */
final class RawChunks implements Contender {

    private static final int CHUNK = 500_000;
    private static final int COUNTED_AT_ONCE = 100;
    /** Of a row of two columns: their count, the position with its length, the length of the message. */
    private static final int BEFORE_MESSAGE = Short.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;
    /** Signature, flags and length of the extension, which come with the first row. */
    private static final int HEADER = 19;

    @Override
    public Sample run(Task task) throws Exception {
        Meter meter = new Meter(task);
        try (Connection connection = DriverManager.getConnection(task.url(), task.user(), task.password());
             Statement statement = connection.createStatement()) {
            String slot = task.slot() + "_chunks";
            statement.execute("SELECT pg_copy_logical_replication_slot('" + task.slot() + "', '" + slot + "', true)");
            String chunk = "COPY (SELECT lsn, data FROM pg_logical_slot_get_binary_changes('" + slot + "', NULL, " + CHUNK
                           + ", 'proto_version', '1', 'publication_names', '" + task.publication()
                           + "', 'binary', 'true')) TO STDOUT (FORMAT binary)";
            for (long left = task.expected(); left > 0;) {
                left -= read(connection.unwrap(PGConnection.class).getCopyAPI().copyOut(chunk), meter);
            }
        }
        return meter.await();
    }

    private static long read(CopyOut copy, Meter meter) throws Exception {
        long changes = 0;
        int rows = 0;
        boolean first = true;
        for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
            int at = (first ? HEADER : 0) + BEFORE_MESSAGE;
            first = false;
            if (row.length > at && (row[at] == 'I' || row[at] == 'U' || row[at] == 'D')) {
                rows++;
                changes++;
                if (rows == COUNTED_AT_ONCE) {
                    meter.count(rows);
                    rows = 0;
                }
            }
        }
        if (rows > 0) {
            meter.count(rows);
        }
        return changes;
    }
}
