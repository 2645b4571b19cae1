package io.pgcdc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The main process of a PostgreSQL server, known by the pid in its data directory's {@code postmaster.pid}, and all
 * that descends from it.
 */
final class Postmaster {

    // A walsender waits without end for its client to confirm what it was sent; pg_ctl of zonky gives it as long
    private static final Duration STOP_WAIT = Duration.ofSeconds(5);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(5);
    private static final Duration DEATH_WAIT = Duration.ofSeconds(30); // SIGKILL is prompt; a machine may not be

    private final ProcessHandle process;
    private final Path pidFile;

    private Postmaster(ProcessHandle process, Path pidFile) {
        this.process = process;
        this.pidFile = pidFile;
    }

    /** The live postmaster of a data directory; none when there is no pid file, or its process is gone or another's. */
    static Optional<Postmaster> of(Path dataDirectory) {
        Path pidFile = dataDirectory.resolve("postmaster.pid");
        return pid(pidFile)
                .flatMap(ProcessHandle::of)
                .filter(Postmaster::isRunning)
                .filter(process -> process.info().command().filter(Postmaster::isPostgres).isPresent())
                .map(process -> new Postmaster(process, pidFile));
    }

    long pid() {
        return process.pid();
    }

    /**
     * Asks for a fast shutdown, as {@code pg_ctl stop -m fast} does, and kills what is left when it takes too long;
     * returns when the postmaster is gone.
     *
     * @return whether it went by itself
     */
    boolean stop() {
        try {
            // A shell, since kill is a program of its own only where somebody installed it
            new ProcessBuilder("sh", "-c", "kill -INT " + pid()).inheritIO().start().waitFor();
            if (Polling.until(STOP_WAIT, POLL_INTERVAL, () -> !isRunning(process))) {
                return true;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // interrupted while it waited, and still so: no time for a polite end
        }
        kill();
        return false;
    }

    /** Ends the postmaster, and then its children, as SIGKILL does; returns when all of them are gone. */
    void kill() {
        // The postmaster first: it starts no child after that, and none gets the time to notice and tidy up
        List<ProcessHandle> family = Stream.concat(Stream.of(process), process.descendants()).toList();
        family.forEach(ProcessHandle::destroyForcibly);
        if (!Polling.until(DEATH_WAIT, POLL_INTERVAL, () -> family.stream().noneMatch(Postmaster::isRunning))) {
            throw new IllegalStateException("postmaster " + pid() + " or a child of it survived SIGKILL");
        }
        if (process.isAlive()) {
            // A zombie, because nobody reaps here (a container with no init): PostgreSQL would take it for a server
            deletePidFile();
        }
    }

    private void deletePidFile() {
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Long> pid(Path pidFile) {
        try (Stream<String> lines = Files.lines(pidFile)) {
            return lines.findFirst().map(String::strip).map(Long::valueOf);
        } catch (IOException | NumberFormatException e) {
            return Optional.empty(); // not there, or not yet written
        }
    }

    private static boolean isPostgres(String command) {
        String program = Path.of(command).getFileName().toString();
        return program.equals("postgres") || program.equals("postgres.exe");
    }

    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && !isZombie(process.pid());
    }

    private static boolean isZombie(long pid) {
        try {
            String status = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return status.startsWith(" Z", status.lastIndexOf(')') + 1); // "pid (command) state …"
        } catch (IOException e) {
            return false; // gone in between, or not Linux
        }
    }
}
