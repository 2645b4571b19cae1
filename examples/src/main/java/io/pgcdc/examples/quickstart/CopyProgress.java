package io.pgcdc.examples.quickstart;

import java.util.Map;
import java.util.TreeMap;

import io.pgcdc.examples.quickstart.Progress.CopyState;
import io.pgcdc.examples.quickstart.Progress.TableProgress;
import io.pgcdc.model.TableId;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar per table while it is copied; where nobody looks at a terminal, a line now and then. */
final class CopyProgress implements AutoCloseable {

    private static final int MOST_BARS = 12;
    private static final long SPEED_FROM_ROWS = 1_000_000;
    private static final long LINE_EVERY_NANOS = 2_000_000_000L;

    private final Map<TableId, Long> expected;
    private final Progress progress;
    private final Map<TableId, ProgressBar> bars = new TreeMap<>();
    private ProgressBar sum;
    private long lastLineNanos = System.nanoTime();

    CopyProgress(Map<TableId, Long> expected, Progress progress) {
        this.expected = expected;
        this.progress = progress;
    }

    /** Shows how far it is now. */
    void refresh() {
        if (!Terminal.isInteractive()) {
            refreshLine();
        } else if (expected.size() > MOST_BARS) {
            refreshSum();
        } else {
            expected.forEach(this::refreshBar);
        }
    }

    private void refreshBar(TableId table, long estimate) {
        TableProgress now = progress.of(table);
        if (now.state() == CopyState.NOT_SEEN && now.rows() == 0) {
            return;
        }
        ProgressBar bar = bars.computeIfAbsent(table, missing -> bar(missing.toString(), estimate));
        boolean ended = now.state() == CopyState.ENDED;
        bar.maxHint(ended ? now.rows() : Math.max(estimate, now.rows()));
        bar.stepTo(now.rows());
    }

    private void refreshSum() {
        long rows = rows();
        if (rows > 0) {
            if (sum == null) {
                sum = bar(expected.size() + " tables", estimate());
            }
            sum.maxHint(Math.max(estimate(), rows));
            sum.stepTo(rows);
        }
    }

    private void refreshLine() {
        if (System.nanoTime() - lastLineNanos >= LINE_EVERY_NANOS && rows() > 0) {
            lastLineNanos = System.nanoTime();
            sayLine();
        }
    }

    private void sayLine() {
        long ended = expected.keySet().stream().filter(table -> progress.of(table).state() == CopyState.ENDED).count();
        Terminal.say("copied %,d of about %,d rows, %d of %d tables", rows(), Math.max(estimate(), rows()), ended,
                expected.size());
    }

    private long rows() {
        return expected.keySet().stream().mapToLong(table -> progress.of(table).rows()).sum();
    }

    private long estimate() {
        return expected.values().stream().mapToLong(Long::longValue).sum();
    }

    private static ProgressBar bar(String name, long rows) {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(String.format("%-20s", name))
                .setInitialMax(rows)
                .setStyle(Terminal.isUnicode() ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setUnit(" rows", 1)
                .setUpdateIntervalMillis(100);
        // what takes less than a second has no speed
        return (rows < SPEED_FROM_ROWS ? builder : builder.showSpeed()).build();
    }

    @Override
    public void close() {
        refresh();
        bars.values().forEach(ProgressBar::close);
        if (sum != null) {
            sum.close();
        }
        if (rows() == 0) {
            Terminal.say("Nothing copied in this run");
        } else if (!Terminal.isInteractive()) {
            sayLine();
        }
    }
}
