package io.pgcdc.state;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.postgres.PostgresConnections;
import io.pgcdc.postgres.PostgresErrors;

/**
 * The one connection of a {@link PostgresStateStore}: opened when it is needed first, dropped after any failure. Work
 * that fails because the connection broke is done once more on a new one, so it must be such that doing it twice is
 * doing it once.
 *
 * <p>
 * Thread-safe: one piece of work at a time.
 */
final class StateSession implements AutoCloseable {

    /** A commit that was told of must survive; and a statement after a lock must see what was done under it. */
    private static final String SESSION
            = "SET synchronous_commit = on; SET default_transaction_isolation = 'read committed'";
    private static final long CLOSE_WAIT_SECONDS = 5;

    private final PostgresConnections connections;
    private final String schemaName;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Connection connection;
    private volatile boolean closed;
    private String user = "<user>";
    private String database = "<database>";

    /** Work on a connection. */
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    StateSession(PostgresConnections connections, String schemaName) {
        this.connections = connections;
        this.schemaName = schemaName;
    }

    /** Work that is one statement. */
    <T> T statement(String what, Work<T> work) {
        lock.lock();
        try {
            try {
                return attempt(work);
            } catch (SQLException e) {
                if (closed || !isBroken(e)) {
                    throw translate(e, what);
                }
            }
            try {
                return attempt(work);
            } catch (SQLException e) {
                throw translate(e, what);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Work that is done wholly or not at all. */
    void transaction(String what, Work<?> work) {
        statement(what, current -> {
            current.setAutoCommit(false);
            work.run(current);
            current.commit();
            current.setAutoCommit(true);
            return null;
        });
    }

    private <T> T attempt(Work<T> work) throws SQLException {
        boolean done = false;
        try {
            T result = work.run(open());
            done = true;
            return result;
        } finally {
            if (!done) {
                drop();
            }
        }
    }

    private Connection open() throws SQLException {
        if (closed) {
            throw new PgCdcException(ErrorCode.STATE, "The state store is closed", null);
        }
        if (connection == null) {
            try {
                connection = connections.impatient();
            } catch (PgCdcException e) {
                if (e.getCause() instanceof SQLException cause) {
                    throw PostgresErrors.translateConnect(
                            cause, "Can't connect to the state store at " + connections.settings());
                }
                throw e;
            }
            user = TableId.quote(connection.getMetaData().getUserName());
            database = TableId.quote(connection.getCatalog());
            try (Statement statement = connection.createStatement()) {
                statement.execute(SESSION);
            }
        }
        return connection;
    }

    /** The servers and the database: fit for messages. */
    String where() {
        return connections.settings().where();
    }

    /** The server rolls back what was not committed. */
    private void drop() {
        Connection dropped = connection;
        connection = null;
        if (dropped != null) {
            try {
                dropped.close();
            } catch (SQLException e) {
                // the failure that made it useless is told already
            }
        }
    }

    /** Class 08 is the connection's; of class 57 these are the server's ending of it. */
    private static boolean isBroken(SQLException error) {
        String state = error.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P0"));
    }

    private PgCdcException translate(SQLException error, String what) {
        String where = "the state store (schema " + schemaName + " at " + connections.settings() + ")";
        PgCdcException translated = PostgresErrors.translate(error, "Can't " + what + " in " + where);
        return switch (translated.code()) {
            case PRIVILEGE -> new PgCdcException(ErrorCode.PRIVILEGE, withoutRemedy(translated), privileges(), error);
            case SQL -> new PgCdcException(ErrorCode.STATE, withoutRemedy(translated), translated.remedy(), error);
            default -> translated;
        };
    }

    private static String withoutRemedy(PgCdcException translated) {
        String message = translated.getMessage();
        String remedy = translated.remedy();
        return remedy == null ? message : message.substring(0, message.length() - remedy.length() - ". ".length());
    }

    private String privileges() {
        String schema = TableId.quote(schemaName);
        return "Run: GRANT CREATE ON DATABASE " + database + " TO " + user + "; or create the schema beforehand:"
               + " CREATE SCHEMA " + schema + " AUTHORIZATION " + user + "; or where it exists: GRANT USAGE, CREATE ON"
               + " SCHEMA " + schema + " TO " + user + "; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "
               + schema + " TO " + user;
    }

    /** Waits a little for work that is being done; what takes longer than that hangs, and is cut off. */
    @Override
    public void close() {
        closed = true;
        boolean idle = false;
        try {
            idle = lock.tryLock(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (idle) {
            try {
                drop();
            } finally {
                lock.unlock();
            }
            return;
        }
        Connection busy = connection;
        if (busy != null) {
            try {
                busy.abort(Runnable::run);
            } catch (SQLException e) {
                // it ended meanwhile
            }
        }
    }
}
