package io.pgcdc.camel;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PhysicalStandby;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Slots that outlive the server: failover slots, of which a physical standby keeps a copy. */
@PostgresTest(majors = { 17, 18 })
class SlotFailoverIT {

    @Test
    void all_slots_are_failover_slots_if_so_wished(TestDatabase database) throws Exception {
        Workload.create(database, 10);
        CountDownLatch hold = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        try (RouteUnderTest route = RouteUnderTest.start(database, "slotFailover=true&tableSyncWorkers=1", exchange -> {
            begun.incrementAndGet();
            hold.await();
        })) {
            Awaitility.await().until(() -> begun.get() > 0);
            assertThat(database.rows("SELECT slot_name, failover FROM pg_replication_slots"
                                     + " WHERE database = current_database()"))
                    .hasSize(2).allSatisfy(slot -> assertThat(slot).containsEntry("failover", true));
            hold.countDown();
            route.awaitReady();
        }
    }

    @Test
    void a_slot_that_is_there_is_made_a_failover_slot_at_the_next_start(TestDatabase database) throws Exception {
        Workload.create(database, 10);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            assertThat(failover(database, route)).isFalse();
        }
        for (int start = 1; start <= 2; start++) {
            try (RouteUnderTest route = start(database, "slotFailover=true")) {
                route.awaitReady();
                assertThat(failover(database, route)).isTrue();
            }
        }
    }

    @Test
    void an_older_server_has_none_and_the_error_says_so() {
        try (TestDatabase database = PostgresServer.shared(14).createDatabase()) {
            Workload.create(database, 10);
            assertThatThrownBy(() -> start(database, "slotFailover=true"))
                    .hasStackTraceContaining("PostgreSQL 14 has no failover slots")
                    .hasStackTraceContaining("PostgreSQL 17 or newer");
        }
    }

    @Test
    void a_pipeline_goes_on_at_the_promoted_standby_with_no_gap(PostgresServer shared) throws Exception {
        Model model = new Model();
        try (PostgresServer primary = PostgresServer.start(shared.major());
             TestDatabase database = primary.createDatabase()) {
            Workload.create(database, 500);
            try (RouteUnderTest route = RouteUnderTest.start(database, "slotFailover=true", model::apply)) {
                route.awaitReady();
            }
            model.expectReplay();
            try (PhysicalStandby standby = PhysicalStandby.of(primary, Map.of("sync_replication_slots", "on"));
                 RouteUnderTest route = RouteUnderTest.start(
                         database, "slotFailover=true&url=" + both(primary, standby, database.name()), model::apply)) {
                // No change gets to the route before it is safe on the standby.
                database.execute("ALTER SYSTEM SET synchronized_standby_slots = '" + PhysicalStandby.SLOT + "'",
                        "SELECT pg_reload_conf()");
                awaitSynced(database, standby, route.slot());
                try (Workload workload = Workload.start(database, 5)) {
                    Awaitility.await().until(() -> workload.transactions() > 500);
                    // A commit that the standby does not have is lost to everybody, pgcdc or not.
                    workload.close();
                }
                standby.awaitReplayed();

                primary.kill();
                long killed = System.nanoTime();
                standby.promote();
                model.expectReplay();
                standby.execute(database.name(), "UPDATE orders SET note = 'after'", "DELETE FROM items WHERE id > 100",
                        "INSERT INTO customers VALUES (100000, 1, 'new', 2.50)");

                Awaitility.await().untilAsserted(() -> {
                    for (String table : Workload.TABLES) {
                        assertThat(model.rows(table)).as(table)
                                .isEqualTo(standby.rows(database.name(), Workload.rowsQuery(table)));
                    }
                });
                System.out.printf("failover: %d ms from the end of the primary to the last change of the new one%n",
                        (System.nanoTime() - killed) / 1_000_000);
                assertThat(route.consumer().status().state()).isEqualTo(State.RUNNING);
                assertThat(standby.query(database.name(), "SELECT timeline FROM pgcdc.pipeline")).isEqualTo("2");
            }
            assertThat(model.violations()).isEmpty();
        }
    }

    @Test
    void a_failover_that_lost_what_the_route_has_already_is_an_error_and_no_silent_gap(
            PostgresServer shared, TestDatabase state)
            throws Exception {
        Model model = new Model();
        // The state has to be elsewhere: kept at the source, it would be as old as the new primary, and right for that.
        String stateUrl = "stateUrl=RAW(" + state.url() + ")";
        try (PostgresServer primary = PostgresServer.start(shared.major());
             TestDatabase database = primary.createDatabase()) {
            Workload.create(database, 10);
            try (RouteUnderTest route = RouteUnderTest.start(database, stateUrl, model::apply)) {
                route.awaitReady();
            }
            // Not even the slot is there after it; but that is not what matters.
            try (PhysicalStandby standby = PhysicalStandby.of(primary, Map.of())) {
                String options = stateUrl + "&url=" + both(primary, standby, database.name());
                try (RouteUnderTest route = RouteUnderTest.start(database, options, model::apply)) {
                    route.awaitReady();
                    standby.awaitReplayed();
                    standby.execute("postgres", "ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()");
                    Awaitility.await().until(
                            () -> database.query("SELECT count(*) FROM pg_stat_replication WHERE application_name"
                                                 + " = 'walreceiver'",
                                    Long.class)
                                  == 0);
                    database.execute("UPDATE orders SET v = 4711");
                    route.awaitCaughtUp();

                    primary.kill();
                    standby.promote();

                    Awaitility.await().until(
                            () -> route.consumer().status().state() == State.FAILED);
                    assertThat(route.consumer().status().error())
                            .hasMessageContaining("the server left timeline 1")
                            .hasMessageContaining("a standby that lagged behind was promoted")
                            .hasMessageContaining("slotLost=resync");
                }
                try (RouteUnderTest route = RouteUnderTest.start(database, options + "&slotLost=resync", model::apply)) {
                    route.awaitReady();
                }
                assertThat(model.rows("orders"))
                        .isEqualTo(standby.rows(database.name(), Workload.rowsQuery("orders")));
            }
        }
    }

    private static String both(PostgresServer primary, PhysicalStandby standby, String database) {
        return "RAW(jdbc:postgresql://" + primary.host() + ":" + primary.port() + "," + standby.host() + ":"
               + standby.port() + "/" + database + "?targetServerType=primary)";
    }

    /** A slot is there to stay once the one on the primary has moved on, which takes something to confirm. */
    private static void awaitSynced(TestDatabase primary, PhysicalStandby standby, String slot) {
        Awaitility.await().pollInterval(Duration.ofMillis(200)).until(() -> {
            primary.execute("SELECT pg_log_standby_snapshot()", "UPDATE orders SET v = v + 1 WHERE id = 1");
            return "t".equals(standby.query(primary.name(),
                    "SELECT synced AND NOT temporary FROM pg_replication_slots WHERE slot_name = '" + slot + "'"));
        });
    }

    private static boolean failover(TestDatabase database, RouteUnderTest route) {
        return database.query("SELECT failover FROM pg_replication_slots WHERE slot_name = '" + route.slot() + "'",
                Boolean.class);
    }

    private static RouteUnderTest start(TestDatabase database, String options) throws Exception {
        return RouteUnderTest.start(database, options, exchange -> {
        });
    }
}
