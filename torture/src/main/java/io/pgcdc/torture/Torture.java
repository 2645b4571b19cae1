package io.pgcdc.torture;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.pgcdc.testing.PostgresServer;

/**
 * The long run: {@code -Dseed=1 -Dminutes=40} takes one seed after the other as long as there is time, goes on after a
 * failure, and leaves the table of docs/reliability.md in {@code -Dtorture.directory}.
 */
public final class Torture {

    private static final int EFFORT = 4;
    /** What a server for torture is set to: it gives a silent client up soon. */
    static final Map<String, String> SERVER = Map.of(
            "wal_sender_timeout", Nemesis.WAL_SENDER_TIMEOUT.toMillis() + "ms", "max_wal_size", "512MB");

    private Torture() {
    }

    public static void main(String[] arguments) throws IOException {
        long seed = Long.getLong("seed", 1);
        Duration time = Duration.ofMinutes(Long.getLong("minutes", 2));
        Path directory = Path.of(System.getProperty("torture.directory", "target/torture"));
        Files.createDirectories(directory);
        List<SeedResult> results = new ArrayList<>();
        long end = System.nanoTime() + time.toNanos();
        try (PostgresServer server = PostgresServer.start(PostgresServer.shared().major(), SERVER)) {
            while (results.isEmpty() || System.nanoTime() + longest(results).toNanos() < end) {
                results.add(torture(server, seed++, directory));
                Files.writeString(directory.resolve("torture.md"), new ReliabilityTable(results).markdown());
            }
        }
        System.out.println(new ReliabilityTable(results).markdown());
        boolean passed = results.stream().allMatch(SeedResult::passed);
        results.forEach(Torture::tellFailure);
        System.exit(passed ? 0 : 1);
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
