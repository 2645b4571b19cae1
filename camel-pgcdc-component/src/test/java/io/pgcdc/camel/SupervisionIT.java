package io.pgcdc.camel;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.health.HealthCheck;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** An Error on any thread marks the consumer DOWN and starts it again; nothing is lost by it. */
@PostgresTest
class SupervisionIT {

    @AfterEach
    void disarm() {
        FailPoint.onReached(null);
    }

    /** A skip happens on request only; what an Error does to it is in {@link SkipIT}. */
    @ParameterizedTest
    @EnumSource(value = FailPoint.class, mode = EnumSource.Mode.EXCLUDE, names = "SKIP_STORED")
    void an_Error_on_the_thread_that_reaches_the_failpoint_is_told_and_recovered_from(
            FailPoint deadly, TestDatabase database)
            throws Exception {
        Workload.create(database, 3_000);
        Model model = new Model();
        // A copy goes on only if it was broken off before.
        Set<FailPoint> deadlyOnes = Collections.synchronizedSet(
                deadly == FailPoint.SNAPSHOT_WANTED ? EnumSet.of(FailPoint.RANGE_COPIED, deadly) : EnumSet.of(deadly));
        Set<PipelineStatus.State> states = Collections.synchronizedSet(EnumSet.noneOf(PipelineStatus.State.class));
        Set<HealthCheck.State> health = Collections.synchronizedSet(EnumSet.noneOf(HealthCheck.State.class));
        FailPoint.onReached(point -> {
            if (deadlyOnes.remove(point)) {
                model.expectReplay();
                throw new OutOfMemoryError("not really");
            }
        });
        try (Workload workload = Workload.start(database, 4711);
             RouteUnderTest route = RouteUnderTest.start(database, "copyRangeBytes=8192", model::apply)) {
            Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> {
                states.add(route.consumer().status().state());
                health.add(new PgCdcHealthCheck(route.consumer()).call().getState());
                return deadlyOnes.isEmpty() && states.contains(PipelineStatus.State.RETRYING);
            });
            model.expectReplay();
            route.awaitReady();
            workload.close();
            route.awaitCaughtUp();
        }
        assertThat(health).contains(HealthCheck.State.DOWN);
        for (String table : Workload.TABLES) {
            assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
        }
        assertThat(database.slots()).hasSize(1);
    }

    @Test
    void a_delivery_thread_that_is_interrupted_while_nothing_comes_goes_on(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
        Model model = new Model();
        AtomicReference<Thread> delivering = new AtomicReference<>();
        try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never", exchange -> {
            delivering.set(Thread.currentThread());
            model.apply(exchange);
        })) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (1)");
            route.awaitCaughtUp();
            Thread first = delivering.get();
            first.interrupt();
            Awaitility.await().until(() -> !first.isInterrupted());
            database.execute("INSERT INTO t VALUES (2)");
            route.awaitCaughtUp();
            assertThat(delivering.get()).isSameAs(first);
            assertThat(route.consumer().status().error()).isNull();
        }
        assertThat(model.rows("t")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "&batching=true" })
    void interrupts_of_all_threads_all_the_time_neither_end_nor_lose_anything(String options, TestDatabase database)
            throws Exception {
        Workload.create(database, 3_000);
        Model model = new Model();
        AtomicBoolean over = new AtomicBoolean();
        Thread interrupter = new Thread(() -> {
            for (int i = 0; !over.get(); i++) {
                Thread[] threads = new Thread[Thread.activeCount() * 2];
                for (int n = Thread.enumerate(threads); n > 0; n--) {
                    if (threads[n - 1].getName().contains("PgCdc[")) {
                        threads[n - 1].interrupt();
                    }
                }
                LockSupport.parkNanos(i % 100 * 10_000L);
            }
        });
        try (Workload workload = Workload.start(database, 4711);
             RouteUnderTest route = RouteUnderTest.start(database, "copyRangeBytes=8192" + options, model::apply)) {
            interrupter.start();
            route.awaitReady();
            for (String table : Workload.TABLES) {
                long reads = model.count(Operation.READ);
                route.consumer().resyncTable("public." + table);
                Awaitility.await().until(() -> model.count(Operation.READ) > reads);
                route.awaitReady();
            }
            workload.close();
            route.awaitCaughtUp();
            assertThat(route.consumer().status().error()).isNull();
        } finally {
            over.set(true);
            interrupter.join();
        }
        for (String table : Workload.TABLES) {
            assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
        }
        assertThat(model.violations()).isEmpty();
        assertThat(database.slots()).hasSize(1);
    }

    /** Such as one that rewrites a large table. */
    @Test
    void an_ALTER_TABLE_that_takes_long_holds_up_neither_changes_nor_positions(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, note text DEFAULT 'x')", "CREATE TABLE u (id int PRIMARY KEY)",
                "CREATE PUBLICATION mypub FOR TABLE t, u");
        Model model = new Model();
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(database, "", model::apply);
             Connection altering = database.connect(); Statement alter = altering.createStatement();
             Connection writing = database.connect(); Statement write = writing.createStatement()) {
            route.awaitReady();
            altering.setAutoCommit(false);
            writing.setAutoCommit(false);
            write.execute("INSERT INTO t VALUES (1)");
            // Waits for the insert, and has the lock as soon as that is committed, before anybody looks.
            CompletableFuture<Void> ddl = CompletableFuture.runAsync(() -> execute(alter, "ALTER TABLE t ADD COLUMN z int"));
            Awaitility.await().until(
                    () -> database.query("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 't'::regclass",
                            Long.class)
                          == 1);
            writing.commit();
            ddl.join();
            database.execute("INSERT INTO u SELECT generate_series(1, 100)");
            String end = database.query("SELECT pg_current_wal_insert_lsn()::text", String.class);
            Awaitility.await().until(() -> model.rows("u").size() == 100 && model.rows("t").size() == 1);
            route.awaitConfirmed(end);
            Awaitility.await().until(() -> log.lines().stream().anyMatch(line -> line.contains("is not seen for the time being")
                    && line.contains("AccessExclusiveLock")));
            altering.commit();
            database.execute("INSERT INTO t VALUES (2, 'y', 3)");
            route.awaitCaughtUp();
            assertThat(route.consumer().status().counters().restarts()).isZero();
        }
        assertThat(model.rows("t")).hasSize(2);
    }

    private static void execute(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_user_who_may_have_three_connections_gets_every_change_and_no_restart(TestDatabase database) throws Exception {
        // One for the stream, one for the state, one for questions.
        String role = "few_" + database.name();
        database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t",
                "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'few' CONNECTION LIMIT 3",
                "GRANT SELECT ON t TO " + role, "GRANT CREATE ON DATABASE " + database.name() + " TO " + role);
        String options = "snapshotMode=never&publicationCheckInterval=100&username=" + role + "&password=few";
        Model model = new Model();
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(database, options, model::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (1)");
            route.awaitCaughtUp();
            Awaitility.await().until(() -> route.consumer().status().server() != null
                    && log.lines().stream().anyMatch(line -> line.contains("is not seen for the time being")
                            && line.contains("ALTER ROLE <user> CONNECTION LIMIT")));
            database.execute("INSERT INTO t VALUES (2)");
            route.awaitCaughtUp();
            assertThat(route.consumer().status().counters().restarts()).isZero();
            assertThat(log.lines()).filteredOn(line -> line.contains("is not seen for the time being")).hasSize(1);
        } finally {
            database.execute("DROP SCHEMA IF EXISTS pgcdc CASCADE", "DROP OWNED BY " + role, "DROP ROLE " + role);
        }
        assertThat(model.rows("t")).hasSize(2);
    }
}
