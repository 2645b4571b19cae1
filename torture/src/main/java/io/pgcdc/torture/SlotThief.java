package io.pgcdc.torture;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.testing.TestDatabase;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** Another client that holds the pipeline's slot: it tells the server that it lives, and confirms nothing. */
final class SlotThief implements AutoCloseable {

    private static final long SIGN_OF_LIFE_MILLIS = 200;

    private final Connection connection;
    private final Thread thread;
    private volatile boolean closed;

    private SlotThief(Connection connection, PGReplicationStream stream) {
        this.connection = connection;
        this.thread = new Thread(() -> hold(stream), "slot-thief");
        thread.setDaemon(true);
        thread.start();
    }

    /** @throws SQLException if the slot is in use */
    static SlotThief steal(TestDatabase database, String slot) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, database.username());
        PGProperty.PASSWORD.set(properties, database.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
        Connection connection = DriverManager.getConnection(database.url(), properties);
        try {
            PGReplicationStream stream = connection.unwrap(PGConnection.class).getReplicationAPI()
                    .replicationStream().logical()
                    .withSlotName(slot)
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", TortureTable.PUBLICATION)
                    .withAutomaticFlush(false)
                    .start();
            return new SlotThief(connection, stream);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void hold(PGReplicationStream stream) {
        try {
            while (!closed) {
                stream.readPending();
                stream.forceUpdateStatus();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SIGN_OF_LIFE_MILLIS));
            }
        } catch (SQLException e) {
            // The server has taken the slot away; the run notices.
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("the connection to the stolen slot can't be closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
