package io.pgcdc.camel;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.camel.SteeringIT.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

/** A pipeline is brought past what can never be delivered, and past nothing else. */
@PostgresTest
class SkipIT {

    private final FollowingSink sink = new FollowingSink();
    private final List<ChangeEvent> events = new CopyOnWriteArrayList<>();
    private final Map<Object, String> poisoned = new ConcurrentHashMap<>();

    @AfterEach
    void noFailPoint() {
        FailPoint.onReached(null);
    }

    @ParameterizedTest
    @EnumSource
    void a_change_that_fails_for_ever_is_skipped_and_what_follows_comes(Steering by, TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            Lsn behind = poison(database, route);
            Lsn confirmed = awaitStill(route);
            String told = by.skipTo(route.context(), behind.toString(), confirmed.toString());
            assertThat(told).contains(confirmed.toString(), behind.toString(), route.slot());
            Awaitility.await().until(() -> ids().equals(List.of(1, 2, 4, 5)));
            route.awaitCaughtUp();
            assertInvariant(database, route);
        }
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (6)");
            Awaitility.await().until(() -> ids().equals(List.of(1, 2, 4, 5, 6)));
        }
    }

    @Test
    void a_pipeline_that_has_given_up_goes_on_behind_what_was_skipped(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "maxRetries=1")) {
            route.awaitReady();
            Lsn behind = poison(database, route);
            Awaitility.await().until(() -> route.consumer().status().state() == State.FAILED);
            Steering.send(route.context(), "skipTo&force=true&skipTo=" + behind);
            Awaitility.await().until(() -> ids().equals(List.of(1, 2, 4, 5)));
            assertThat(route.consumer().status().state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void nothing_is_skipped_that_nobody_knows_of(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            Lsn behind = poison(database, route);
            Lsn confirmed = awaitStill(route);
            String skip = "skipTo&skipTo=";
            assertRefused(() -> Steering.send(route.context(), skip + behind), ErrorCode.CONFIGURATION, "confirmedLsn",
                    "force");
            assertRefused(() -> Steering.send(route.context(), "skipTo&force=true"), ErrorCode.CONFIGURATION, "option skipTo");
            assertRefused(() -> Steering.send(route.context(), skip + "here&force=true"), ErrorCode.CONFIGURATION,
                    "16/B374D848");
            assertRefused(
                    () -> Steering.send(route.context(), skip + behind + "&confirmedLsn=" + Lsn.of(confirmed.value() - 8)),
                    ErrorCode.CONFIGURATION, "the confirmed position is " + confirmed);
            assertRefused(() -> Steering.send(route.context(), skip + Lsn.of(confirmed.value()) + "&force=true"),
                    ErrorCode.CONFIGURATION, "never goes back", "resyncTable");
            assertRefused(() -> Steering.send(route.context(), skip + "FFFF/0&force=true"), ErrorCode.CONFIGURATION,
                    "the server's log ends at");
            assertThat(awaitStill(route)).isEqualTo(confirmed);
            poisoned.clear();
            Awaitility.await().until(() -> ids().equals(List.of(1, 2, 3, 4, 5)));
        }
    }

    @Test
    void from_within_a_route_of_the_pipeline_it_is_refused(TestDatabase database) throws Exception {
        create(database);
        List<Throwable> told = new CopyOnWriteArrayList<>();
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub").routeId("cdc").doTry().to("pgcdc:mypub?operation=skipTo&skipTo=FFFF/0&force=true")
                        .doCatch(Exception.class)
                        .process(e -> told.add(e.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class))).end();
            }
        })) {
            route.start();
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (1)");
            Awaitility.await().until(() -> told.size() == 1);
            assertThat(told.get(0)).hasMessageContaining("seda:");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void a_process_that_dies_between_store_and_confirmation_has_skipped(boolean kills, TestDatabase database) throws Exception {
        create(database);
        Lsn behind;
        RouteUnderTest first = start(database, "");
        try (first) {
            first.awaitReady();
            behind = poison(database, first);
            CountDownLatch stored = new CountDownLatch(1);
            CountDownLatch dead = new CountDownLatch(1);
            FailPoint.onReached(point -> {
                if (point == FailPoint.SKIP_STORED) {
                    stored.countDown();
                    if (kills) {
                        await(dead);
                    }
                    throw new OutOfMemoryError("not really");
                }
            });
            Thread caller = new Thread(() -> {
                try {
                    first.consumer().getEndpoint().control().forceSkipTo(behind.toString());
                } catch (RuntimeException e) {
                    // it can't know
                }
            });
            caller.start();
            stored.await();
            if (kills) {
                Thread killer = new Thread(first::kill);
                killer.start();
                dead.countDown();
                killer.join();
                FailPoint.onReached(null);
                assertThat(Lsn.parse(database.confirmedFlush(first.slot()))).isLessThan(behind);
            } else {
                FailPoint.onReached(null);
                Awaitility.await().until(() -> ids().equals(List.of(1, 2, 4, 5)));
            }
            caller.join();
        }
        try (RouteUnderTest route = start(database, "")) {
            Awaitility.await().until(() -> ids().equals(List.of(1, 2, 4, 5)));
            route.awaitReady();
            route.awaitCaughtUp();
            assertInvariant(database, route);
        }
    }

    @Test
    void tables_that_are_being_copied_lose_nothing(TestDatabase database) throws Exception {
        create(database);
        database.execute("CREATE TABLE b (id int PRIMARY KEY)", "INSERT INTO b SELECT generate_series(1, 500)");
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
            if (event.table().name().equals("b") && event.operation() == Operation.READ && event.get("id").equals(400)) {
                copying.countDown();
                goOn.await();
            }
            receive(exchange);
        })) {
            route.awaitReady();
            database.execute("ALTER PUBLICATION mypub ADD TABLE b");
            copying.await();
            for (int i = 501; i <= 600; i++) {
                database.execute("INSERT INTO b VALUES (" + i + ")", "UPDATE b SET id = -id WHERE id = " + (i - 500));
            }
            Lsn behind = poison(database, route);
            Thread skip = new Thread(() -> route.consumer().getEndpoint().control().forceSkipTo(behind.toString()));
            skip.start();
            // The exchange of the copy is waited for.
            Awaitility.await().until(() -> skip.getState() == Thread.State.TIMED_WAITING);
            goOn.countDown();
            skip.join();
            route.awaitReady();
            database.execute("INSERT INTO b VALUES (601)");
            sink.awaitEqual(database, "b");
            assertThat(ids()).doesNotContain(3).contains(4, 5);
        }
    }

    @Test
    void a_shape_that_was_skipped_with_its_change_is_told_by_the_next_one(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (1)");
            Awaitility.await().until(() -> ids().equals(List.of(1)));
            poisoned.put("SCHEMA", "always");
            database.execute("ALTER TABLE a ADD COLUMN v int", "INSERT INTO a VALUES (2, 2)", "INSERT INTO a VALUES (3, 3)");
            String end = database.currentLsn();
            awaitStill(route);
            Awaitility.await().until(() -> database.query(
                    "SELECT count(*) FROM pgcdc.table_schema WHERE table_name = 'a'", Long.class) == 2);
            poisoned.clear();
            route.consumer().getEndpoint().control().forceSkipTo(end);
            database.execute("INSERT INTO a VALUES (4, 4)");
            Awaitility.await().until(() -> ids().contains(4));
            ChangeEvent last = events.get(events.size() - 2);
            assertThat(last.operation()).isEqualTo(Operation.SCHEMA);
            assertThat(last.tableSchema().columns()).hasSize(2);
        }
    }

    @Test
    void under_load_everything_is_equal_again_when_the_tables_are_copied_again(TestDatabase database) throws Exception {
        Workload.create(database, 500);
        Model model = new Model();
        try (RouteUnderTest route = RouteUnderTest.start(database, "batching=true", model::apply)) {
            route.awaitReady();
            try (Workload load = Workload.start(database, 5)) {
                for (int i = 0; i < 5; i++) {
                    long written = load.transactions();
                    Awaitility.await().until(() -> load.transactions() > written + 50);
                    // The pipeline may be there already.
                    try {
                        route.consumer().getEndpoint().control().forceSkipTo(
                                database.query("SELECT pg_current_wal_flush_lsn()::text", String.class));
                    } catch (io.pgcdc.model.PgCdcException e) {
                        assertThat(e.getMessage()).contains("never goes back");
                    }
                    model.expectReplay();
                }
                route.awaitReady();
                Workload.TABLES.forEach(table -> route.consumer().resyncTable("public." + table));
                Awaitility.await().until(() -> model.count(Operation.TRUNCATE) == 3);
            }
            route.awaitReady();
            route.awaitCaughtUp();
            for (String table : Workload.TABLES) {
                assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
            }
            assertInvariant(database, route);
        }
    }

    /** Of five rows the third fails for ever; returns the position right behind its commit. */
    private Lsn poison(TestDatabase database, RouteUnderTest route) {
        poisoned.put(3, "");
        for (int id = 1; id <= 5; id++) {
            database.execute("INSERT INTO a VALUES (" + id + ")");
        }
        Awaitility.await().until(() -> !poisoned.get(3).isEmpty());
        return Lsn.of(Lsn.parse(poisoned.get(3)).value() + 1);
    }

    /** What is confirmed, when that does not move any more. */
    private Lsn awaitStill(RouteUnderTest route) {
        Lsn[] last = { null };
        Awaitility.await().pollInterval(java.time.Duration.ofMillis(500)).until(() -> {
            Lsn before = last[0];
            last[0] = route.consumer().status().confirmed();
            return last[0].equals(before);
        });
        return last[0];
    }

    private void assertInvariant(TestDatabase database, RouteUnderTest route) {
        Lsn confirmed = Lsn.parse(database.confirmedFlush(route.slot()));
        Lsn stored = Lsn.parse(database.query("SELECT position::text FROM pgcdc.slot_position", String.class));
        assertThat(confirmed).isLessThanOrEqualTo(stored);
    }

    private List<Object> ids() {
        return events.stream().filter(e -> e.operation() == Operation.INSERT && e.table().name().equals("a"))
                .map(e -> e.get("id")).distinct().toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void create(TestDatabase database) {
        database.execute("CREATE TABLE a (id int PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE a");
    }

    private RouteUnderTest start(TestDatabase database, String options) throws Exception {
        return RouteUnderTest.start(database, options, this::receive);
    }

    private void receive(Exchange exchange) {
        ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
        Object poison = event.operation() == Operation.SCHEMA ? "SCHEMA" : event.get("id");
        if (event.table().name().equals("a") && poisoned.containsKey(poison)) {
            poisoned.computeIfPresent(poison, (id, lsn) -> exchange.getIn().getHeader(PgCdcConstants.COMMIT_LSN, String.class));
            throw new IllegalStateException("never");
        }
        sink.apply(exchange);
        events.add(event);
    }
}
