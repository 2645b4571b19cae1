package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A destination that does with its columns what it is told has the source's rows, however tables were redefined. */
@PostgresTest
class RedefinitionsIT {

    private final FollowingSink sink = new FollowingSink();

    @ParameterizedTest
    @ValueSource(longs = { 1, 2, 3 })
    void any_redefinitions_one_after_another(long seed, TestDatabase database) throws Exception {
        Random random = new Random(seed);
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, c0 text, c1 text, c2 text)",
                "INSERT INTO t VALUES (0, 'x', 'y', 'z')", "CREATE PUBLICATION mypub FOR TABLE t");
        Redefinitions redefinitions = new Redefinitions(random);
        RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply);
        try {
            route.awaitReady();
            for (int id = 1; id <= 25; id++) {
                String step = redefinitions.andRow(id);
                database.execute(step);
                if (random.nextInt(8) == 0) {
                    route.kill();
                    route = RouteUnderTest.start(database, "", sink::apply);
                    route.awaitReady();
                }
                route.awaitCaughtUp();
                try {
                    sink.awaitEqual(database, "t");
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("Seed " + seed + ", after " + step, e);
                }
            }
        } finally {
            route.close();
        }
    }

    /** Seeded redefinitions of columns, many of them under names that others had. */
    private static final class Redefinitions {

        private final Random random;
        private final List<String> columns = new ArrayList<>(List.of("c0", "c1", "c2"));
        private int next = 3;

        private Redefinitions(Random random) {
            this.random = random;
        }

        private String andRow(int id) {
            List<String> sql = new ArrayList<>();
            for (int i = 0, n = 1 + random.nextInt(3); i < n; i++) {
                sql.add(redefinition());
            }
            String all = String.join("; ", sql);
            String row = "INSERT INTO t (id, " + String.join(", ", columns) + ") VALUES (" + id + ", "
                         + String.join(", ", columns.stream().map(column -> "'" + id + "." + column + "'").toList()) + ")";
            return switch (random.nextInt(3)) {
                case 0 -> "BEGIN; " + all + "; " + row + "; COMMIT";
                case 1 -> "BEGIN; SAVEPOINT s; " + all + "; RELEASE s; " + row + "; COMMIT";
                default -> all + "; " + row;
            };
        }

        private String redefinition() {
            int what = columns.size() == 1 ? random.nextInt(2) : random.nextInt(5);
            String column = columns.get(random.nextInt(columns.size()));
            String other = columns.get((columns.indexOf(column) + 1) % columns.size());
            String fresh = "c" + next++;
            switch (what) {
                case 0:
                    columns.add(fresh);
                    return "ALTER TABLE t ADD " + fresh + " text";
                case 1:
                    columns.set(columns.indexOf(column), fresh);
                    return "ALTER TABLE t RENAME " + column + " TO " + fresh;
                case 2:
                    columns.remove(column);
                    return "ALTER TABLE t DROP " + column;
                case 3:
                    Collections.swap(columns, columns.indexOf(column), columns.indexOf(other));
                    return "ALTER TABLE t RENAME " + column + " TO x; ALTER TABLE t RENAME " + other + " TO " + column
                           + "; ALTER TABLE t RENAME x TO " + other;
                default:
                    columns.remove(column);
                    columns.set(columns.indexOf(other), column);
                    return "ALTER TABLE t DROP " + column + "; ALTER TABLE t RENAME " + other + " TO " + column;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "ALTER TABLE t RENAME b TO x; INSERT INTO t VALUES (2, 'a2', 'b2'); ALTER TABLE t RENAME x TO y; INSERT INTO t VALUES (3, 'a3', 'b3')",
            "ALTER TABLE t ADD c text; INSERT INTO t VALUES (2, 'a2', 'b2', 'c2'); ALTER TABLE t RENAME c TO d; INSERT INTO t VALUES (3, 'a3', 'b3', 'd3')",
            "ALTER TABLE t RENAME a TO x; INSERT INTO t VALUES (2, 'a2', 'b2'); ALTER TABLE t DROP x; INSERT INTO t VALUES (3, 'b3'); ALTER TABLE t ADD x text; INSERT INTO t VALUES (4, 'b4', 'x4'); ALTER TABLE t RENAME b TO a; INSERT INTO t VALUES (5, 'b5', 'x5')",
            "INSERT INTO t VALUES (2, 'a2', 'b2'); ALTER TABLE t DROP b; ALTER TABLE t ADD b text; INSERT INTO t VALUES (3, 'a3', 'b3')" })
    void in_a_backlog(String statements, TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
        }
        database.execute(statements.split("; "));
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            sink.awaitEqual(database, "t");
        }
    }

    @Test
    void twice_in_the_transaction_of_rows(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
            database.execute(
                    "BEGIN; ALTER TABLE t RENAME b TO x; INSERT INTO t VALUES (2, 'a2', 'b2'); ALTER TABLE t RENAME x TO y;"
                             + " INSERT INTO t VALUES (3, 'a3', 'b3'); COMMIT");
            sink.awaitEqual(database, "t");
        }
        assertThat(sink.told()).as("nothing was replaced").noneMatch(line -> line.startsWith("truncate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "BEGIN; ALTER TABLE t RENAME a TO x; ALTER TABLE t RENAME b TO a; ALTER TABLE t RENAME x TO b; COMMIT; INSERT INTO t (id, a, b) VALUES (3, 'b3', 'a3')",
            "UPDATE t SET a = 'a1x' WHERE id = 1; BEGIN; ALTER TABLE t DROP a; ALTER TABLE t RENAME b TO a; ALTER TABLE t ADD b text; COMMIT; INSERT INTO t (id, a, b) VALUES (3, 'b3', 'n3')" })
    void behind_the_snapshot_of_a_copy(String statements, TestDatabase database) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, a text, b text)", "INSERT INTO t VALUES (1, 'a1', 'b1')",
                "CREATE TABLE a_slow (id bigint PRIMARY KEY)", "INSERT INTO a_slow SELECT generate_series(1, 5000)",
                "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (RouteUnderTest route = RouteUnderTest.start(database, "tableSyncWorkers=1&maxInFlight=100", exchange -> {
            ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
            if (event.operation() == Operation.READ && event.table().name().equals("a_slow")) {
                reached.countDown();
                release.await();
            }
            sink.apply(exchange);
        })) {
            assertThat(reached.await(120, TimeUnit.SECONDS)).isTrue();
            database.execute(statements);
            release.countDown();
            sink.awaitEqual(database, "t");
        } finally {
            release.countDown();
        }
    }

    @Test
    void the_stream_may_have_a_transaction_before_others_see_it(TestDatabase database) throws Exception {
        create(database);
        ExecutorService session = Executors.newSingleThreadExecutor();
        try (RouteUnderTest route = RouteUnderTest.start(database, "stateStore=memory", sink::apply)) {
            route.awaitReady();
            Future<?> commit = commitInTheLog(
                    database, session, "BEGIN; ALTER TABLE t RENAME b TO x; INSERT INTO t VALUES (2, 'a2', 'b2'); COMMIT");
            Awaitility.await().until(() -> database.rows(
                    "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'pgcdc%' AND query LIKE '%pg_current_snapshot%'"
                                                         + " AND query NOT LIKE '%stat_activity%'")
                    .size() == 1);
            forgetStandby(database);
            commit.get(30, TimeUnit.SECONDS);
            sink.awaitEqual(database, "t");
        } finally {
            forgetStandby(database);
            session.shutdownNow();
        }
        assertThat(sink.told()).filteredOn(line -> line.startsWith("schema")).singleElement().asString()
                .as("renamed").endsWith("added [], dropped [], changed [x]");
    }

    @Test
    void a_copy_that_goes_on_may_not_see_a_column_whose_commit_is_in_the_log_already(TestDatabase database) throws Exception {
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch broken = new CountDownLatch(1);
        CountDownLatch resumed = new CountDownLatch(1);
        CountDownLatch redefined = new CountDownLatch(1);
        FailPoint.onReached(point -> {
            if (point == FailPoint.SNAPSHOT_WANTED) {
                resumed.countDown();
                await(redefined);
            }
        });
        create(database);
        database.execute("INSERT INTO t SELECT i, repeat('a', 4000), 'b' FROM generate_series(2, 5000) i");
        ExecutorService session = Executors.newSingleThreadExecutor();
        try (RouteUnderTest route = RouteUnderTest.start(database,
                "stateStore=memory&maxInFlight=100&publicationCheckInterval=600000", exchange -> {
                    copying.countDown();
                    await(broken);
                    sink.apply(exchange);
                })) {
            await(copying);
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                             + " AND query LIKE 'COPY (SELECT%'");
            broken.countDown();
            await(resumed);
            Future<?> commit = commitInTheLog(
                    database, session, "BEGIN; ALTER TABLE t ADD c text; INSERT INTO t VALUES (0, 'a', 'b', 'c'); COMMIT");
            redefined.countDown();
            showOnceLocked(database, commit);
            sink.awaitEqual(database, "t");
        } finally {
            FailPoint.onReached(null);
            forgetStandby(database);
            broken.countDown();
            redefined.countDown();
            session.shutdownNow();
        }
    }

    @Test
    void a_column_that_is_dropped_between_the_snapshot_and_the_first_look_at_the_catalogue(TestDatabase database)
            throws Exception {
        create(database);
        AtomicInteger slots = new AtomicInteger();
        AtomicBoolean broken = new AtomicBoolean();
        FailPoint.onReached(point -> {
            // The first slot is the pipeline's own.
            if (point == FailPoint.SLOT_CREATED && slots.incrementAndGet() == 2) {
                database.execute("INSERT INTO t VALUES (2, 'a2', 'b2')", "ALTER TABLE t DROP b",
                        "INSERT INTO t VALUES (3, 'a3')");
            } else if (point == FailPoint.COPYING_STORED && broken.compareAndSet(false, true)) {
                throw new PgCdcException(ErrorCode.CONNECTION, "broken", "It is tried again");
            }
        });
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
            sink.awaitEqual(database, "t");
        } finally {
            FailPoint.onReached(null);
        }
        assertThat(broken).isTrue();
    }

    @Test
    void rows_that_are_copied_again_may_not_have_a_column_whose_commit_is_in_the_log_already(TestDatabase database)
            throws Exception {
        CountDownLatch wanted = new CountDownLatch(1);
        CountDownLatch redefined = new CountDownLatch(1);
        create(database);
        ExecutorService session = Executors.newSingleThreadExecutor();
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "stateStore=memory&publicationCheckInterval=600000", sink::apply)) {
            route.awaitReady();
            FailPoint.onReached(point -> {
                if (point == FailPoint.SNAPSHOT_WANTED) {
                    wanted.countDown();
                    await(redefined);
                }
            });
            route.consumer().copyRows("public.t", "true");
            await(wanted);
            Future<?> commit = commitInTheLog(
                    database, session, "BEGIN; ALTER TABLE t ADD c text; INSERT INTO t VALUES (2, 'a2', 'b2', 'c2'); COMMIT");
            redefined.countDown();
            showOnceLocked(database, commit);
            Awaitility.await().until(() -> sink.told().stream().filter(line -> line.startsWith("read")).count() >= 2);
            sink.awaitEqual(database, "t");
        } finally {
            FailPoint.onReached(null);
            redefined.countDown();
            forgetStandby(database);
            session.shutdownNow();
        }
        assertThat(sink.told()).noneMatch(line -> line.contains("dropped [c]"));
    }

    /** Commits in another session, which waits for a standby then: nobody sees what it wrote. */
    private static Future<?> commitInTheLog(TestDatabase database, ExecutorService session, String sql) {
        database.execute("ALTER SYSTEM SET synchronous_standby_names = 'elsewhere'", "SELECT pg_reload_conf()");
        Awaitility.await().until(() -> database.rows("SHOW synchronous_standby_names").toString().contains("elsewhere"));
        Future<?> commit = session.submit(() -> database.execute("SET synchronous_commit = on; " + sql));
        Awaitility.await()
                .until(() -> database.rows("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'").size() == 1);
        return commit;
    }

    private static void forgetStandby(TestDatabase database) {
        database.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
    }

    /** Lets others see what was committed, as soon as one of them waits for the lock on the table. */
    private static void showOnceLocked(TestDatabase database, Future<?> commit) throws Exception {
        Awaitility.await().until(
                () -> database.rows("SELECT pid FROM pg_locks WHERE relation = 't'::regclass AND NOT granted").size() == 1);
        forgetStandby(database);
        commit.get(30, TimeUnit.SECONDS);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_primary_key_that_is_deferrable_is_none_for_PostgreSQL(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY DEFERRABLE, a text)", "INSERT INTO t VALUES (1, 'a')",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (2, 'b')");
            sink.awaitEqual(database, "t");
        }
        assertThat(sink.told()).noneMatch(line -> line.startsWith("schema")).allMatch(line -> line.endsWith("by []"));
    }

    @Test
    void half_of_a_key_is_no_key(TestDatabase database) throws Exception {
        assumeTrue(database.server().major() >= 15);
        database.execute("CREATE TABLE t (id int, b int, c text, PRIMARY KEY (id, b))", "INSERT INTO t VALUES (1, 1, 'x')",
                "CREATE PUBLICATION mypub FOR TABLE t (id, c) WITH (publish = 'insert')");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (2, 3, 'z')");
            route.awaitCaughtUp();
            Awaitility.await().until(() -> sink.told().size() == 2);
        }
        assertThat(sink.told()).noneMatch(line -> line.startsWith("schema")).allMatch(line -> line.endsWith("by []"));
    }

    private static void create(TestDatabase database) {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, a text, b text)", "INSERT INTO t VALUES (1, 'a1', 'b1')",
                "CREATE PUBLICATION mypub FOR TABLE t");
    }
}
