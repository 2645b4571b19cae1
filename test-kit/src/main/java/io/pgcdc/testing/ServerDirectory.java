package io.pgcdc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one embedded server: {@code pgcdc-postgres-<user>/<name>} in the directory that the system property
 * {@code pgcdc.test.postgres.directory} names (a memory file system such as {@code /dev/shm} makes databases five times
 * as fast), else in that for temporary files; and beside it {@code <name>.lock}, which this JVM holds locked for as
 * long as the server is its own.
 *
 * <p>
 * A JVM that is killed leaves its servers running, and the system gives up its locks: the next JVM that makes a
 * directory here ends those servers by their own pid and removes their files.
 */
final class ServerDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(ServerDirectory.class);
    private static final Path PARENT = Path.of(
            System.getProperty("pgcdc.test.postgres.directory", System.getProperty("java.io.tmpdir")),
            "pgcdc-postgres-" + System.getProperty("user.name"));
    private static final String LOCK_SUFFIX = ".lock";
    private static final AtomicBoolean ABANDONED_REMOVED = new AtomicBoolean();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Path directory;
    private final Path lockFile;
    private final FileChannel lock;

    private ServerDirectory(Path directory, Path lockFile, FileChannel lock) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    static ServerDirectory create(int major) {
        try {
            Files.createDirectories(PARENT);
            // INVARIANT: before the first lock of our own, since closing a second channel would give that one up
            if (ABANDONED_REMOVED.compareAndSet(false, true)) {
                removeAbandoned();
            }
            String name = major + "-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet() + "-"
                          + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
            Path lockFile = PARENT.resolve(name + LOCK_SUFFIX);
            FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            lock.lock();
            return new ServerDirectory(Files.createDirectory(PARENT.resolve(name)), lockFile, lock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The data directory of the server; initdb makes it. */
    Path data() {
        return directory.resolve("data");
    }

    /** What the server and its tools print. */
    Path log() {
        return directory.resolve("server.log");
    }

    /** The last lines of {@link #log()}, for messages. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    /** Removes everything and gives up the lock. The server must be gone. */
    void delete() {
        try {
            deleteRecursively(directory);
            Files.deleteIfExists(lockFile);
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeAbandoned() throws IOException {
        List<Path> locks;
        try (Stream<Path> files = Files.list(PARENT)) {
            locks = files.filter(file -> file.toString().endsWith(LOCK_SUFFIX)).toList();
        }
        for (Path lockFile : locks) {
            try (FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.WRITE)) {
                if (lock.tryLock() != null) {
                    String name = lockFile.getFileName().toString();
                    Path directory = PARENT.resolve(name.substring(0, name.length() - LOCK_SUFFIX.length()));
                    LOG.info("Removing the server that a killed JVM left in {}", directory);
                    Postmaster.of(directory.resolve("data")).ifPresent(Postmaster::stop);
                    deleteRecursively(directory);
                    Files.deleteIfExists(lockFile);
                }
            } catch (IOException | UncheckedIOException e) {
                LOG.info("Left {} as it is: {}", lockFile, e.toString()); // most likely another JVM is at it
            }
        }
    }

    private static void deleteRecursively(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> children;
        try (Stream<Path> tree = Files.walk(directory)) {
            children = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path child : children) {
            Files.deleteIfExists(child);
        }
    }
}
