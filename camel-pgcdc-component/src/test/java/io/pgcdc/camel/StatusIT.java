package io.pgcdc.camel;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.pipeline.PipelineStatus.TableStage;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

/** What a pipeline tells of itself, against what the server says and what was delivered. */
@PostgresTest
class StatusIT {

    private static final Duration REFRESH = Duration.ofSeconds(2);

    private final Model model = new Model();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final Semaphore passes = new Semaphore(Integer.MAX_VALUE);

    @Test
    void positions_lag_and_retention_are_the_servers_own_within_a_refresh(TestDatabase database) throws Exception {
        Workload.create(database, 100);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO orders SELECT generate_series(1001, 2000), 1");
            route.awaitCaughtUp();
            Instant then = Instant.now();
            PipelineStatus status = awaitStatus(
                    route, s -> s.server() != null && s.server().readAt().isAfter(then) && Duration.ZERO.equals(s.lag()));
            assertThat(status.server().readAt()).isBefore(then.plus(REFRESH).plusSeconds(2));
            assertThat(status.confirmed().toString()).isEqualTo(database.confirmedFlush(route.slot()));
            String at = status.server().position().toString();
            assertThat(database.query("SELECT pg_current_wal_flush_lsn() >= '" + at + "'::pg_lsn", Boolean.class)).isTrue();
            assertThat(status.received().compareTo(status.server().position())).isNotNegative();
            long retained = database.query(
                    "SELECT pg_wal_lsn_diff('" + at + "', restart_lsn)::bigint FROM pg_replication_slots WHERE slot_name = '"
                                           + route.slot() + "'",
                    Long.class);
            assertThat(status.server().retainedBytes()).isGreaterThanOrEqualTo(retained).isLessThan(retained + (1 << 20));
            assertThat(status.server().walStatus()).isEqualTo("reserved");
            assertThat(status.lagBytes())
                    .isEqualTo(Math.max(0, status.server().position().value() - status.confirmed().value()));
            assertThat(status.inFlight()).isZero();
            assertThat(status.oldestUnacknowledged()).isZero();
            assertThat(status.server().clockOffset()).isBetween(Duration.ofSeconds(-1), Duration.ofSeconds(1));
            assertThat(status.database()).isEqualTo(database.name());
            assertThat(status.counters().decodeTime()).isPositive();
        }
    }

    @Test
    void while_the_route_holds_changes_the_lag_grows_with_their_age_and_ends_with_them(TestDatabase database)
            throws Exception {
        Workload.create(database, 10);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            passes.acquire();
            model.apply(exchange);
        })) {
            route.awaitReady();
            passes.drainPermits();
            Instant before = Instant.now();
            database.execute("INSERT INTO orders VALUES (5001, 1)");
            PipelineStatus held = awaitStatus(
                    route, s -> s.lag() != null && s.lag().compareTo(Duration.ofMillis(1500)) > 0 && s.inFlight() == 1);
            Duration longest = Duration.between(before, Instant.now()).plusMillis(100);
            assertThat(held.lag()).isLessThan(longest);
            assertThat(held.oldestUnacknowledged()).isBetween(Duration.ofMillis(500), longest);
            assertThat(awaitStatus(route, s -> s.lagBytes() > 0).state()).isEqualTo(State.RUNNING);
            passes.release(1 << 20);
            awaitStatus(route, s -> Duration.ZERO.equals(s.lag()) && s.oldestUnacknowledged().isZero());
        }
    }

    @Test
    void a_pause_is_a_state_and_what_is_committed_meanwhile_is_lag(TestDatabase database) throws Exception {
        Workload.create(database, 10);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            route.awaitCaughtUp();
            awaitStatus(route, s -> Duration.ZERO.equals(s.lag()));
            Instant before = Instant.now();
            route.consumer().suspend();
            database.execute("INSERT INTO orders VALUES (6001, 1)");
            PipelineStatus paused = awaitStatus(
                    route, s -> s.state() == State.PAUSED && s.lag() != null && s.lag().compareTo(Duration.ofSeconds(2)) > 0);
            assertThat(paused.paused()).isTrue();
            assertThat(paused.since()).isBetween(before.minusMillis(1), Instant.now());
            assertThat(paused.lag()).isLessThan(Duration.between(before, Instant.now()).plus(REFRESH.multipliedBy(2)));
            route.consumer().resume();
            awaitStatus(route, s -> s.state() == State.RUNNING && Duration.ZERO.equals(s.lag()));
        }
        assertThat(model.rows("orders")).isEqualTo(Workload.rows(database, "orders"));
    }

    @Test
    void counters_are_what_was_delivered_and_go_on_over_restarts(TestDatabase database) throws Exception {
        Workload.create(database, 100);
        try (TcpProxy proxy = TcpProxy.to(database.server());
             RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
                 @Override
                 public void configure() {
                     errorHandler(noErrorHandler());
                     from("pgcdc:mypub?url=RAW(" + proxy.url(database) + ")").routeId("cdc").process(exchange -> {
                         if (failing.get()) {
                             throw new IllegalStateException("not now");
                         }
                         model.apply(exchange);
                     });
                 }
             })) {
            route.start();
            route.awaitReady();
            database.execute("INSERT INTO orders SELECT generate_series(1001, 1020), 1",
                    "UPDATE orders SET v = 2 WHERE id > 1010", "DELETE FROM orders WHERE id > 1015", "TRUNCATE items");
            route.awaitCaughtUp();
            PipelineStatus.Counters counters = route.consumer().status().counters();
            for (Operation operation : Operation.values()) {
                assertThat(counters.changes().get(operation)).as(operation.text()).isEqualTo(model.count(operation));
            }
            assertThat(counters.changes()).containsEntry(Operation.READ, 300L).containsEntry(Operation.INSERT, 20L)
                    .containsEntry(Operation.UPDATE, 10L).containsEntry(Operation.DELETE, 5L)
                    .containsEntry(Operation.TRUNCATE, 1L);
            assertThat(counters.completed()).isEqualTo(counters.batches())
                    .isEqualTo(counters.changes().values().stream().mapToLong(n -> n).sum());
            assertThat(counters.bytes()).isPositive();
            assertThat(counters.failed() + counters.retries() + counters.restarts() + counters.skipped()).isZero();

            failing.set(true);
            database.execute("INSERT INTO orders VALUES (7001, 1)");
            awaitStatus(route, s -> s.counters().retries() >= 2);
            assertThat(route.consumer().status().counters().failed()).isGreaterThanOrEqualTo(2);
            failing.set(false);
            route.awaitCaughtUp();
            assertThat(route.consumer().status().counters().changes()).containsEntry(Operation.INSERT, 21L);

            model.expectReplay();
            proxy.refuse();
            proxy.cut();
            PipelineStatus broken = awaitStatus(
                    route, s -> s.state() == State.RETRYING && s.counters().restarts() >= 1 && s.error() != null);
            assertThat(broken.tables()).as("what is known of before").hasSize(3);
            assertThat(broken.confirmed()).isNotEqualTo(Lsn.ZERO);
            assertThat(broken.counters().reconnects()).isPositive();
            proxy.resume();
            route.awaitReady();
            PipelineStatus mended = route.consumer().status();
            assertThat(mended.error()).isNull();
            assertThat(mended.lastFailure().at()).isBeforeOrEqualTo(Instant.now()).isAfterOrEqualTo(broken.failure().at());
            assertThat(mended.counters().changes().get(Operation.INSERT)).isGreaterThanOrEqualTo(21L);
        }
    }

    @Test
    void the_console_tells_a_copy_and_its_progress_and_a_table_in_error_as_json_and_as_text(TestDatabase database)
            throws Exception {
        database.execute("CREATE TABLE a (id bigint PRIMARY KEY, v int)", "CREATE TABLE b (id bigint PRIMARY KEY, t text)",
                "INSERT INTO b SELECT i, repeat('x', 500) FROM generate_series(1, 20000) i", "ANALYZE b",
                "CREATE PUBLICATION mypub FOR TABLE a, b");
        passes.drainPermits();
        passes.release(5_000);
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "failurePolicy=isolateTable&copyRangeBytes=1000000&tableSyncWorkers=1", exchange -> {
                    if ("a".equals(exchange.getIn().getHeader(PgCdcConstants.TABLE))) {
                        throw new IllegalStateException("never");
                    }
                    passes.acquire();
                })) {
            JsonNode copying = awaitTable(route, "public.b", t -> t.path("copy").path("rows").asLong() > 4_000);
            assertThat(copying.path("stage").asText()).isEqualTo("copy");
            assertThat(copying.path("copy").path("progress").asDouble()).isBetween(0.1, 0.9);
            assertThat(copying.path("copy").path("bytes").asLong()).isGreaterThan(1_000_000);
            assertThat(copying.path("copy").path("estimatedRows").asLong()).isEqualTo(20_000);
            passes.release(1 << 24);
            route.awaitReady();
            JsonNode copied = awaitTable(route, "public.b", t -> true);
            assertThat(copied.path("copy").path("rows").asLong()).isEqualTo(20_000);
            assertThat(copied.path("copy").path("progress").asDouble()).isEqualTo(1, offset(0.0));
            assertThat(copied.path("copy").has("etaSeconds")).isFalse();

            database.execute("INSERT INTO a VALUES (1, 1)");
            JsonNode failed = awaitTable(route, "public.a", t -> t.path("stage").asText().equals("error"));
            assertThat(failed.path("error").asText()).contains("IllegalStateException").doesNotContain("never");
            assertThat(failed.path("remedy").asText()).contains("resyncTable", "public.a");
            assertThat(route.consumer().status().tables()).extracting(PipelineStatus.Table::stage)
                    .contains(TableStage.ERROR);

            JsonNode pipeline = Consoles.json(route).path("pipelines").path(0);
            assertThat(pipeline.path("pipeline").asText()).isEqualTo("mypub");
            assertThat(pipeline.path("routeId").asText()).isEqualTo("cdc");
            assertThat(pipeline.path("slot").asText()).isEqualTo(route.slot());
            assertThat(pipeline.path("state").asText()).isEqualTo("running");
            assertThat(pipeline.path("tables").path(0).path("table").asText()).as("in Error, so first").isEqualTo("public.a");
            assertThat(pipeline.path("tableStages").path("error").asInt()).isEqualTo(1);
            assertThat(pipeline.path("counters").path("changes").path("read").asLong()).isEqualTo(20_000);
            assertThat(pipeline.has("error")).isFalse();
            assertThat(Lsn.parse(pipeline.path("lsn").path("confirmed").asText())).isNotEqualTo(Lsn.ZERO);
            assertThat(Consoles.text(route)).contains("Pipeline mypub: running", route.slot(), "public.a: error",
                    "resyncTable");
        }
    }

    @Test
    void a_stopped_route_is_told_as_stopped_and_a_removed_one_not_at_all(TestDatabase database) throws Exception {
        Workload.create(database, 1);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            route.context().getRouteController().stopRoute("cdc");
            assertThat(Consoles.json(route).path("pipelines").path(0).path("state").asText()).isEqualTo("stopped");
            route.context().removeRoute("cdc");
            assertThat(Consoles.json(route).path("pipelines")).isEmpty();
            assertThat(Consoles.text(route)).isEqualTo("No pipeline");
        }
    }

    private static PipelineStatus awaitStatus(RouteUnderTest route, java.util.function.Predicate<PipelineStatus> condition) {
        return Awaitility.await().until(route.consumer()::status, condition);
    }

    private static JsonNode awaitTable(
            RouteUnderTest route, String table, java.util.function.Predicate<JsonNode> condition) {
        return Awaitility.await().until(() -> {
            for (JsonNode told : Consoles.json(route).path("pipelines").path(0).path("tables")) {
                if (told.path("table").asText().equals(table)) {
                    return told;
                }
            }
            return null;
        }, told -> told != null && condition.test(told));
    }
}
