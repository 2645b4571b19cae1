package io.pgcdc.examples.quickstart;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import io.pgcdc.model.TableId;

/** A run on the embedded shop, from filling it to the comparison at the end. */
final class ShopRun {

    private static final Duration LONGEST_COPY = Duration.ofSeconds(90);
    private static final Duration LONGEST_CATCH_UP = Duration.ofSeconds(30);
    private static final int STOPPED_BEFORE_START = 130;

    private final Settings settings;
    private final EmbeddedShop shop;
    private final StopSignal stop;

    ShopRun(Settings settings, EmbeddedShop shop, StopSignal stop) {
        this.settings = settings;
        this.shop = shop;
        this.stop = stop;
    }

    /** Returns the exit code. */
    int run() throws Exception {
        shop.fill();
        try (SourceView view = SourceView.open(shop.source())) {
            Map<TableId, Long> expected = view.countedRows();
            long rows = expected.values().stream().mapToLong(Long::longValue).sum();
            Terminal.say("Copying %,d rows of %d tables to %s", rows, expected.size(), settings.output());
            if (stop.isWished()) {
                Terminal.say("Stopped before the copy began");
                return STOPPED_BEFORE_START;
            }
            stream(view, expected);
            return compare(view.countedRows());
        }
    }

    private void stream(SourceView view, Map<TableId, Long> expected) throws Exception {
        try (Streaming streaming = Streaming.start(shop.source(), settings)) {
            try (Workload workload = Workload.start(shop.source())) {
                if (streaming.awaitCopy(expected, stop, LONGEST_COPY)) {
                    Duration length = settings.length().orElseThrow();
                    Terminal.say("Streaming for %d s; Ctrl-C stops earlier", length.toSeconds());
                    streaming.watch(view, stop, length, workload::requireHealthy);
                }
                workload.requireHealthy();
            }
            awaitCaughtUp(view, streaming, expected);
        }
    }

    private static void awaitCaughtUp(SourceView view, Streaming streaming, Map<TableId, Long> expected)
            throws SQLException, InterruptedException {
        String end = view.currentLsn();
        Terminal.say("Stopping: the shop is closed at %s, waiting until that is acknowledged", end);
        long start = System.nanoTime();
        while (!streaming.isCopied() || !view.isAcknowledged(end)) {
            if (System.nanoTime() - start > LONGEST_CATCH_UP.toNanos()) {
                throw new IllegalStateException(
                        "After " + LONGEST_CATCH_UP.toSeconds() + " s " + end
                                                + " is still not acknowledged; the log tells more");
            }
            Thread.sleep(50);
        }
    }

    private int compare(Map<TableId, Long> sourceRows) throws IOException {
        Map<TableId, Long> fileRows = new TreeMap<>();
        for (TableId table : sourceRows.keySet()) {
            fileRows.put(table, Recount.liveRows(NdjsonFiles.fileOf(settings.output(), table)));
        }
        Terminal.say("%n%-30s %14s %14s", "rows per table", "PostgreSQL", "files");
        sourceRows.forEach((table, rows) -> Terminal.say("%-30s %,14d %,14d  %s", table, rows, fileRows.get(table),
                Terminal.mark(rows.equals(fileRows.get(table)))));
        boolean equal = sourceRows.equals(fileRows);
        Terminal.say(equal ? "%nBoth sides are equal. The files are in %s" : "%nThe sides differ. The files are in %s",
                settings.output());
        return equal ? 0 : 1;
    }
}
