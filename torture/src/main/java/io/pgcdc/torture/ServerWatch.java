package io.pgcdc.torture;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.model.Lsn;
import io.pgcdc.testing.TestDatabase;

/**
 * Looks at the server ten times a second: what the slots have confirmed, what they keep, how many connections there
 * are.
 */
final class ServerWatch implements AutoCloseable {

    private static final String APPLICATIONS = "application_name LIKE 'pgcdc%'";

    private final TestDatabase database;
    private final Checker checker;
    private final Thread thread = new Thread(this::run, "server-watch");
    private volatile boolean closed;
    private volatile Maxima maxima = Maxima.NONE;

    private ServerWatch(TestDatabase database, Checker checker) {
        this.database = database;
        this.checker = checker;
        thread.setDaemon(true);
    }

    static ServerWatch start(TestDatabase database, Checker checker) {
        ServerWatch watch = new ServerWatch(database, checker);
        watch.thread.start();
        return watch;
    }

    Maxima maxima() {
        return maxima;
    }

    /** How much log the slots of this database keep now, in bytes. */
    static long keptLog(TestDatabase database) {
        return database.query("""
                SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)::bigint
                  FROM pg_replication_slots WHERE database = current_database()""", Long.class);
    }

    /** The component's connections that there are now, and what they hold, in words; empty if there is nothing. */
    static String leftOvers(TestDatabase database) {
        return String.join("; ", database.rows("SELECT application_name || ' ' || coalesce(state, '') AS connection"
                                               + " FROM pg_stat_activity WHERE datname = current_database() AND "
                                               + APPLICATIONS)
                .stream().map(row -> (String) row.get("connection")).toList())
               + String.join("; ", database.rows("""
                       SELECT l.locktype || ' ' || l.mode AS lock FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                        WHERE d.datname = current_database() AND l.pid <> pg_backend_pid()""")
                       .stream().map(row -> (String) row.get("lock")).toList());
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                while (!closed) {
                    look(statement);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
            } catch (SQLException e) {
                // The server is gone; it comes back.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }

    private void look(Statement statement) throws SQLException {
        Map<String, Lsn> confirmed = new HashMap<>();
        long keptLog = 0;
        try (ResultSet slots = statement.executeQuery("""
                SELECT slot_name, confirmed_flush_lsn, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint
                  FROM pg_replication_slots WHERE database = current_database()""")) {
            while (slots.next()) {
                if (slots.getString(2) != null) {
                    confirmed.put(slots.getString(1), Lsn.parse(slots.getString(2)));
                }
                keptLog = Math.max(keptLog, slots.getLong(3));
            }
        }
        checker.confirmed(confirmed);
        try (ResultSet end = statement.executeQuery("SELECT pg_current_wal_lsn()")) {
            end.next();
            checker.logEndsAt(Lsn.parse(end.getString(1)));
        }
        try (ResultSet count = statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND " + APPLICATIONS)) {
            count.next();
            maxima = maxima.with(new Maxima(0, 0, count.getInt(1), keptLog));
        }
    }
}
