package io.pgcdc.camel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.AsyncProcessorSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class AcknowledgementIT {

    @Test
    void a_row_that_fails_comes_again_until_it_passes_and_nothing_behind_it_is_acknowledged(TestDatabase database)
            throws Exception {
        create(database);
        List<Object> seen = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger failures = new AtomicInteger();
        AtomicReference<String> failing = new AtomicReference<>();
        List<String> passed = Collections.synchronizedList(new ArrayList<>());
        try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never", exchange -> {
            Object id = exchange.getMessage().getBody(ChangeEvent.class).get("id");
            seen.add(id);
            if (Long.valueOf(3).equals(id)) {
                failing.set(exchange.getMessage().getHeader(PgCdcConstants.COMMIT_LSN, String.class));
                passed.add(database.confirmedFlush("pgcdc_" + database.name() + "_mypub"));
                if (failures.incrementAndGet() < 4) {
                    throw new IllegalStateException("not yet");
                }
            }
        })) {
            route.awaitReady();
            for (int id = 1; id <= 5; id++) {
                database.execute("INSERT INTO t VALUES (" + id + ")");
            }
            route.awaitCaughtUp();
        }
        assertThat(seen).containsExactly(1L, 2L, 3L, 3L, 3L, 3L, 4L, 5L);
        assertThat(passed).allSatisfy(
                lsn -> assertThat(Lsn.parse(lsn)).isLessThanOrEqualTo(Lsn.parse(failing.get())));
    }

    @Test
    void a_copied_row_that_fails_comes_again_until_it_passes(TestDatabase database) throws Exception {
        create(database);
        database.execute("INSERT INTO t SELECT generate_series(1, 50)");
        Model model = new Model();
        AtomicInteger failures = new AtomicInteger();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            if (Long.valueOf(20).equals(exchange.getMessage().getBody(ChangeEvent.class).get("id"))
                    && failures.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            model.apply(exchange);
        })) {
            route.awaitReady();
        }
        assertThat(failures).hasValue(3);
        assertThat(model.rows("t")).hasSize(50);
    }

    @Test
    void an_aggregated_batch_that_fails_comes_again_whole(TestDatabase database) throws Exception {
        create(database);
        List<List<Object>> batches = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger failures = new AtomicInteger();
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?snapshotMode=never").routeId("cdc")
                        .aggregate(constant(true), new PgCdcAggregationStrategy()).completionSize(5)
                        .process(exchange -> {
                            List<Object> ids = new ArrayList<>();
                            for (Object event : exchange.getMessage().getBody(List.class)) {
                                ids.add(((ChangeEvent) event).get("id"));
                            }
                            batches.add(ids);
                            if (failures.incrementAndGet() <= 2) {
                                throw new IllegalStateException("not yet");
                            }
                        });
            }
        })) {
            route.start();
            route.awaitReady();
            String before = database.currentLsn();
            database.execute("INSERT INTO t SELECT generate_series(1, 4)");
            Awaitility.await().during(Duration.ofMillis(500)).until(
                    () -> Lsn.parse(database.confirmedFlush(route.slot())).compareTo(Lsn.parse(before)) <= 0);
            database.execute("INSERT INTO t VALUES (5)");
            route.awaitCaughtUp();
        }
        assertThat(batches).hasSize(3).allSatisfy(ids -> assertThat(ids).containsExactly(1L, 2L, 3L, 4L, 5L));
    }

    @Test
    void a_group_of_groups_acknowledges_only_when_the_outer_one_completes(TestDatabase database) throws Exception {
        create(database);
        List<Object> seen = Collections.synchronizedList(new ArrayList<>());
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?snapshotMode=never").routeId("cdc")
                        .aggregate(constant(true), new PgCdcAggregationStrategy()).completionSize(2)
                        .aggregate(constant(true), new PgCdcAggregationStrategy()).completionSize(2)
                        .process(exchange -> seen.add(exchange.getMessage().getBody()));
            }
        })) {
            route.start();
            route.awaitReady();
            String before = database.currentLsn();
            database.execute("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)");
            Awaitility.await().during(Duration.ofMillis(800)).until(
                    () -> Lsn.parse(database.confirmedFlush(route.slot())).compareTo(Lsn.parse(before)) <= 0);
            database.execute("INSERT INTO t VALUES (3)", "INSERT INTO t VALUES (4)");
            route.awaitCaughtUp();
        }
        assertThat(seen).hasSize(1);
    }

    @Test
    void a_split_with_the_strategy_is_acknowledged_with_its_exchange(TestDatabase database) throws Exception {
        create(database);
        List<Object> parts = Collections.synchronizedList(new ArrayList<>());
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?snapshotMode=never&batching=true").routeId("cdc")
                        .split(body(), new PgCdcAggregationStrategy()).process(e -> parts.add(e.getMessage().getBody()));
            }
        })) {
            route.start();
            route.awaitReady();
            database.execute("INSERT INTO t SELECT generate_series(1, 5)");
            route.awaitCaughtUp();
        }
        assertThat(parts).hasSize(5);
    }

    @Test
    void changes_in_an_aggregation_inside_a_split_are_acknowledged_when_the_groups_are(TestDatabase database)
            throws Exception {
        create(database);
        List<Object> groups = Collections.synchronizedList(new ArrayList<>());
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?snapshotMode=never&batching=true").routeId("cdc").split(body())
                        .aggregate(constant(true), new PgCdcAggregationStrategy()).completionSize(3)
                        .process(e -> groups.add(e.getMessage().getBody()));
            }
        })) {
            route.start();
            route.awaitReady();
            String before = database.currentLsn();
            database.execute("INSERT INTO t SELECT generate_series(1, 5)");
            Awaitility.await().until(() -> groups.size() == 1);
            Awaitility.await().during(Duration.ofMillis(500)).until(
                    () -> Lsn.parse(database.confirmedFlush(route.slot())).compareTo(Lsn.parse(before)) <= 0);
            database.execute("INSERT INTO t VALUES (6)");
            route.awaitCaughtUp();
        }
        assertThat(groups).hasSize(2);
    }

    @Test
    void a_route_that_leaves_its_thread_interrupted_stops_nothing(TestDatabase database) throws Exception {
        create(database);
        database.execute("INSERT INTO t VALUES (1)");
        Model model = new Model();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            model.apply(exchange);
            Thread.currentThread().interrupt();
        })) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)");
            route.awaitCaughtUp();
        }
        assertThat(model.rows("t")).hasSize(3);
    }

    @Test
    void a_rolled_back_exchange_is_not_acknowledged(TestDatabase database) throws Exception {
        create(database);
        AtomicInteger attempts = new AtomicInteger();
        try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never", exchange -> {
            if (attempts.incrementAndGet() < 3) {
                exchange.setRollbackOnly(true);
            }
        })) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (1)");
            route.awaitCaughtUp();
        }
        assertThat(attempts).hasValue(3);
    }

    @Test
    void exchanges_that_end_later_and_out_of_order_are_acknowledged_up_to_the_first_that_has_not_ended(
            TestDatabase database)
            throws Exception {
        create(database);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?snapshotMode=never").routeId("cdc").threads(4, 4).process(exchange -> {
                    if (Long.valueOf(1).equals(exchange.getMessage().getBody(ChangeEvent.class).get("id"))) {
                        release.await();
                    }
                    done.incrementAndGet();
                });
            }
        })) {
            route.start();
            route.awaitReady();
            String before = database.currentLsn();
            for (int id = 1; id <= 10; id++) {
                database.execute("INSERT INTO t VALUES (" + id + ")");
            }
            Awaitility.await().until(() -> done.get() == 9);
            Awaitility.await().during(Duration.ofMillis(600)).until(
                    () -> Lsn.parse(database.confirmedFlush(route.slot())).compareTo(Lsn.parse(before)) <= 0);
            release.countDown();
            route.awaitCaughtUp();
        }
    }

    @Test
    void no_more_changes_are_in_flight_than_allowed(TestDatabase database) throws Exception {
        create(database);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger started = new AtomicInteger();
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?snapshotMode=never&maxInFlight=7").routeId("cdc").threads(20, 20).process(exchange -> {
                    started.incrementAndGet();
                    release.await();
                });
            }
        })) {
            route.start();
            route.awaitReady();
            database.execute("INSERT INTO t SELECT generate_series(1, 100)");
            Awaitility.await().until(() -> started.get() == 7);
            Awaitility.await().during(Duration.ofMillis(500)).until(() -> started.get() == 7);
            release.countDown();
            route.awaitCaughtUp();
        }
        assertThat(started).hasValue(100);
    }

    @Test
    void an_idle_publication_beside_a_busy_table_lets_the_slot_go_on(TestDatabase database) throws Exception {
        create(database);
        database.execute("CREATE TABLE busy (x text)");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
        })) {
            route.awaitReady();
            for (int i = 0; i < 20; i++) {
                database.execute("INSERT INTO busy SELECT repeat('x', 1000) FROM generate_series(1, 500)");
            }
            route.awaitConfirmed(database.currentLsn());
        }
    }

    @Test
    void a_suspended_route_gets_nothing_and_goes_on_where_it_was(TestDatabase database) throws Exception {
        create(database);
        Model model = new Model();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            route.context().getRouteController().suspendRoute("cdc");
            database.execute("INSERT INTO t SELECT generate_series(1, 10)");
            Awaitility.await().during(Duration.ofMillis(500)).until(() -> model.rows("t").isEmpty());
            route.context().getRouteController().resumeRoute("cdc");
            route.awaitCaughtUp();
        }
        assertThat(model.rows("t")).hasSize(10);
    }

    @Test
    void a_route_slower_than_wal_sender_timeout_keeps_its_connection() throws Exception {
        try (PostgresServer server = PostgresServer.start(PostgresServer.shared().major(),
                java.util.Map.of("wal_sender_timeout", "1s"));
             TestDatabase database = server.createDatabase()) {
            create(database);
            AtomicInteger deliveries = new AtomicInteger();
            CountDownLatch release = new CountDownLatch(1);
            try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never&maxInFlight=1", (
                    Exchange exchange) -> {
                deliveries.incrementAndGet();
                release.await();
            })) {
                route.awaitReady();
                Number pid = database.query("SELECT active_pid FROM pg_replication_slots", Integer.class);
                // More than fits into every buffer on the way, so that the server's writes block, too.
                database.execute("ALTER TABLE t ADD COLUMN big text",
                        "INSERT INTO t SELECT i, repeat(md5(i::text), 100) FROM generate_series(1, 20000) i");
                Awaitility.await().until(() -> deliveries.get() == 1);
                Awaitility.await().during(Duration.ofSeconds(4)).until(
                        () -> pid.equals(database.query("SELECT active_pid FROM pg_replication_slots", Integer.class)));
                release.countDown();
                route.awaitCaughtUp();
            }
            assertThat(deliveries).as("each once, and the schema change").hasValue(20_001);
        }
    }

    @Test
    void a_stop_waits_for_an_unanswered_exchange_about_as_long_as_camel_grants_it(TestDatabase database) throws Exception {
        create(database);
        AtomicReference<AsyncCallback> unanswered = new AtomicReference<>();
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?snapshotMode=never").routeId("cdc").process(new AsyncProcessorSupport() {
                    @Override
                    public boolean process(Exchange exchange, AsyncCallback callback) {
                        unanswered.set(callback);
                        return false;
                    }
                });
            }
        })) {
            route.context().getShutdownStrategy().setTimeout(4);
            route.start();
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (1)");
            Awaitility.await().until(() -> unanswered.get() != null);
            long begun = System.nanoTime();
            route.context().getRouteController().stopRoute("cdc");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(7));
            unanswered.get().done(false);
        }
    }

    private static void create(TestDatabase database) {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
    }
}
