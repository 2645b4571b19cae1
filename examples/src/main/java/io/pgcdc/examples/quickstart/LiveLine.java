package io.pgcdc.examples.quickstart;

import java.sql.SQLException;
import java.time.Duration;

/** One line a second about the stream. */
final class LiveLine {

    private final SourceView source;
    private final Progress progress;
    private final long startNanos = System.nanoTime();
    private long lastNanos = startNanos;
    private long lastChanges;

    LiveLine(SourceView source, Progress progress) {
        this.source = source;
        this.progress = progress;
        this.lastChanges = progress.changes();
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    void say() {
        long now = System.nanoTime();
        long changes = progress.changes();
        double rate = (changes - lastChanges) * 1e9 / Math.max(1, now - lastNanos);
        lastNanos = now;
        lastChanges = changes;
        Terminal.say("%4d s  %,7.0f changes/s  %s", elapsed().toSeconds(), rate, slot());
    }

    private String slot() {
        try {
            return source.slotState()
                    .map(slot -> String.format("lag %9s  acknowledged %s", Terminal.bytes(slot.lagBytes()),
                            slot.acknowledged()))
                    .orElse("no slot " + source.slot());
        } catch (SQLException e) {
            return "the database does not answer: " + e.getMessage();
        }
    }
}
