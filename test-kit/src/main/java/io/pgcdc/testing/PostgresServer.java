package io.pgcdc.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import org.opentest4j.TestAbortedException;

/**
 * A running PostgreSQL server, ready for logical replication: {@code wal_level=logical}, {@code synchronous_commit=on},
 * 60 slots and walsenders, 200 connections, passwords checked. Address, data and settings stay the same when it is
 * stopped, killed and started again. Nothing of it is left when it is closed or the JVM ends; an embedded server that a
 * killed JVM left behind is ended when the next JVM starts its first.
 *
 * <p>
 * Which kind of server it is decide system properties, first of all {@code pgcdc.test.postgres}: {@code embedded} (the
 * default), {@code testcontainers} or {@code external}; docs/testing.md of the project lists them. A server that
 * somebody else runs cannot be stopped, so the methods for that abort the test there.
 *
 * <p>
 * <i>Thread-safety:</i> all methods may be called from any thread. Who stops a {@link #shared()} server stops it for
 * all tests of this JVM that run meanwhile: tests that do so and may run in parallel {@link #start(int) start} one.
 */
public final class PostgresServer implements AutoCloseable {

    /** The database that always exists and that no test keeps anything in. */
    private static final String MAINTENANCE_DATABASE = "postgres";
    private static final Map<Integer, PostgresServer> SHARED = new ConcurrentHashMap<>();
    private static final AtomicInteger DATABASES = new AtomicInteger();
    // Databases of several JVMs may meet on one external server
    private static final String DATABASE_PREFIX = "test_%x_".formatted(ThreadLocalRandom.current().nextInt(1 << 24));

    private enum State {
        RUNNING,
        STOPPED,
        CLOSED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final ServerBackend backend;
    private final int major;
    private final boolean shared;
    private State state = State.RUNNING;

    private PostgresServer(int major, Map<String, String> settings, boolean shared) {
        this.backend = PostgresSelection.start(major, settings);
        this.major = major;
        this.shared = shared;
        try {
            checkMajor();
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    /** A server of one's own; see {@link #start(int, Map)}. */
    public static PostgresServer start(int major) {
        return start(major, Map.of());
    }

    /**
     * A server of one's own, to be closed by whoever asks for it.
     *
     * @param  settings              for postgresql.conf, added to those promised above or in their place
     * @throws IllegalStateException if there are no binaries of this major, or they do not start
     */
    public static PostgresServer start(int major, Map<String, String> settings) {
        return new PostgresServer(major, settings, false);
    }

    /** The server that tests share which do not care for the major: {@code pgcdc.test.postgres.version}, or 18. */
    public static PostgresServer shared() {
        return shared(PostgresSelection.defaultMajor());
    }

    /** The one server of this major that the tests of this JVM share, started when first asked for. */
    public static PostgresServer shared(int major) {
        return SHARED.computeIfAbsent(major, asked -> new PostgresServer(asked, Map.of(), true));
    }

    public int major() {
        return major;
    }

    public String host() {
        return backend.host();
    }

    public int port() {
        return backend.port();
    }

    /** The superuser. */
    public String username() {
        return backend.username();
    }

    public String password() {
        return backend.password();
    }

    /** The JDBC URL of a database of this server. */
    public String url(String database) {
        return backend.url(database);
    }

    /** A new, empty database of a name that no other has. */
    public TestDatabase createDatabase() {
        return createDatabase(DATABASE_PREFIX + DATABASES.incrementAndGet());
    }

    /** A new, empty database; the name is taken as it is, capitals and blanks included. */
    public TestDatabase createDatabase(String name) {
        return TestDatabase.create(this, name);
    }

    /**
     * Stops the server as {@code pg_ctl stop -m fast} does: connections are ended, a checkpoint is written. A walsender
     * whose client does not confirm what it was sent holds that up; after 5 seconds the server is killed.
     */
    public void stop() {
        change(State.RUNNING, backend::stop, State.STOPPED);
    }

    /** Ends the postmaster and all its processes by SIGKILL, by their pids: no checkpoint, no goodbye to clients. */
    public void kill() {
        change(State.RUNNING, backend::kill, State.STOPPED);
    }

    /** Starts the stopped or killed server on its data, at its address; returns when it answers. */
    public void startAgain() {
        change(State.STOPPED, backend::start, State.RUNNING);
    }

    /** {@link #stop()} and {@link #startAgain()}. */
    public void restart() {
        stop();
        startAgain();
    }

    /** {@link #kill()} and {@link #startAgain()}. */
    public void crashAndRestart() {
        kill();
        startAgain();
    }

    /** Ends the server and removes its data. A {@link #shared()} one stays, for the others, until the JVM ends. */
    @Override
    public void close() {
        if (shared) {
            return;
        }
        lock.lock();
        try {
            if (state != State.CLOSED) {
                state = State.CLOSED;
                backend.close();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL " + major + " at " + host() + ":" + port();
    }

    /** A superuser's connection that belongs to no test's database. */
    Connection connectForMaintenance() throws SQLException {
        return DriverManager.getConnection(url(MAINTENANCE_DATABASE), username(), password());
    }

    /** Whether it runs; starts it if a test left it stopped. False once it is closed. */
    boolean ensureRunning() {
        lock.lock();
        try {
            if (state == State.STOPPED) {
                startAgain();
            }
            return state == State.RUNNING;
        } finally {
            lock.unlock();
        }
    }

    private void change(State expected, Runnable action, State next) {
        lock.lock();
        try {
            if (state != expected) {
                throw new IllegalStateException(this + " is " + state + ", expected " + expected);
            }
            action.run();
            state = next;
        } finally {
            lock.unlock();
        }
    }

    private void checkMajor() {
        int actual;
        try (Connection connection = connectForMaintenance()) {
            actual = connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new IllegalStateException(this + " started and does not answer", e);
        }
        if (actual != major && PostgresSelection.isExternal()) {
            throw new TestAbortedException("needs PostgreSQL " + major + "; the external server is " + actual);
        }
        if (actual != major) {
            String failure = "asked for PostgreSQL %d, the binaries on the class path are %d: set -D%s=%d, or -D%s to a "
                             + "directory with the binaries of several majors";
            throw new IllegalStateException(
                    failure.formatted(
                            major, actual, PostgresSelection.VERSION, actual, PostgresBinaries.DIRECTORY));
        }
    }
}
