package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Opens connections of both kinds, plain and replication, from one {@link ConnectionSettings}, with the session
 * settings that make values come as the same text everywhere. Every parameter of the URL goes through to pgjdbc.
 *
 * <p>
 * Thread-safe. The connections are not.
 */
public final class PostgresConnections {

    /**
     * One text for one value, whatever server, role or database have set: ISO dates in UTC, ISO intervals, every digit
     * of a float, bytea as hex, no localised money, no needless quotes around names. Names resolve in pg_catalog only,
     * and row level security raises an error instead of hiding rows. Timeouts of the role must not end a copy or a
     * stream that takes as long as it takes.
     */
    private static final String SESSION
            = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601';"
              + " SET extra_float_digits = 3; SET bytea_output = 'hex'; SET xmloption = 'content';"
              + " SET lc_monetary = 'C'; SET search_path = pg_catalog;"
              + " SET quote_all_identifiers = off; SET standard_conforming_strings = on; SET client_encoding = 'UTF8';"
              + " SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
              + " SET idle_session_timeout = 0;"
              // There from PostgreSQL 17 on.
              + " SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'";

    private static final String PLAIN = SESSION + "; SET row_security = off";

    /** A server that does not answer is told of soon. */
    private static final int CONNECT_SECONDS = 5;
    static final Duration LONGEST_SILENCE = Duration.ofSeconds(15);

    private final ConnectionSettings settings;

    public PostgresConnections(ConnectionSettings settings) {
        this.settings = settings;
    }

    public ConnectionSettings settings() {
        return settings;
    }

    /** A connection for SQL, in autocommit mode. */
    public Connection plain() {
        return open(new Properties(), PLAIN, GatheringSocketFactory.IN_LONG_ANSWERS);
    }

    /** The same, but for locks: it fails where it would have to wait for one for more than a second. */
    public Connection unlocked() {
        return open(new Properties(), PLAIN + "; SET lock_timeout = '1s'", GatheringSocketFactory.IN_LONG_ANSWERS);
    }

    /**
     * A connection for short SQL, which fails when the server, or the network, does not answer for 15 seconds, or a
     * lock is not to be had for 10.
     */
    public Connection impatient() {
        return impatient("10s");
    }

    /** The same, but it waits for locks for a second only. */
    public Connection glancing() {
        return impatient("1s");
    }

    private Connection impatient(String lockTimeout) {
        Properties properties = new Properties();
        PGProperty.SOCKET_TIMEOUT.set(properties, (int) LONGEST_SILENCE.toSeconds());
        return open(
                properties, PLAIN + "; SET lock_timeout = '" + lockTimeout + "'", GatheringSocketFactory.IN_LONG_ANSWERS);
    }

    /**
     * A connection for replication commands and simple SQL (PostgreSQL documentation, "Streaming Replication
     * Protocol").
     */
    public Connection replication() {
        Properties properties = new Properties();
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        // Whoever reads a stream knows when to wait.
        return open(properties, SESSION, GatheringSocketFactory.AT_ONCE);
    }

    private Connection open(Properties properties, String session, String gathers) {
        if (settings.username() != null) {
            PGProperty.USER.set(properties, settings.username());
        }
        if (settings.password() != null) {
            PGProperty.PASSWORD.set(properties, settings.password());
        }
        Properties inUrl = Driver.parseURL(settings.url(), new Properties());
        if (inUrl == null) {
            String remedy = "It must look like jdbc:postgresql://host:5432/database?parameter=value, special characters "
                            + "in values percent-encoded";
            // The driver's own message would quote the URL, which may hold a password.
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The JDBC URL of the option url or stateUrl can't be parsed", remedy);
        }
        if (!inUrl.containsKey(PGProperty.APPLICATION_NAME.getName())) {
            PGProperty.APPLICATION_NAME.set(properties, settings.applicationName());
        }
        if (!inUrl.containsKey(PGProperty.TCP_KEEP_ALIVE.getName())) {
            PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        }
        if (!inUrl.containsKey(PGProperty.CONNECT_TIMEOUT.getName())) {
            PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
        }
        if (!inUrl.containsKey(PGProperty.SOCKET_FACTORY.getName()) && GatheringSocketFactory.isSeenBy(Driver.class)) {
            PGProperty.SOCKET_FACTORY.set(properties, GatheringSocketFactory.class.getName());
            PGProperty.SOCKET_FACTORY_ARG.set(properties, gathers);
        }
        // The server's detail line may quote a row.
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
        Connection connection = null;
        try {
            connection = DriverManager.getConnection(settings.url(), properties);
            try (Statement statement = connection.createStatement()) {
                statement.execute(session);
            }
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection, e);
            throw PostgresErrors.translateConnect(e, "Can't connect to " + settings);
        }
    }

    /** Closes a connection whose failure is being told already. */
    static void closeQuietly(AutoCloseable resource, Exception failure) {
        if (resource != null) {
            try {
                resource.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }
}
