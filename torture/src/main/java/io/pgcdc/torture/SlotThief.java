package io.pgcdc.torture;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

import io.pgcdc.testing.TestDatabase;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** Another client that holds the pipeline's slot, and confirms nothing. */
final class SlotThief implements AutoCloseable {

    private final Connection connection;

    private SlotThief(Connection connection) {
        this.connection = connection;
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
            stream.readPending();
            return new SlotThief(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("the connection to the stolen slot can't be closed", e);
        }
    }
}
