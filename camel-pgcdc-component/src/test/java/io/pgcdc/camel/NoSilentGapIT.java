package io.pgcdc.camel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever happened to slot, server, publication or table while nobody looked: it is named, and no change is missing.
 */
@PostgresTest
class NoSilentGapIT {

    private final Model model = new Model();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "SELECT pg_drop_replication_slot('SLOT') | is missing",
            "SELECT pg_replication_slot_advance('SLOT', pg_current_wal_lsn()) | ahead of what was acknowledged",
            "SELECT pg_drop_replication_slot('SLOT'), pg_create_logical_replication_slot('SLOT', 'pgoutput') "
                                                                                                                 + "| dropped and created again",
            "SELECT count(*) FROM pg_logical_slot_get_binary_changes('SLOT', NULL, NULL, 'proto_version', '1', "
                                                                                                                                                  + "'publication_names', 'mypub') | somebody else has read",
            "UPDATE pgcdc.pipeline SET system_identifier = '1' | of another server",
            "UPDATE pgcdc.slot_position SET position = position + 100000000 | the server's log ends",
            "UPDATE pgcdc.pipeline SET timeline = 7 | does not come from timeline 7",
            "UPDATE pgcdc.pipeline SET slot_name = 'other' | nothing is stored of the slot",
            "DROP PUBLICATION mypub; CREATE PUBLICATION mypub FOR TABLE t | was dropped and created again" })
    void what_happened_to_the_slot_is_named_and_resync_mends_it(String sql, String message, TestDatabase database)
            throws Exception {
        create(database);
        String slot;
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (1), (2)");
            route.awaitCaughtUp();
            slot = route.slot();
        }
        Awaitility.await().until(() -> !database.query("SELECT active FROM pg_replication_slots", Boolean.class));
        database.execute("INSERT INTO t VALUES (3)", "DELETE FROM t WHERE id = 1");
        for (String statement : sql.replace("SLOT", slot).split(";")) {
            database.execute(statement);
        }
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            Awaitility.await().until(
                    () -> route.consumer().status().state() == State.FAILED);
            assertThat(route.consumer().status().error().code()).isEqualTo(ErrorCode.SLOT_LOST);
            assertThat(route.consumer().status().error()).hasMessageContaining(message)
                    .hasMessageContaining("slotLost=resync");
        }
        try (RouteUnderTest route = RouteUnderTest.start(database, "slotLost=resync", model::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (4)");
            route.awaitCaughtUp();
        }
        assertThat(model.rows("t")).as("also what was deleted meanwhile is gone").hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "ALTER PUBLICATION mypub DROP TABLE t; INSERT INTO t VALUES (2); ALTER PUBLICATION mypub ADD TABLE t",
            "DROP TABLE t; CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t VALUES (2); "
                                                                                                                   + "ALTER PUBLICATION mypub ADD TABLE t",
            "CREATE TABLE n (id bigint PRIMARY KEY); INSERT INTO n VALUES (2); ALTER TABLE t RENAME TO o; "
                                                                                                                                                            + "ALTER TABLE n RENAME TO t; ALTER PUBLICATION mypub SET TABLE t" })
    void a_table_that_left_the_publication_or_became_another_is_copied_anew_while_stopped_and_while_running(
            String sql, TestDatabase database)
            throws Exception {
        for (boolean running : new boolean[] { false, true }) {
            database.execute("DROP PUBLICATION IF EXISTS mypub", "DROP TABLE IF EXISTS t, o, n");
            String options = "pipeline=" + (running ? "running" : "stopped");
            create(database);
            database.execute("INSERT INTO t VALUES (1)");
            RouteUnderTest route = RouteUnderTest.start(database, options, model::apply);
            route.awaitReady();
            if (!running) {
                route.close();
            }
            for (String statement : sql.split(";")) {
                database.execute(statement);
            }
            database.execute("INSERT INTO t VALUES (3)");
            if (!running) {
                route = RouteUnderTest.start(database, options, model::apply);
            }
            try (RouteUnderTest last = route) {
                Awaitility.await().until(
                        () -> model.rows("t").equals(Workload.rows(database, "t")));
                last.awaitReady();
            }
            model.expectReplay();
        }
    }

    /** Of the rename nothing is told: no change of the table came since. */
    @ParameterizedTest
    @ValueSource(strings = { "never", "before the first leaves", "before the second comes" })
    void a_name_that_passes_on_after_its_first_table_has_left_is_copied_without_the_rows_of_that_one(
            String stopped, TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO t VALUES (1)");
        RouteUnderTest route = RouteUnderTest.start(database, "", model::apply);
        try {
            route.awaitReady();
            database.execute("ALTER TABLE t RENAME TO o");
            awaitTables(route, "o");
            if (stopped.equals("before the first leaves")) {
                route.close();
            }
            database.execute("ALTER PUBLICATION mypub DROP TABLE o");
            if (!stopped.equals("before the first leaves")) {
                awaitTables(route);
            }
            if (stopped.equals("before the second comes")) {
                route.close();
            }
            database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "INSERT INTO t VALUES (2)",
                    "ALTER PUBLICATION mypub ADD TABLE t");
            if (!stopped.equals("never")) {
                route = RouteUnderTest.start(database, "", model::apply);
            }
            Awaitility.await().untilAsserted(() -> assertThat(model.rows("t")).isEqualTo(Workload.rows(database, "t")));
        } finally {
            route.close();
        }
    }

    private static void awaitTables(RouteUnderTest route, String... names) {
        Awaitility.await().untilAsserted(() -> assertThat(route.consumer().status().tables())
                .extracting(table -> table.table().name()).containsExactly(names));
    }

    @Test
    void a_table_that_is_renamed_and_gets_its_name_back_is_followed_and_misses_nothing(TestDatabase database)
            throws Exception {
        create(database);
        String[] renames = {
                "ALTER TABLE t RENAME TO t2", "INSERT INTO t2 VALUES (2)", "ALTER TABLE t2 RENAME TO t",
                "INSERT INTO t VALUES (3)" };
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute(renames);
            route.awaitCaughtUp();
        }
        database.execute("DELETE FROM t");
        database.execute(renames);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertThat(model.count(Operation.INSERT)).isEqualTo(4);
        assertThat(model.count(Operation.DELETE)).isEqualTo(2);
        assertThat(model.count(Operation.SCHEMA)).as("there and back, twice").isEqualTo(4);
        assertThat(model.count(Operation.READ)).isZero();
    }

    @Test
    void a_publication_that_is_dropped_while_the_route_runs_is_told_and_resync_mends_it(TestDatabase database)
            throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("DROP PUBLICATION mypub", "INSERT INTO t VALUES (1)");
            Awaitility.await().until(
                    () -> route.consumer().status().state() == State.FAILED);
            assertThat(route.consumer().status().error()).hasMessageContaining("publication");
        }
        database.execute("CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "slotLost=resync", model::apply)) {
            route.awaitReady();
        }
        assertThat(model.rows("t")).containsExactly("{id=1}");
    }

    @Test
    void without_a_stored_state_everything_is_copied_anew_and_what_was_delivered_before_goes_first(TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO t VALUES (1), (2)");
        for (int run = 1; run <= 2; run++) {
            try (RouteUnderTest route = RouteUnderTest.start(database, "stateStore=memory", model::apply)) {
                route.awaitReady();
                database.execute("INSERT INTO t VALUES (" + (2 + run) + ")");
                route.awaitCaughtUp();
            }
            assertThat(model.count(Operation.TRUNCATE)).isEqualTo(run - 1);
            database.execute("DELETE FROM t WHERE id = " + run);
            model.expectReplay();
        }
        assertThat(model.rows("t")).containsExactly("{id=2}", "{id=3}", "{id=4}");
    }

    // A server that can't decode its own log: told by its error XX000, here by hand.

    @Test
    void an_apply_slot_that_can_not_be_decoded_before_anything_was_read_of_it_is_made_anew(TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO t SELECT generate_series(1, 500)");
        AtomicInteger failures = new AtomicInteger();
        FailPoint.onReached(point -> {
            if (point == FailPoint.STATUS_SENT && Thread.currentThread().getName().contains("apply")
                    && failures.incrementAndGet() <= 3) {
                throw unreadable();
            }
        });
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            while (failures.get() < 3) {
                Thread.onSpinWait();
            }
            model.apply(exchange);
        })) {
            Awaitility.await().until(() -> failures.get() > 3);
            database.execute("INSERT INTO t VALUES (501)", "DELETE FROM t WHERE id = 7");
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertThat(model.rows("t")).isEqualTo(Workload.rows(database, "t"));
        assertThat(model.count(Operation.TRUNCATE)).as("nothing starts over").isZero();
        assertThat(database.slots()).hasSize(1);
    }

    @Test
    void a_sync_slot_that_can_not_be_decoded_has_its_tables_copied_under_another(TestDatabase database) throws Exception {
        create(database);
        database.execute("INSERT INTO t SELECT generate_series(1, 500)");
        AtomicInteger failures = new AtomicInteger();
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        FailPoint.onReached(point -> {
            if (point == FailPoint.RANGE_COPIED) {
                copying.countDown();
                awaitUninterruptibly(changed);
            }
            if (point == FailPoint.COMMIT_DELIVERED && Thread.currentThread().getName().contains("_sync_")
                    && failures.incrementAndGet() == 1) {
                throw unreadable();
            }
        });
        try (RouteUnderTest route = RouteUnderTest.start(database, "batching=true&maxBatchSize=1", model::apply)) {
            copying.await();
            // More windows than one to catch up with.
            for (int id = 501; id < 520; id++) {
                database.execute("INSERT INTO t VALUES (" + id + ")");
            }
            changed.countDown();
            Awaitility.await().until(() -> failures.get() > 0);
            model.expectReplay();
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertThat(model.rows("t")).isEqualTo(Workload.rows(database, "t"));
        assertThat(model.count(Operation.TRUNCATE)).isEqualTo(1);
        assertThat(database.slots()).hasSize(1);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_slot_that_can_not_be_decoded_while_tables_are_followed_is_lost(TestDatabase database) throws Exception {
        create(database);
        AtomicBoolean broken = new AtomicBoolean();
        FailPoint.onReached(point -> {
            if (point == FailPoint.STATUS_SENT && broken.get()) {
                throw unreadable();
            }
        });
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            broken.set(true);
            Awaitility.await().until(
                    () -> route.consumer().status().state() == State.FAILED);
            assertThat(route.consumer().status().error().code()).isEqualTo(ErrorCode.SLOT_LOST);
            assertThat(route.consumer().status().error()).hasMessageContaining("can't decode its log");
        }
        broken.set(false);
        database.execute("INSERT INTO t VALUES (1)");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            broken.set(true);
            Awaitility.await().until(() -> route.consumer().status().state() == State.RETRYING);
        }
    }

    private static PgCdcException unreadable() {
        return new PgCdcException(ErrorCode.SLOT_UNREADABLE, "could not map filenumber (by hand)", "It is tried again");
    }

    @AfterEach
    void disarm() {
        FailPoint.onReached(null);
    }

    @Test
    void a_table_in_the_schema_of_the_state_is_replicated_if_it_is_not_one_of_the_states(TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO t VALUES (1)");
        try (RouteUnderTest route = RouteUnderTest.start(database, "stateSchema=public", model::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (2)");
            Awaitility.await().until(() -> model.rows("t").size() == 2);
        }
    }

    @Test
    void a_network_that_swallows_everything_is_noticed_and_recovered_from(TestDatabase database) throws Exception {
        create(database);
        try (TcpProxy proxy = TcpProxy.to(database.server());
             RouteUnderTest route = RouteUnderTest.start(
                     database, "url=RAW(" + proxy.url(database) + ")", model::apply)) {
            route.awaitReady();
            proxy.blackHole();
            Awaitility.await().until(
                    () -> route.consumer().status().state() == State.RETRYING);
            proxy.resume();
            database.execute("INSERT INTO t VALUES (1)");
            Awaitility.await().until(() -> model.count(Operation.INSERT) > 0);
        }
    }

    private static void create(TestDatabase database) {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
    }
}
