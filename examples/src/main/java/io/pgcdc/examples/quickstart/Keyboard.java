package io.pgcdc.examples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The lines that somebody types, where somebody can. */
final class Keyboard {

    private static final long GLANCE_MILLIS = 100;

    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    private Keyboard() {
    }

    static Keyboard listen() {
        Keyboard keyboard = new Keyboard();
        if (Terminal.isInteractive()) {
            Thread reader = new Thread(keyboard::read, "keyboard");
            reader.setDaemon(true);
            reader.start();
        }
        return keyboard;
    }

    private void read() {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        try {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                lines.add(Optional.of(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lines.add(Optional.empty());
        }
    }

    /** Waits this long, or less if a stop is wished; returns whether somebody has pressed Enter. */
    boolean isPressed(Duration time, StopSignal stop) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (!stop.isWished() && System.nanoTime() < end) {
            Optional<String> line = lines.poll(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
            if (line != null && line.isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** The next line; {@code null} at the end of the input, or if a stop is wished. */
    String await(StopSignal stop) throws InterruptedException {
        while (!stop.isWished()) {
            Optional<String> line = lines.poll(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
            if (line != null) {
                return line.orElse(null);
            }
        }
        return null;
    }
}
