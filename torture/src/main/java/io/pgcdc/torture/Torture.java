package io.pgcdc.torture;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

import io.pgcdc.testing.PostgresServer;

/**
 * The long run: {@code -Dseed=1 -Dminutes=40} takes one seed after the other as long as there is time, goes on after a
 * failure, and leaves the table of docs/reliability.md in {@code -Dtorture.directory}. With {@code -Dparallel=2} two
 * seeds run at once, each on its own server.
 */
public final class Torture {

    private static final int EFFORT = 4;
    /** What a server for torture is set to: it gives a silent client up soon. */
    static final Map<String, String> SERVER = Map.of(
            "wal_sender_timeout", Nemesis.WAL_SENDER_TIMEOUT.toMillis() + "ms", "max_wal_size", "512MB");

    private Torture() {
    }

    public static void main(String[] arguments) throws Exception {
        AtomicLong seeds = new AtomicLong(Long.getLong("seed", 1));
        Path directory = Path.of(System.getProperty("torture.directory", "target/torture"));
        Files.createDirectories(directory);
        long end = System.nanoTime() + Duration.ofMinutes(Long.getLong("minutes", 2)).toNanos();
        List<SeedResult> results = new CopyOnWriteArrayList<>();
        List<Callable<Void>> lanes = Collections.nCopies(Integer.getInteger("parallel", 1), () -> {
            torture(seeds, end, directory, results);
            return null;
        });
        ExecutorService threads = Executors.newFixedThreadPool(lanes.size());
        for (Future<Void> lane : threads.invokeAll(lanes)) {
            lane.get();
        }
        results.sort(Comparator.comparing(SeedResult::seed));
        String table = new ReliabilityTable(results).markdown();
        Files.writeString(directory.resolve("torture.md"), table);
        System.out.println(table);
        results.forEach(Torture::tellFailure);
        System.exit(results.stream().allMatch(SeedResult::passed) ? 0 : 1);
    }

    /** One seed after the other, on a server of its own. */
    private static void torture(AtomicLong seeds, long end, Path directory, List<SeedResult> results) {
        try (PostgresServer server = PostgresServer.start(PostgresServer.shared().major(), SERVER)) {
            do {
                results.add(torture(server, seeds.getAndIncrement(), directory));
            } while (System.nanoTime() + longest(results).toNanos() < end);
        }
    }

    private static SeedResult torture(PostgresServer server, long seed, Path directory) {
        File log = directory.resolve("seed-" + seed + ".log").toFile();
        try (TortureRun run = new TortureRun(server, seed, Variant.of(seed), log, System.out::println)) {
            SeedResult result = run.run(EFFORT);
            tellFailure(result);
            return result;
        }
    }

    private static void tellFailure(SeedResult result) {
        if (!result.passed()) {
            System.out.println("FAILED: seed " + result.seed() + " (again with -Dseed=" + result.seed() + "), "
                               + result.violations().get(0));
        }
    }

    private static Duration longest(List<SeedResult> results) {
        return Duration.ofSeconds(results.stream().mapToLong(SeedResult::seconds).max().orElse(0));
    }
}
