package io.pgcdc.examples.quickstart;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

import io.pgcdc.examples.quickstart.Checksums.Checksum;
import io.pgcdc.model.TableId;

/** A run on the embedded shop, from filling it to the comparison at the end. */
final class ShopRun {

    private static final Duration LONGEST_COPY = Duration.ofSeconds(90);
    private static final Duration LONGEST_CATCH_UP = Duration.ofSeconds(30);
    private static final int STOPPED_BEFORE_START = 130;

    private final Settings settings;
    private final EmbeddedShop shop;
    private final DuckDbFile file;
    private final StopSignal stop;

    ShopRun(Settings settings, EmbeddedShop shop, DuckDbFile file, StopSignal stop) {
        this.settings = settings;
        this.shop = shop;
        this.file = file;
        this.stop = stop;
    }

    /** Returns the exit code. */
    int run() throws Exception {
        shop.fill();
        try (SourceView view = SourceView.open(shop.source())) {
            Map<TableId, Long> expected = view.countedRows();
            long rows = expected.values().stream().mapToLong(Long::longValue).sum();
            Terminal.say("Copying %,d rows of %d tables to %s", rows, expected.size(), file.path());
            if (stop.isWished()) {
                Terminal.say("Stopped before the copy began");
                return STOPPED_BEFORE_START;
            }
            stream(view, expected);
            return compare(expected.keySet());
        }
    }

    private void stream(SourceView view, Map<TableId, Long> expected) throws Exception {
        try (Streaming streaming = Streaming.start(shop.source(), file, StatusPage.choose(settings.port()))) {
            try (Workload workload = Workload.start(shop.source())) {
                if (streaming.awaitCopy(expected, stop, LONGEST_COPY)) {
                    Duration length = settings.length().orElseThrow();
                    Terminal.say("Streaming for %d s; Ctrl-C stops earlier%s", length.toSeconds(), QueryDoor.hint());
                    streaming.watch(view, stop, length, workload::requireHealthy);
                }
                workload.requireHealthy();
            }
            awaitCaughtUp(view, streaming);
            if (settings.query().isPresent()) {
                Terminal.say("%n%s", settings.query().get());
                new QueryDoor(file).ask(settings.query().get());
            }
        }
    }

    private static void awaitCaughtUp(SourceView view, Streaming streaming)
            throws SQLException, InterruptedException {
        String end = view.currentLsn();
        Terminal.say("Stopping: the shop is closed at %s, waiting until that is acknowledged", end);
        streaming.resume();
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

    private int compare(Collection<TableId> tables) throws SQLException {
        boolean equal = true;
        Terminal.say("%n%-24s %-28s %-28s", "rows and checksum", "PostgreSQL", "DuckDB");
        try (Connection postgres = shop.source().connect(); Connection duckDb = file.connect()) {
            for (TableId table : tables) {
                Checksum source = Checksums.ofPostgres(postgres, table);
                Checksum copy = Checksums.ofDuckDb(duckDb, postgres, table);
                Terminal.say("%-24s %-28s %-28s %s", table, source, copy, Terminal.mark(source.equals(copy)));
                equal &= source.equals(copy);
            }
        }
        Terminal.say(
                equal
                        ? "%nBoth sides are equal in every column of every row. The copy is in %s"
                        : "%nThe sides differ. The copy is in %s",
                file.path());
        return equal ? 0 : 1;
    }
}
