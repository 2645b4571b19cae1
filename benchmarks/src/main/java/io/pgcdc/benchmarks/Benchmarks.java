package io.pgcdc.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The one command: {@code -Dmeasures=copy,stream -Drounds=5 -Drows=2000000 -Dchanges=1000000}. Leaves results.json, the
 * table of docs/performance.md and its charts in {@code -Dbenchmarks.directory}.
 */
public final class Benchmarks {

    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final int WARM_UPS = 1;
    private static final long ROWS = Long.getLong("rows", 2_000_000);
    private static final long CHANGES = Long.getLong("changes", 1_000_000);

    private final Source source;
    private final Results results = new Results();
    private int runs;

    private Benchmarks(Source source) {
        this.source = source;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(System.getProperty("benchmarks.directory", "target/benchmarks"));
        Files.createDirectories(directory);
        try (Source source = new Source()) {
            Benchmarks benchmarks = new Benchmarks(source);
            for (String key : System.getProperty("measures", "copy,stream").split(",")) {
                benchmarks.run(key.strip());
            }
            benchmarks.results.write(directory);
            System.out.println(Files.readString(directory.resolve("performance.md")));
        }
        System.exit(0);
    }

    private void run(String key) throws SQLException {
        switch (key) {
            case "copy" -> copy();
            case "stream" -> stream("stream", "A backlog of changes in 1,000 transactions", 1_000, all());
            case "small" -> stream("small", "A backlog of transactions of one change", CHANGES / 5, List.of(
                    Contenders.RAW_STREAM, Contenders.RECVLOGICAL, Contenders.BATCHES_READ, Contenders.SINGLE_READ,
                    Contenders.DEBEZIUM));
            default -> throw new IllegalArgumentException("no measure is named " + key);
        }
    }

    private static List<String> all() {
        return List.of(
                Contenders.RAW_STREAM, Contenders.RECVLOGICAL, Contenders.ENGINE, Contenders.BATCHES,
                Contenders.BATCHES_READ, Contenders.SINGLE, Contenders.SINGLE_READ, Contenders.EXPRESS,
                Contenders.EXPRESS_SINGLE, Contenders.DEBEZIUM);
    }

    private void copy() {
        source.createOrders("orders", ROWS);
        measure(new Measure(
                "copy", "Copy of a table", "rows", List.of(
                        Contenders.RAW_COPY, Contenders.RAW_COPY_TEXT, Contenders.RAW_COPY_TWICE, Contenders.ENGINE,
                        Contenders.BATCHES,
                        Contenders.BATCHES_READ, Contenders.BATCHES_READ_TWO, Contenders.SINGLE, Contenders.SINGLE_READ,
                        Contenders.DEBEZIUM),
                number -> task("orders", number, null, ROWS)));
    }

    private void stream(String key, String title, long transactions, List<String> contenders) throws SQLException {
        long changes = transactions == 1_000 ? CHANGES : transactions;
        source.createOrders(key, ROWS);
        source.createSlot("kept_" + key);
        source.change(key, ROWS, changes, transactions);
        measure(new Measure(key, title, "changes", contenders, number -> {
            source.copySlot("kept_" + key, "run_" + number);
            return task(key, number, "run_" + number, changes);
        }));
        source.database().execute("SELECT pg_drop_replication_slot('kept_" + key + "')");
    }

    private Task task(String table, long number, String slot, long expected) {
        return new Task(
                source.url(), source.user(), source.password(), table, table, "run_" + number, slot, expected,
                System.getProperty("options", ""), Boolean.getBoolean("heap"));
    }

    /** In turns, one round after the other, each contender in a JVM that stays; the first round is for warming up. */
    private void measure(Measure measure) {
        String only = System.getProperty("contenders", "");
        List<String> names = measure.contenders().stream()
                .filter(name -> only.isBlank() || Arrays.stream(only.split(";")).anyMatch(name::equals))
                .toList();
        List<ContenderJvm> contenders = new ArrayList<>();
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        try {
            names.forEach(name -> contenders.add(new ContenderJvm(name)));
            names.forEach(name -> samples.put(name, new ArrayList<>()));
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                for (ContenderJvm contender : contenders) {
                    Sample sample = contender.run(measure.task().apply(++runs));
                    source.dropSlotsOfRuns();
                    System.err.printf(Locale.ROOT, "%s %d: %s: %,.0f/s, %.2f CPU s per million%n", measure.key(), round,
                            contender.name(), sample.rowsPerSecond(), sample.cpuSecondsPerMillion());
                    if (round >= 0) {
                        samples.get(contender.name()).add(sample);
                    }
                }
            }
        } finally {
            contenders.forEach(ContenderJvm::close);
        }
        results.add(measure, samples);
    }
}
