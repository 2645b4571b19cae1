package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/**
 * One connection for short questions beside a stream, opened with the first one and kept: a server that has few has one
 * less to give. Thread-safe; one asks at a time.
 */
public final class KeptConnection implements AutoCloseable {

    private final PostgresConnections connections;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Connection connection;
    private volatile boolean closed;

    KeptConnection(PostgresConnections connections) {
        this.connections = connections;
    }

    /** What is asked; called again over a new connection if the kept one is found broken. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Connection open) throws SQLException;
    }

    /**
     * The answer; tried a second time if the connection was broken, for it may have been idle for too long.
     *
     * @throws PgCdcException if there is none; its message begins with {@code failed}
     */
    <T> T askTwice(String failed, Question<T> question) {
        asking.lock();
        try {
            try {
                return answer(PostgresConnections.LONGEST_SILENCE, question);
            } catch (SQLException e) {
                if (!PostgresErrors.code(e).concernsConnection()) {
                    throw e;
                }
            }
            return answer(PostgresConnections.LONGEST_SILENCE, question);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, failed);
        } finally {
            asking.unlock();
        }
    }

    /**
     * The answer, from a server that gives it soon; {@code null} if somebody else is asking.
     *
     * @throws PgCdcException if there is none; its message begins with {@code failed}. The next call tries a new
     *                        connection
     */
    <T> T askInPassing(String failed, Duration longest, Question<T> question) {
        if (!asking.tryLock()) {
            return null;
        }
        try {
            return answer(longest, question);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, failed);
        } finally {
            asking.unlock();
        }
    }

    private <T> T answer(Duration longest, Question<T> question) throws SQLException {
        Connection open = open();
        try {
            open.setNetworkTimeout(Runnable::run, (int) longest.toMillis());
            return question.ask(open);
        } catch (SQLException e) {
            if (PostgresErrors.code(e).concernsConnection()) {
                release();
            }
            throw e;
        }
    }

    private Connection open() {
        if (closed) {
            throw new PgCdcException(ErrorCode.CONNECTION, "The pipeline ends", "It is tried again");
        }
        Connection open = connection;
        if (open == null) {
            open = connections.glancing();
            connection = open;
            if (closed) {
                release();
            }
        }
        return open;
    }

    private void release() {
        Connection kept = connection;
        connection = null;
        if (kept != null) {
            // Without a word to the server, which may not be there any more.
            TableCopy.abort(kept);
        }
    }

    /** Breaks the connection, from any thread; nothing can be asked any more. */
    @Override
    public void close() {
        closed = true;
        release();
    }
}
