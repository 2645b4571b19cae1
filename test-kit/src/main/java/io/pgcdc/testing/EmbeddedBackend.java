package io.pgcdc.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of zonky's binaries on this machine. It is gone, with its data, when it is closed or the JVM ends; should it
 * not stop by then, its postmaster is killed by its own pid.
 */
final class EmbeddedBackend implements ServerBackend {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBackend.class);
    private static final String SUPERUSER = "postgres"; // fixed by zonky
    private static final String PASSWORD = "superuser-secret";
    // zonky does not see a postmaster die at start, it waits this long; recovery after a crash may need some of it
    private static final Duration STARTUP_WAIT = Duration.ofSeconds(30);
    // zonky puts these three on the command line, which wins over postgresql.conf
    private static final Set<String> GIVEN_BY_ZONKY = Set.of("synchronous_commit", "max_connections", "timezone");
    private static final Set<EmbeddedBackend> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(
                new Thread(() -> OPEN.forEach(EmbeddedBackend::close), "pgcdc-test-postgres-closer"));
    }

    private final PostgresBinaries binaries;
    private final Map<String, String> settings;
    private final Duration startupWait;
    private final ServerDirectory directory;
    private final int port = LoopbackPorts.free();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean settingsWritten;

    private EmbeddedBackend(PostgresBinaries binaries, Map<String, String> settings, Duration startupWait) {
        this.binaries = binaries;
        this.settings = settings;
        this.startupWait = startupWait;
        this.directory = ServerDirectory.create(binaries.major());
    }

    static EmbeddedBackend start(int major, Map<String, String> settings) {
        return start(major, settings, STARTUP_WAIT);
    }

    static EmbeddedBackend start(int major, Map<String, String> settings, Duration startupWait) {
        PostgresBinaries binaries = PostgresBinaries.of(major);
        EmbeddedBackend backend = new EmbeddedBackend(binaries, ServerSettings.with(settings), startupWait);
        OPEN.add(backend);
        try {
            backend.start();
            return backend;
        } catch (RuntimeException | Error e) {
            backend.close();
            throw e;
        }
    }

    @Override
    public String host() {
        return "localhost";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String username() {
        return SUPERUSER;
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    public void start() {
        lock.lock();
        try {
            if (!OPEN.contains(this)) {
                throw new IllegalStateException("closed, most likely because the JVM ends");
            }
            startPostmaster();
        } catch (IOException | RuntimeException | LinkageError e) { // zonky: ExceptionInInitializerError
            Postmaster.of(directory.data()).ifPresent(Postmaster::kill);
            forget();
            String failure = "PostgreSQL %d did not start on port %d:%n%s";
            throw new IllegalStateException(failure.formatted(binaries.major(), port, directory.logTail()), e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        if (!postmaster().stop()) {
            LOG.warn("The server on port {} did not stop in time and was killed", port);
        }
        forget();
    }

    @Override
    public void kill() {
        postmaster().kill();
        forget();
    }

    @Override
    public void close() {
        lock.lock(); // when the JVM ends in the middle of a start, the postmaster must be there to be ended
        try {
            if (OPEN.remove(this)) {
                if (Postmaster.of(directory.data()).isPresent()) {
                    stop();
                }
                directory.delete();
            }
        } finally {
            lock.unlock();
        }
    }

    private void startPostmaster() throws IOException {
        Path passwordFile = directory.data().resolveSibling("password");
        Files.writeString(passwordFile, PASSWORD);
        Redirect log = Redirect.appendTo(directory.log().toFile());
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setPgBinaryResolver(binaries)
                .setDataDirectory(directory.data())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                .setPGStartupWait(startupWait)
                .setOutputRedirector(log)
                .setErrorRedirector(log)
                .setConnectConfig("password", PASSWORD)
                // What zonky calls locale are --name=value options of initdb, after its own "-A trust"
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("auth-host", "scram-sha-256")
                .setLocaleConfig("pwfile", passwordFile.toString())
                .setDataDirectoryCustomizer(this::writeSettings);
        GIVEN_BY_ZONKY.forEach(name -> builder.setServerConfig(name, settings.get(name)));
        builder.start();
    }

    private Postmaster postmaster() {
        return Postmaster.of(directory.data())
                .orElseThrow(() -> new IllegalStateException("no postmaster runs in " + directory.data()));
    }

    /**
     * Lets go of zonky's object without closing it: that one would look for a server to stop, and log an error and its
     * stack that there is none. All it holds is a lock file, which would be in the way of the next start.
     */
    private void forget() {
        try {
            Files.deleteIfExists(directory.data().resolve("epg-lock"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Into the file, not on the command line: so tests may change them by {@code ALTER SYSTEM}. */
    private void writeSettings(File dataDirectory) {
        if (settingsWritten) {
            return;
        }
        StringBuilder lines = new StringBuilder("\n# Settings of the tests\n");
        // Nothing outside the data directory: no socket files in /tmp, and after a kill no segments in /dev/shm
        lines.append("unix_socket_directories = ''\n");
        lines.append("dynamic_shared_memory_type = mmap\n");
        settings.forEach((name, value) -> lines.append(name).append(" = '").append(value.replace("'", "''"))
                .append("'\n"));
        try {
            Files.writeString(dataDirectory.toPath().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settingsWritten = true;
    }
}
