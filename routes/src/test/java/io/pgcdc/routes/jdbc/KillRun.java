package io.pgcdc.routes.jdbc;

import java.io.File;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import io.pgcdc.model.TableId;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A workload on one side, a JVM with the two routes of {@link SinkProcess} on the other, and SIGKILL for that at random
 * moments; at the end both sides are compared. All by seed, but for what the threads of three processes make of it.
 */
final class KillRun implements AutoCloseable {

    private static final Duration CATCH_UP = Duration.ofMinutes(5);
    private static final Map<String, String> SETTINGS = Map.of("wal_sender_timeout", "5s", "max_wal_senders", "40");
    private static final Set<String> KEYLESS = Set.of("bag", "ledger");
    private static final String[] TABLES = {
            "CREATE TABLE keyed (id int PRIMARY KEY, v text, n numeric, at timestamptz, big text)",
            "ALTER TABLE keyed ALTER big SET STORAGE EXTERNAL",
            "CREATE TABLE bag (n int, t text)", "ALTER TABLE bag REPLICA IDENTITY FULL",
            "CREATE TABLE ledger (seq int, note text)", "CREATE TABLE scratch (id int PRIMARY KEY, v int)",
            """
                    INSERT INTO keyed SELECT i, 'v' || i, i / 7.0, now(), CASE WHEN i % 10 = 0 THEN repeat(md5(i::text), 90) END
                      FROM generate_series(1, 8000) i""",
            "INSERT INTO bag SELECT i % 50, 't' || i % 7 FROM generate_series(1, 3000) i",
            "INSERT INTO ledger SELECT -i, 'before' FROM generate_series(1, 4000) i",
            "INSERT INTO scratch SELECT i, 0 FROM generate_series(1, 500) i", "CREATE PUBLICATION mypub FOR ALL TABLES" };

    private final SinkDatabase.Kind kind;
    private final long seed;
    private final Random random;
    private final PostgresServer server;
    private final TestDatabase source;
    private final SinkDatabase sink;
    private final File log;
    private final Workload workload;
    /** Else a run that is ended leaves the process that it was to kill. */
    private final Thread ending = new Thread(this::kill);
    private volatile Process process;
    private String started;
    private int killsOfCopies;

    KillRun(SinkDatabase.Kind kind, long seed) {
        this.kind = kind;
        this.seed = seed;
        this.random = new Random(seed);
        this.server = PostgresServer.start(PostgresServer.shared().major(), SETTINGS);
        this.source = server.createDatabase();
        this.sink = SinkDatabase.forOtherProcess(kind, PostgresServer.shared());
        this.log = new File("target/kills/" + kind + "-" + seed + ".log");
        log.getParentFile().mkdirs();
        log.delete();
        source.execute(TABLES);
        Runtime.getRuntime().addShutdownHook(ending);
        this.workload = new Workload(source, random.nextLong());
    }

    /** Kills so often, then compares; returns what was done in words. */
    String run(int kills) throws Exception {
        long begin = System.nanoTime();
        workload.start();
        int newTables = 0;
        for (int kill = 1; kill <= kills; kill++) {
            start();
            switch (random.nextInt(4)) {
                case 0 -> {
                    // While it starts.
                }
                case 1 -> await(this::isStreaming);
                default -> {
                    workload.resting = true; // else a slow machine never gets there
                    await(() -> isStreaming() && !isCopying());
                    workload.resting = false;
                }
            }
            pause(random.nextInt(3_000));
            process.destroyForcibly().waitFor();
            killsOfCopies += isCopying() ? 1 : 0;
            if (kill % 4 == 0) {
                // So that there is something to copy, and to kill while it is copied.
                String name = "joined_" + ++newTables;
                source.execute("CREATE TABLE " + name + " (id int PRIMARY KEY, v text)",
                        "INSERT INTO " + name + " SELECT i, repeat('j', 50) FROM generate_series(1, 6000) i");
                workload.joined(name);
            }
        }
        start();
        workload.close();
        source.awaitCaughtUp(SinkProcess.TABLES, CATCH_UP);
        source.awaitCaughtUp(SinkProcess.LOG, CATCH_UP);
        stop();
        List<String> tables = new ArrayList<>(List.of("keyed", "bag", "ledger", "scratch"));
        tables.addAll(workload.joined);
        StringBuilder report = new StringBuilder();
        for (String table : tables) {
            TableId name = new TableId("public", table);
            report.append("  ").append(table).append(": ").append(Mirror.assertEqual(source, name, sink, name)).append('\n');
        }
        long changes = checkLog(tables);
        return ("%s, seed %d: %d kills in %d s, %d of them while tables were copied; %d transactions; %d tables equal; %d rows"
                + " of the changelog, none twice%n%s").formatted(
                        kind, seed, kills, Duration.ofNanos(System.nanoTime() - begin).toSeconds(), killsOfCopies,
                        workload.transactions, tables.size(), changes, report);
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(CATCH_UP).until(condition);
    }

    /** The process that was started last, not one whose connections are still there. */
    private boolean isStreaming() {
        return source.count("pg_stat_replication WHERE backend_start > '" + started + "'") >= 2;
    }

    /** Or is about to. */
    private boolean isCopying() {
        return source.count("pg_tables WHERE schemaname = 'pgcdc' AND tablename = 'table_state'") == 0
                || source.count("pgcdc.table_state WHERE state NOT IN ('READY', 'GONE')") > 0;
    }

    /** No event twice, of a copy no key twice; and what has no key is there once for each row. */
    private long checkLog(List<String> tables) {
        long all = 0;
        for (String table : tables) {
            String name = new TableId("log", table).quoted();
            assertThat(sink.text("SELECT count(*) FROM (SELECT \"_pgcdc_seq\", \"_pgcdc_op\" FROM " + name
                                 + " GROUP BY \"_pgcdc_seq\", \"_pgcdc_op\" HAVING count(*) > 1) AS d"))
                    .as(table).isEqualTo("0");
            all += Long.parseLong(sink.text("SELECT count(*) FROM " + name));
            boolean keyless = KEYLESS.contains(table);
            if (!keyless) {
                assertThat(
                        sink.text("SELECT count(*) FROM (SELECT \"id\" FROM " + name
                                  + " WHERE \"_pgcdc_op\" = 'read' GROUP BY \"id\","
                                  + " substr(\"_pgcdc_seq\", 1, 16) HAVING count(*) > 1) AS d"))
                        .as("keys that are twice in one copy of " + table).isEqualTo("0");
            }
            // A copy that begins anew is told by a truncate.
            String ofLast
                    = " FROM " + name
                      + " WHERE \"_pgcdc_op\" <> 'truncate' AND \"_pgcdc_seq\" > coalesce((SELECT max(\"_pgcdc_seq\")"
                      + " FROM " + name + " WHERE \"_pgcdc_op\" = 'truncate'), '')";
            String current = keyless
                    ? "SELECT count(*) - 2 * count(CASE WHEN \"_pgcdc_op\" = 'delete' THEN 1 END)"
                      + " - count(CASE WHEN \"_pgcdc_op\" = 'update' THEN 1 END)" + ofLast
                    : "SELECT count(*) FROM (SELECT \"_pgcdc_op\", row_number() OVER (PARTITION BY \"id\" ORDER BY \"_pgcdc_seq\" DESC,"
                      + " \"_pgcdc_op\" DESC) AS n" + ofLast + ") AS l WHERE n = 1 AND \"_pgcdc_op\" <> 'delete'";
            assertThat(sink.text(current)).as("rows that the changelog of " + table + " ends with")
                    .isEqualTo(String.valueOf(source.count(table)));
        }
        return all;
    }

    private void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"), "-Xmx512m", "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "-cp", classPath(), SinkProcess.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().put(SinkProcess.URL, source.url());
        builder.environment().put(SinkProcess.USERNAME, source.username());
        builder.environment().put(SinkProcess.PASSWORD, source.password());
        builder.environment().put(SinkProcess.OPTIONS, sink.options());
        started = source.rows("SELECT now()::text AS now").get(0).get("now").toString();
        process = builder.start();
    }

    /** The other process runs in the same directory, but the names need not be relative to it. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> new File(entry).getAbsolutePath())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void kill() {
        Process last = process;
        if (last != null) {
            last.destroyForcibly();
        }
    }

    @Override
    public void close() throws InterruptedException {
        workload.close();
        kill();
        if (process != null) {
            process.waitFor();
        }
        Runtime.getRuntime().removeShutdownHook(ending);
        source.close();
        sink.close();
        server.close();
    }

    /** One writer with transactions of every kind; now and then it changes a shape, or empties a table. */
    private static final class Workload implements AutoCloseable {
        private final TestDatabase database;
        private final Random random;
        private final Thread thread = new Thread(this::write, "workload");
        private final List<String> joined = new ArrayList<>();
        private volatile boolean stopped;
        private volatile boolean resting;
        private volatile long transactions;
        private volatile Throwable failure;
        private int ledger;
        private int columns;

        private Workload(TestDatabase database, long seed) {
            this.database = database;
            this.random = new Random(seed);
        }

        private void start() {
            thread.start();
        }

        private synchronized void joined(String table) {
            joined.add(table);
        }

        private void write() {
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                while (!stopped) {
                    if (resting) {
                        pause(20);
                        continue;
                    }
                    for (int i = random.nextInt(8); i >= 0; i--) {
                        statement.execute(change());
                    }
                    connection.commit();
                    transactions++;
                    pause(random.nextInt(30));
                }
            } catch (SQLException | RuntimeException e) {
                failure = e;
            }
        }

        private synchronized String change() {
            int id = 1 + random.nextInt(9_000);
            return switch (random.nextInt(24)) {
                case 0, 1, 2, 3 -> "INSERT INTO keyed VALUES (" + id + ", 'new', 1.50, now(), repeat('" + id
                                   + "', 900)) ON CONFLICT (id) DO UPDATE SET v = 'again'";
                case 4, 5, 6, 7 -> "UPDATE keyed SET n = n + 1 WHERE id BETWEEN " + id + " AND " + (id + 20);
                // Its large value goes along without being sent.
                case 8 -> move(id, id + 100_000);
                case 9 -> move(id + 100_000, id);
                case 10 -> "DELETE FROM keyed WHERE id BETWEEN " + id + " AND " + (id + 3);
                case 11, 12, 13 -> "INSERT INTO bag SELECT " + id % 50 + ", 't' || i % 7 FROM generate_series(1, 5) i";
                case 14 -> "UPDATE bag SET t = 'u' WHERE ctid IN (SELECT ctid FROM bag WHERE n = " + id % 50 + " LIMIT 3)";
                case 15 -> "DELETE FROM bag WHERE ctid IN (SELECT ctid FROM bag WHERE n = " + id % 50 + " LIMIT 4)";
                case 16, 17, 18, 19 -> "INSERT INTO ledger VALUES (" + ++ledger + ", 'l" + id + "')";
                case 20 -> "INSERT INTO scratch VALUES (" + id + ", 1) ON CONFLICT (id) DO UPDATE SET v = scratch.v + 1";
                case 21 -> random.nextInt(10) == 0 ? "TRUNCATE scratch" : "DELETE FROM scratch WHERE id < " + id / 100;
                case 22 -> random.nextInt(30) == 0
                        ? "ALTER TABLE keyed ADD added_" + ++columns + " int"
                        : "UPDATE keyed SET v = NULL WHERE id = " + id;
                default -> joined.isEmpty()
                        ? "SELECT 1"
                        : "UPDATE " + joined.get(random.nextInt(joined.size())) + " SET v = 'u' WHERE id = " + id;
            };
        }

        private static String move(int from, int to) {
            return "UPDATE keyed SET id = " + to + " WHERE id = " + from + " AND NOT EXISTS (SELECT FROM keyed WHERE id = " + to
                   + ")";
        }

        @Override
        public void close() throws InterruptedException {
            stopped = true;
            thread.join();
            if (failure != null) {
                throw new IllegalStateException("the workload has failed", failure);
            }
        }
    }
}
