package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.Lock;

import io.pgcdc.routes.jdbc.dialect.Dialect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of an endpoint: those of a data source, which keeps them itself, or its own to a URL, as many as
 * threads have written at once. Of a database for one writer it keeps one, under a lock that all endpoints with the
 * same data source or URL share.
 */
final class SinkConnections implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SinkConnections.class);

    /** Opens a connection. */
    interface Source {
        Connection open() throws SQLException;
    }

    /** What is done in a transaction. */
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private final Source source;
    private final Dialect dialect;
    private final boolean keepsIdle;
    private final Lock writer;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    private SinkConnections(Source source, Dialect dialect, boolean keepsIdle, Lock writer) {
        this.source = source;
        this.dialect = dialect;
        this.keepsIdle = keepsIdle || dialect.isSingleWriter();
        this.writer = dialect.isSingleWriter() ? writer : null;
    }

    /**
     * @param keepsIdle whether connections are kept open; a pool does that by itself
     * @param writer    shared by all that write to the same database
     */
    static SinkConnections of(Source source, Dialect dialect, boolean keepsIdle, Lock writer) {
        return new SinkConnections(source, dialect, keepsIdle, writer);
    }

    static Source opening(String url, String username, String password) {
        return () -> username == null ? DriverManager.getConnection(url) : DriverManager.getConnection(url, username, password);
    }

    /** Commits what is done, or rolls it back if that fails. */
    <T> T inTransaction(Work<T> work) throws SQLException {
        if (writer == null) {
            return run(work);
        }
        writer.lock();
        try {
            return run(work);
        } finally {
            writer.unlock();
        }
    }

    private <T> T run(Work<T> work) throws SQLException {
        Connection connection = take();
        boolean healthy = false;
        try {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                dialect.begin(statement);
            }
            T result = work.run(connection);
            connection.commit();
            healthy = true;
            return result;
        } finally {
            if (!healthy) {
                rollback(connection);
            }
            giveBack(connection, healthy);
        }
    }

    private Connection take() throws SQLException {
        for (Connection kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
            if (!kept.isClosed()) {
                return kept;
            }
        }
        return source.open();
    }

    /** After a failure nobody knows what a connection is good for; a pool finds out by itself. */
    private void giveBack(Connection connection, boolean healthy) {
        if (keepsIdle && healthy) {
            idle.addFirst(connection);
        } else {
            close(connection);
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("The roll-back of a transaction that has failed has failed, too (SQLSTATE {})", e.getSQLState());
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection could not be closed (SQLSTATE {})", e.getSQLState());
        }
    }

    @Override
    public void close() {
        for (Connection kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
            close(kept);
        }
    }
}
