package io.pgcdc.camel;

import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PhysicalStandby;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A physical standby as the source, with the state at the primary. */
@PostgresTest(majors = { 16, 17, 18 })
class ReadFromStandbyIT {

    private final Model model = new Model();
    private final ScheduledExecutorService snapshots = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void end() {
        snapshots.shutdownNow();
    }

    @Test
    void it_is_copied_and_streamed_with_no_gap_also_after_the_end_of_a_copy_in_the_middle(PostgresServer shared)
            throws Exception {
        try (PostgresServer primary = PostgresServer.start(shared.major());
             TestDatabase database = primary.createDatabase();
             PhysicalStandby standby = PhysicalStandby.of(primary, Map.of())) {
            Workload.create(database, 2_000);
            standby.awaitReplayed();
            logSnapshots(database);
            try (Workload workload = Workload.start(database, 7)) {
                RouteUnderTest broken = start(database, standby, "tableSyncWorkers=1");
                Awaitility.await().until(() -> model.count(Operation.READ) > 500);
                broken.kill();
                model.expectReplay();
                try (RouteUnderTest route = start(database, standby, "tableSyncWorkers=1")) {
                    route.awaitReady();
                    long transactions = workload.transactions();
                    Awaitility.await().until(() -> workload.transactions() > transactions + 200);
                    workload.close();
                    Awaitility.await().untilAsserted(() -> assertSame(database));
                    assertThat(standby.rows(database.name(), "SELECT slot_name FROM pg_replication_slots"))
                            .containsExactly("{slot_name=" + route.slot() + "}");
                }
                assertThat(database.slots()).as("slots at the primary").isEmpty();
            }

            Model copied = new Model();
            try (RouteUnderTest route = RouteUnderTest.start(
                    database, options(database, standby, "snapshotMode=initialOnly&pipeline=once"), copied::apply)) {
                Awaitility.await().until(() -> route.consumer().status().state() == State.COMPLETED);
            }
            assertThat(copied.rows("orders")).isEqualTo(Workload.expected(database, "orders"));

            try (RouteUnderTest route = RouteUnderTest.start(
                    database, "pipeline=own&url=RAW(" + standby.url(database.name()) + ")", copied::apply)) {
                Awaitility.await().until(() -> route.consumer().status().state() == State.RETRYING);
                assertThat(route.consumer().status().error()).hasMessageContaining("Set stateUrl");
            }
            if (shared.major() >= 17) {
                try (RouteUnderTest route = RouteUnderTest.start(
                        database, options(database, standby, "pipeline=failover&slotFailover=true"), copied::apply)) {
                    Awaitility.await().until(() -> route.consumer().status().state() == State.RETRYING);
                    assertThat(route.consumer().status().error()).hasMessageContaining("slotFailover")
                            .hasMessageContaining("standby");
                }
            }
            assertThat(model.violations()).isEmpty();
        }
    }

    @Test
    void a_standby_that_is_too_old_for_it_is_said() throws Exception {
        try (PostgresServer primary = PostgresServer.start(14);
             TestDatabase database = primary.createDatabase();
             PhysicalStandby standby = PhysicalStandby.of(primary, Map.of())) {
            Workload.create(database, 10);
            standby.awaitReplayed();
            try (RouteUnderTest route = start(database, standby, "")) {
                Awaitility.await().until(() -> route.consumer().status().state() == State.RETRYING);
                assertThat(route.consumer().status().error())
                        .hasMessageContaining("standby of PostgreSQL 14")
                        .hasMessageContaining("targetServerType=primary")
                        .hasMessageContaining("from PostgreSQL 16 on");
            }
        }
    }

    private RouteUnderTest start(TestDatabase database, PhysicalStandby standby, String options) throws Exception {
        return RouteUnderTest.start(database, options(database, standby, options), model::apply);
    }

    private static String options(TestDatabase database, PhysicalStandby standby, String more) {
        return "url=RAW(" + standby.url(database.name()) + ")&stateUrl=RAW(" + database.url() + ")"
               + (more.isEmpty() ? "" : "&" + more);
    }

    /** A slot on a standby begins at a record of what runs on the primary, which that writes every 15 s if at all. */
    private void logSnapshots(TestDatabase primary) {
        snapshots.scheduleWithFixedDelay(() -> {
            try {
                primary.execute("SELECT pg_log_standby_snapshot()");
            } catch (IllegalStateException e) {
                // The last one finds the server gone.
            }
        }, 100, 100, TimeUnit.MILLISECONDS);
    }

    private void assertSame(TestDatabase database) {
        for (String table : Workload.TABLES) {
            assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
        }
    }
}
