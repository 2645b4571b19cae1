package io.pgcdc.camel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What doesn't fit into the heap passes through it: in a JVM of its own with {@code -Xmx128m}, which an
 * OutOfMemoryError ends. {@code -Dpgcdc.test.memory.rows=5000000} sets the size of the transaction.
 */
@PostgresTest
class BoundedMemoryIT {

    private static final int ROWS = Integer.getInteger("pgcdc.test.memory.rows", 150_000);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = { "batching=true", "batching=false" })
    void a_transaction_of_millions_of_rows_passes(String options, TestDatabase database) throws Exception {
        database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, a text, b numeric, c timestamptz, d uuid, e int)",
                "CREATE PUBLICATION mypub FOR TABLE t");
        run(database, options, () -> database.execute(
                "INSERT INTO t SELECT i, 'row ' || i, i / 7.0, now(), gen_random_uuid(), i"
                                                      + " FROM generate_series(1, " + ROWS + ") i"),
                ROWS);
    }

    @ParameterizedTest
    @ValueSource(strings = { "batching=true", "batching=false" })
    void a_table_with_values_of_ten_megabytes_passes_in_copy_and_stream(String options, TestDatabase database)
            throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, big text)",
                "INSERT INTO t SELECT i, repeat(md5(i::text), 327680) FROM generate_series(1, 12) i",
                "CREATE PUBLICATION mypub FOR TABLE t");
        run(database, options, () -> database.execute(
                "INSERT INTO t SELECT 100 + i, repeat(md5(i::text), 327680) FROM generate_series(1, 12) i"), 24);
    }

    @Test
    void a_table_of_many_rows_is_copied(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, a text)",
                "INSERT INTO t SELECT i, repeat('x', 200) FROM generate_series(1, " + ROWS + ") i",
                "CREATE PUBLICATION mypub FOR TABLE t");
        run(database, "copyRangeBytes=1048576", () -> {
        }, ROWS);
    }

    @ParameterizedTest
    @ValueSource(strings = { "batching=true", "batching=false" })
    void a_route_that_is_slower_than_copy_and_stream_does_not_grow_the_heap(String options, TestDatabase database)
            throws Exception {
        String columns = IntStream.range(0, 600).mapToObj(i -> ", c" + i + " text DEFAULT 'ab'").collect(Collectors.joining());
        database.execute("CREATE TABLE wide (id bigint PRIMARY KEY" + columns + ")", "CREATE TABLE narrow (id bigint)",
                "INSERT INTO wide SELECT i FROM generate_series(1, 4000) i",
                "INSERT INTO narrow SELECT i FROM generate_series(1, 20000) i",
                "CREATE PUBLICATION mypub FOR TABLE wide, narrow");
        run(database, options + "&includeSchemaChanges=false", () -> database.execute(
                "INSERT INTO wide SELECT i FROM generate_series(4001, 8000) i",
                "INSERT INTO narrow SELECT i FROM generate_series(20001, 40000) i"), 48_000, "-Dslow=true");
    }

    /** On the supervising thread, whose handling of it finds no memory either. */
    @Test
    void a_pipeline_goes_on_after_the_heap_was_full(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
        run(database, "includeSchemaChanges=false", () -> database.execute("INSERT INTO t VALUES (1)"), 1,
                "-Dpgcdc.failpoints=on", "-Dfull=POSITION_STORED", "-XX:-ExitOnOutOfMemoryError");
    }

    private void run(TestDatabase database, String options, Runnable change, long changes, String... jvm) throws Exception {
        Path log = directory.resolve("log");
        Process process = start(database, options, log, jvm);
        try {
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
                requireAlive(process, log);
                return database.query(
                        "SELECT to_regclass('pgcdc.table_state') IS NOT NULL", Boolean.class)
                        && database.query("SELECT count(*) > 0 AND bool_and(state = 'READY') FROM pgcdc.table_state",
                                Boolean.class);
            });
            change.run();
            Awaitility.await().atMost(Duration.ofMinutes(Math.max(2, ROWS / 300_000))).pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        requireAlive(process, log);
                        return last(log).startsWith("changes " + changes + " ");
                    });
            System.out.println(options + ": " + last(log));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static Process start(TestDatabase database, String options, Path log, String... jvm) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
                        "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of(jvm));
        command.addAll(
                List.of(
                        "-cp", System.getProperty("java.class.path"), SmallHeap.class.getName(),
                        database.url(), database.username(), String.valueOf(database.password()), options));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    private static void requireAlive(Process process, Path log) throws IOException {
        assertThat(process.isAlive()).as(() -> {
            try {
                return Files.readString(log).toLowerCase(Locale.ROOT);
            } catch (IOException e) {
                return e.toString();
            }
        }).isTrue();
    }

    private static String last(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("changes "))
                .reduce((first, second) -> second)
                .orElse("");
    }
}
