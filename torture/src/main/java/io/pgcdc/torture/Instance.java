package io.pgcdc.torture;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** A running {@link RouteProcess}, seen from here. Safe for use by several threads. */
final class Instance {

    /** What a failpoint and a real SIGKILL leave as exit code. */
    static final int KILLED = 137;
    private static final Duration DEATH = Duration.ofSeconds(20);

    private final int number;
    private final Process process;
    private final ReentrantLock writing = new ReentrantLock();
    private final CountDownLatch unlinked = new CountDownLatch(1);

    private DataOutputStream out;
    private volatile Report report = Report.NONE;
    private volatile long dyingSince;
    private volatile long exchanges;
    private volatile int runsFailed;

    private Instance(int number, Process process) {
        this.number = number;
        this.process = process;
    }

    /**
     * Starts a JVM.
     *
     * @param failPoints the value of {@code pgcdc.failpoints}
     */
    static Instance start(int number, Map<String, String> environment, String failPoints, File log) {
        List<String> command = new ArrayList<>(
                List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx256m", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Dpgcdc.failpoints=" + failPoints,
                        "-Dpgcdc.log=" + System.getProperty("pgcdc.log", "DEBUG"),
                        "-cp", System.getProperty("java.class.path"), RouteProcess.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().putAll(environment);
        builder.environment().put(RouteProcess.INSTANCE, Integer.toString(number));
        try {
            return new Instance(number, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int number() {
        return number;
    }

    Report report() {
        return report;
    }

    /** How many exchanges it has delivered. */
    long exchanges() {
        return exchanges;
    }

    int runsFailed() {
        return runsFailed;
    }

    /** When a thread of it began to die, by {@link System#nanoTime()}; 0 if none did. */
    long dyingSince() {
        return dyingSince;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** As {@code kill -9}; returns when it is dead and all that it had sent has been read. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Waits until it has ended by itself. Returns whether it did. */
    boolean awaitDeath(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a JVM ends", e);
        }
        awaitEnd();
        return true;
    }

    void suspend() {
        command(Wire.SUSPEND, null);
    }

    void resume() {
        command(Wire.RESUME, null);
    }

    void stop() {
        command(Wire.STOP, null);
    }

    void dieAt(String failPoint) {
        command(Wire.DIE_AT, failPoint);
    }

    boolean answer(long exchange, boolean complete) {
        writing.lock();
        try {
            out.writeByte(Wire.ANSWER);
            out.writeLong(exchange);
            out.writeBoolean(complete);
            out.flush();
            return true;
        } catch (IOException e) {
            return false; // dead
        } finally {
            writing.unlock();
        }
    }

    void linked(Socket socket) throws IOException {
        writing.lock();
        try {
            out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        } finally {
            writing.unlock();
        }
    }

    void unlinked() {
        unlinked.countDown();
    }

    void reported(Report latest) {
        report = latest;
    }

    void runFailed() {
        runsFailed++;
    }

    void delivered() {
        exchanges++;
    }

    void dying() {
        dyingSince = System.nanoTime();
    }

    @Override
    public String toString() {
        return "instance " + number;
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(DEATH.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(this + " does not die");
            }
            // One that died before it had connected has no link.
            unlinked.await(out == null ? 1 : DEATH.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a JVM ends", e);
        }
    }

    private void command(byte kind, String argument) {
        writing.lock();
        try {
            if (out == null) {
                throw new IllegalStateException(this + " has not connected yet");
            }
            out.writeByte(kind);
            if (argument != null) {
                out.writeUTF(argument);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writing.unlock();
        }
    }
}
