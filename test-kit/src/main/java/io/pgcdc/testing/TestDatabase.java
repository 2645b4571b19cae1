package io.pgcdc.testing;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.postgresql.util.PGobject;

/**
 * A database of a {@link PostgresServer} for one test. It is used as the superuser; every method opens a connection of
 * its own, so all of them work again as soon as a restarted server does. Closed, it is gone, with its slots, its
 * connections, its prepared transactions and the users made through it.
 *
 * <p>
 * Failed SQL is an {@link IllegalStateException} that names the statement, with the {@link SQLException} as its cause.
 *
 * <p>
 * <i>Thread-safety:</i> all methods may be called from any thread.
 */
public final class TestDatabase implements AutoCloseable {

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(20); // terminated backends leave at their own pace
    private static final Duration CLOSE_INTERVAL = Duration.ofMillis(20);
    // A pipeline has to be started, copy and deliver meanwhile, on a machine that may be busy
    private static final Duration CAUGHT_UP_WAIT = Duration.ofSeconds(60);

    private final PostgresServer server;
    private final String name;
    private final List<String> users = new CopyOnWriteArrayList<>();

    private TestDatabase(PostgresServer server, String name) {
        this.server = server;
        this.name = name;
    }

    static TestDatabase create(PostgresServer server, String name) {
        TestDatabase database = new TestDatabase(server, name);
        database.maintain("CREATE DATABASE " + quoted(name) + " TEMPLATE template0");
        return database;
    }

    public PostgresServer server() {
        return server;
    }

    public String name() {
        return name;
    }

    /** The JDBC URL, with no user in it. */
    public String url() {
        return server.url(name);
    }

    /** The superuser. */
    public String username() {
        return server.username();
    }

    public String password() {
        return server.password();
    }

    /** A plain connection as the superuser, in auto-commit mode; the caller closes it, or this database does. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), username(), password());
    }

    /** Runs the statements one after another on one connection, each in its own transaction. */
    public void execute(String... statements) {
        String current = "connect";
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                current = sql;
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw failed(current, e);
        }
    }

    /**
     * The one value of a query's one row, null included.
     *
     * @param type String (any SQL type, as text), Boolean, Integer, Long, Double, BigDecimal, or what pgjdbc's
     *             {@code getObject(int, Class)} knows for the column
     */
    public <T> T query(String sql, Class<T> type) {
        try (Connection connection = connect();
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                throw new IllegalStateException("no row: " + sql);
            }
            T value = type.cast(value(row, type));
            if (row.next()) {
                throw new IllegalStateException("more than one row: " + sql);
            }
            return value;
        } catch (SQLException e) {
            throw failed(sql, e);
        }
    }

    /**
     * All rows of a query, columns in order under their labels: values as pgjdbc's {@code getObject} gives them, but
     * arrays as lists and types that Java has no class for (json, ranges…) as their text.
     */
    public List<Map<String, Object>> rows(String sql) {
        try (Connection connection = connect();
             Statement statement = connection.createStatement();
             ResultSet result = statement.executeQuery(sql)) {
            List<Map<String, Object>> rows = new ArrayList<>();
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                for (int column = 1; column <= columns.getColumnCount(); column++) {
                    row.put(columns.getColumnLabel(column), plain(result.getObject(column)));
                }
                rows.add(Collections.unmodifiableMap(row));
            }
            return Collections.unmodifiableList(rows);
        } catch (SQLException e) {
            throw failed(sql, e);
        }
    }

    /** The number of rows of a table, named as SQL names it (quoted and qualified where needed). */
    public long count(String table) {
        return query("SELECT count(*) FROM " + table, Long.class);
    }

    /** Where the server's write-ahead log ends now, as {@code X/X}. */
    public String currentLsn() {
        return query("SELECT pg_current_wal_lsn()", String.class);
    }

    /** The names of the replication slots of this database, sorted. */
    public List<String> slots() {
        return rows("SELECT slot_name FROM pg_replication_slots WHERE database = current_database() ORDER BY 1")
                .stream().map(row -> (String) row.get("slot_name")).toList();
    }

    /**
     * What the slot's client has confirmed, as {@code X/X}.
     *
     * @throws IllegalStateException if there is no such slot
     */
    public String confirmedFlush(String slot) {
        return query("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = " + literal(slot),
                String.class);
    }

    /**
     * Waits until a pipeline has caught up: its tables are copied, and every change that is committed now has been
     * acknowledged, which a route does by completing its exchanges. For at most a minute.
     *
     * @param  pipeline       the name of a pipeline on this database ({@code from("pgcdc:orders")} is named
     *                        {@code orders}), or of its replication slot. It must run, but need not have begun yet
     * @throws AssertionError if it has not caught up by then; it says where the slot stands and where the server
     * @see                   #awaitCaughtUp(String, Duration)
     */
    public void awaitCaughtUp(String pipeline) {
        awaitCaughtUp(pipeline, CAUGHT_UP_WAIT);
    }

    /**
     * {@link #awaitCaughtUp(String)} with a bound of one's own.
     *
     * <p>
     * It looks from outside, by SQL: whether {@code confirmed_flush_lsn} of the slot has reached the end of the
     * write-ahead log as it is at the call (should the server be down: as soon as it is up), and whether the pipeline's
     * state says of every table that it is copied. Of a pipeline whose state is kept elsewhere ({@code stateUrl},
     * {@code stateStore}) it sees only that no slot of a copy is there, which is also so before the first copy begins:
     * wait for the rows at the destination first.
     */
    public void awaitCaughtUp(String pipeline, Duration atMost) {
        new CaughtUp(this, pipeline).await(atMost);
    }

    /**
     * Options of an endpoint that connect it to this database: {@code from("pgcdc:orders?" + database.options())}. They
     * hold the superuser's password, as {@code RAW(…)}.
     */
    public String options() {
        return "url=RAW(" + url() + ")&username=RAW(" + username() + ")&password=RAW(" + password() + ")";
    }

    /**
     * Makes a user who may log in, and who goes when this database is closed. Users belong to the server: tests that
     * run in parallel need different names. One of this name that another run left is replaced.
     *
     * @param attributes what else CREATE ROLE takes, such as {@code REPLICATION}; may be empty
     */
    public void createUser(String user, String userPassword, String attributes) {
        execute("DROP ROLE IF EXISTS " + quoted(user),
                "CREATE ROLE " + quoted(user) + " LOGIN PASSWORD " + literal(userPassword) + " " + attributes);
        users.add(user);
    }

    /**
     * Ends all connections to this database, walsenders included, lets nobody in again, and drops its slots and itself,
     * and then the users made through it. A server that the test left stopped is started for that.
     */
    @Override
    public void close() {
        if (!server.ensureRunning()) {
            return; // closed, and all data with it
        }
        if (exists()) {
            rows("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")
                    .forEach(prepared -> execute("ROLLBACK PREPARED " + literal((String) prepared.get("gid"))));
            maintain("ALTER DATABASE " + quoted(name) + " WITH ALLOW_CONNECTIONS false");
            if (!Polling.until(CLOSE_WAIT, CLOSE_INTERVAL, () -> terminateConnections() == 0)) {
                throw new IllegalStateException("connections to " + this + " do not end");
            }
            maintain("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = "
                     + literal(name),
                    "DROP DATABASE " + quoted(name) + " WITH (FORCE)");
        }
        users.forEach(user -> maintain("DROP ROLE IF EXISTS " + quoted(user)));
        users.clear();
    }

    @Override
    public String toString() {
        return name + " on " + server;
    }

    private boolean exists() {
        return maintenanceCount("SELECT count(*) FROM pg_database WHERE datname = " + literal(name)) > 0;
    }

    /** Tells everybody to go, and gives the number of those who were still there. */
    private long terminateConnections() {
        return maintenanceCount("""
                SELECT count(pg_terminate_backend(pid)) FROM (
                  SELECT pid FROM pg_stat_activity WHERE datname = $name
                  UNION SELECT active_pid FROM pg_replication_slots WHERE database = $name AND active_pid IS NOT NULL
                ) AS connected""".replace("$name", literal(name)));
    }

    private long maintenanceCount(String sql) {
        try (Connection connection = server.connectForMaintenance();
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw failed(sql, e);
        }
    }

    private void maintain(String... statements) {
        String current = "connect";
        try (Connection connection = server.connectForMaintenance();
             Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                current = sql;
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw failed(current, e);
        }
    }

    private static Object value(ResultSet row, Class<?> type) throws SQLException {
        Object value;
        if (type == String.class) {
            value = row.getString(1);
        } else if (type == Long.class) {
            value = row.getLong(1);
        } else if (type == Integer.class) {
            value = row.getInt(1);
        } else if (type == Double.class) {
            value = row.getDouble(1);
        } else if (type == Boolean.class) {
            value = row.getBoolean(1);
        } else if (type == BigDecimal.class) {
            value = row.getBigDecimal(1);
        } else {
            value = row.getObject(1, type);
        }
        return row.wasNull() ? null : value;
    }

    private static Object plain(Object value) throws SQLException {
        if (value instanceof Array array) {
            return Arrays.asList((Object[]) array.getArray());
        }
        // pgjdbc's own classes, such as PGInterval and PGpoint, have a meaning beyond their text
        return value instanceof PGobject object && value.getClass() == PGobject.class ? object.getValue() : value;
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static IllegalStateException failed(String sql, SQLException cause) {
        return new IllegalStateException("SQL failed: " + sql, cause);
    }
}
