package io.pgcdc.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.pgcdc.benchmarks.Measure.Kind;

/**
 * The one command: {@code -Dmeasures=copy,stream -Drounds=5 -Drows=2000000 -Dchanges=1000000}. Leaves results.json, the
 * tables of docs/performance.md and its charts in {@code -Dbenchmarks.directory}. With {@code -Dbefore=DIRECTORY}, the
 * classes of an earlier build of the component, the measure {@code metrics} compares with that.
 */
public final class Benchmarks {

    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    /** The compilers of the JVMs still work in the second round. */
    private static final int WARM_UPS = 3;
    private static final long ROWS = Long.getLong("rows", 2_000_000);
    private static final long CHANGES = Long.getLong("changes", 1_000_000);
    private static final String ONCE = "initialOnly";
    private static final int WIDE_COLUMNS = 200;
    private static final int LATENCY_SECONDS = 10;

    private final Source source;
    private final Results results;
    private int runs;

    private Benchmarks(Source source) {
        this.source = source;
        this.results = new Results(source.version());
    }

    /** @param arguments none */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(System.getProperty("benchmarks.directory", "target/benchmarks"));
        Files.createDirectories(directory);
        try (Source source = new Source()) {
            Benchmarks benchmarks = new Benchmarks(source);
            for (String key : System.getProperty("measures", "copy,stream").split(",")) {
                benchmarks.run(key.strip());
                // What there is, should a later one fail.
                benchmarks.results.write(directory);
            }
            System.out.println(Files.readString(directory.resolve("performance.md")));
        }
        System.exit(0);
    }

    private void run(String key) throws SQLException {
        switch (key) {
            case "copy" -> copy("copy", Kind.RATE, List.of(
                    Contenders.RAW_COPY, Contenders.RAW_COPY_TEXT, Contenders.RAW_COPY_TWICE, Contenders.ENGINE,
                    Contenders.BATCHES, Contenders.BATCHES_READ, Contenders.BATCHES_READ_TWO, Contenders.SINGLE,
                    Contenders.SINGLE_READ, Contenders.DEBEZIUM));
            case "stream" -> backlog("stream", "A backlog of changes in 1,000 transactions", Kind.RATE, CHANGES, 1_000, List.of(
                    Contenders.RAW_STREAM, Contenders.RAW_STREAM_BINARY, Contenders.RECVLOGICAL, Contenders.RAW_CHUNKS,
                    Contenders.ENGINE,
                    Contenders.BATCHES,
                    Contenders.BATCHES_READ, Contenders.SINGLE, Contenders.SINGLE_READ, Contenders.EXPRESS,
                    Contenders.EXPRESS_SINGLE, Contenders.DEBEZIUM));
            case "metrics" -> backlog(
                    "metrics", "What metrics cost: a backlog of changes in 1,000 transactions", Kind.RATE, CHANGES, 1_000,
                    System.getProperty("before", "").isBlank()
                            ? List.of(
                                    Contenders.BATCHES_READ, Contenders.BATCHES_SCRAPED, Contenders.SINGLE_READ,
                                    Contenders.SINGLE_SCRAPED)
                            : List.of(
                                    Contenders.BATCHES_READ + Contenders.BEFORE, Contenders.BATCHES_SCRAPED,
                                    Contenders.SINGLE_READ + Contenders.BEFORE, Contenders.SINGLE_SCRAPED));
            case "small" -> backlog("small", "A backlog of transactions of one change", Kind.RATE, CHANGES / 5, CHANGES / 5,
                    List.of(
                            Contenders.RAW_STREAM, Contenders.RAW_STREAM_BINARY, Contenders.RECVLOGICAL,
                            Contenders.BATCHES_READ, Contenders.SINGLE_READ,
                            Contenders.EXPRESS, Contenders.DEBEZIUM));
            case "large" -> backlog(
                    "large", "A backlog of one transaction, from the start of the route", Kind.WHOLE, CHANGES, 1, List.of(
                            Contenders.RAW_STREAM, Contenders.RAW_STREAM_BINARY, Contenders.RECVLOGICAL,
                            Contenders.BATCHES_READ, Contenders.SINGLE_READ,
                            Contenders.IN_PROGRESS, Contenders.EXPRESS, Contenders.DEBEZIUM));
            case "commit" -> commit();
            case "wide" -> wide();
            case "latency" -> {
                latency(1_000, 1);
                latency(10_000, 10);
            }
            case "start" -> start(1_000);
            case "start_many" -> start(10_000);
            case "heap" -> {
                copy("copy_heap", Kind.HEAP, List.of(
                        Contenders.RAW_COPY, Contenders.BATCHES_READ, Contenders.BATCHES_READ_TWO, Contenders.SINGLE_READ,
                        Contenders.DEBEZIUM));
                backlog("stream_heap", "Live heap while a backlog is read", Kind.HEAP, CHANGES, 1_000, List.of(
                        Contenders.RAW_STREAM, Contenders.BATCHES_READ, Contenders.SINGLE_READ, Contenders.EXPRESS,
                        Contenders.DEBEZIUM));
            }
            default -> throw new IllegalArgumentException("no measure is named " + key);
        }
    }

    private void copy(String key, Kind kind, List<String> contenders) {
        source.createOrders(key, ROWS);
        measure(new Measure(
                key, kind == Kind.HEAP ? "Live heap while a table is copied" : "Copy of a table", kind, "rows", contenders,
                number -> task(key, "run_" + number, null, ONCE, ROWS, kind)));
        source.drop(key);
    }

    private void backlog(String key, String title, Kind kind, long changes, long transactions, List<String> contenders)
            throws SQLException {
        String kept = "kept_" + key;
        source.createOrders(key, ROWS);
        source.createSlot(kept);
        source.change(key, ROWS, changes, transactions);
        measure(new Measure(key, title, kind, "changes", contenders, number -> {
            source.copySlot(kept, "run_" + number);
            return task(key, "run_" + number, "run_" + number, null, changes, kind);
        }));
        source.dropSlot(kept);
        source.drop(key);
    }

    private void wide() throws SQLException {
        long rows = ROWS / 20;
        source.createWide("wide", WIDE_COLUMNS, rows);
        measure(new Measure(
                "wide", "Copy of a table of " + WIDE_COLUMNS + " columns", Kind.RATE, "rows",
                List.of(
                        Contenders.RAW_COPY, Contenders.BATCHES_READ, Contenders.BATCHES_READ_TWO, Contenders.SINGLE_READ,
                        Contenders.DEBEZIUM),
                number -> task("wide", "run_" + number, null, ONCE, rows, Kind.RATE)));
        source.drop("wide");
    }

    private void latency(int changesPerSecond, int changesPerTransaction) {
        String key = "latency_" + changesPerSecond;
        long changes = (long) changesPerSecond * LATENCY_SECONDS;
        source.createOrders(key, 1_000);
        measure(new Measure(
                key, String.format(Locale.ROOT, "From commit to route, at %,d changes a second", changesPerSecond),
                Kind.LATENCY, "changes", List.of(Contenders.SINGLE_TIMED, Contenders.DEBEZIUM_TIMED), number -> {
                    String slot = "run_" + number;
                    source.createSlot(slot);
                    source.writeWhenRead(key, slot, changes, changesPerTransaction, changesPerSecond);
                    return task(key, slot, slot, null, changes, Kind.LATENCY);
                }));
        source.drop(key);
    }

    /** One transaction that is followed while it runs: how long after its commit its changes are there. */
    private void commit() {
        source.createOrders("commit", CHANGES);
        measure(new Measure(
                "commit", "From the commit of a transaction that was followed to its changes at the route", Kind.LATENCY,
                "changes", List.of(Contenders.BATCHES_TIMED, Contenders.IN_PROGRESS_TIMED), number -> {
                    String slot = "run_" + number;
                    source.createSlot(slot);
                    source.writeWhenRead("commit", slot, CHANGES, CHANGES, CHANGES);
                    return task("commit", slot, slot, null, CHANGES, Kind.LATENCY);
                }));
        source.drop("commit");
    }

    private void start(int tables) throws SQLException {
        String key = "start_" + tables;
        source.createMany(key, tables, 1);
        try (ContenderJvm first = new ContenderJvm(Contenders.START)) {
            first.run(task(key, key, null, "initial", tables, Kind.START));
        }
        measure(new Measure(
                key, String.format(Locale.ROOT, "From the start to the first change, with %,d tables", tables), Kind.START,
                "changes", List.of(Contenders.CONTEXT, Contenders.START), number -> {
                    source.database().execute("UPDATE " + key + ".t1 SET note = 'changed'");
                    return task(key, key, null, "initial", 1, Kind.START);
                }));
        source.dropMany(key);
    }

    private Task task(String publication, String name, String slot, String snapshot, long expected, Kind kind) {
        return new Task(
                source.url(), source.user(), source.password(), publication, publication, name, slot, snapshot, expected,
                kind == Kind.HEAP);
    }

    /** Each round begins with another one. */
    private static List<ContenderJvm> turn(List<ContenderJvm> contenders, int round) {
        List<ContenderJvm> turn = new ArrayList<>(contenders);
        Collections.rotate(turn, -round);
        return turn;
    }

    /** In turns, one round after the other, each contender in a JVM that stays; the first rounds are for warming up. */
    private void measure(Measure measure) {
        String only = System.getProperty("contenders", "");
        List<String> names = measure.contenders().stream()
                .filter(name -> only.isBlank() || Arrays.stream(only.split(";")).map(String::strip).anyMatch(name::equals))
                .filter(name -> !name.equals(Contenders.RECVLOGICAL) || RecvLogical.isInstalled())
                .toList();
        if (names.isEmpty()) {
            throw new IllegalArgumentException("of the measure " + measure.key() + " there are: " + measure.contenders());
        }
        List<ContenderJvm> contenders = new ArrayList<>();
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        try {
            names.forEach(name -> contenders.add(new ContenderJvm(name)));
            names.forEach(name -> samples.put(name, new ArrayList<>()));
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                for (ContenderJvm contender : turn(contenders, round + WARM_UPS)) {
                    Sample sample = contender.run(measure.task().apply(++runs));
                    if (measure.kind() != Kind.START) {
                        source.dropSlotsOfRuns();
                    }
                    System.err.printf(Locale.ROOT, "%s %d: %s: %s%n", measure.key(), round, contender.name(),
                            Results.line(measure.kind(), sample));
                    if (round >= 0) {
                        samples.get(contender.name()).add(measure.kind() == Kind.WHOLE ? sample.whole() : sample);
                    }
                }
            }
        } finally {
            contenders.forEach(ContenderJvm::close);
            source.dropSlotsOfRuns();
        }
        results.add(measure, samples);
    }
}
