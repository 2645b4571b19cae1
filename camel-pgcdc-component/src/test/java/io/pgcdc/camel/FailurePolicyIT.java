package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.pipeline.PipelineStatus.TableStage;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What becomes of changes and rows that the route fails on for good, or that can't be decoded. */
@PostgresTest
class FailurePolicyIT {

    private final Model model = new Model();
    private final AtomicBoolean mended = new AtomicBoolean();
    private final Set<String> poison = ConcurrentHashMap.newKeySet();
    private final List<Object> failed = Collections.synchronizedList(new ArrayList<>());

    @Test
    void retry_stops_after_its_retries_and_acknowledges_nothing_from_there_on(TestDatabase database) throws Exception {
        create(database);
        poison.add("3");
        try (RouteUnderTest route = start(database, "snapshotMode=never&maxRetries=2")) {
            route.awaitReady();
            for (int id = 1; id <= 5; id++) {
                database.execute("INSERT INTO a VALUES (" + id + ")");
            }
            awaitState(route, State.FAILED);
            assertThat(failed).hasSize(3);
            assertThat(model.rows("a")).hasSize(2);
            assertThat(route.consumer().status().error()).hasMessageContaining("failed 3 times")
                    .hasMessageContaining("insert of table public.a").hasMessageContaining("maxRetries");
            assertThat(health(route).getState()).isEqualTo(HealthCheck.State.DOWN);
        }
        mended.set(true);
        try (RouteUnderTest route = start(database, "snapshotMode=never&maxRetries=2")) {
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertThat(model.rows("a")).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "&batching=true" })
    void isolateTable_gives_one_table_up_and_goes_on_with_the_others_until_it_is_resynchronised(
            String options, TestDatabase database)
            throws Exception {
        create(database);
        poison.add("3");
        try (RouteUnderTest route = start(database, "failurePolicy=isolateTable" + options)) {
            route.awaitReady();
            for (int id = 1; id <= 5; id++) {
                database.execute(
                        "BEGIN; INSERT INTO a VALUES (" + id + "); INSERT INTO b VALUES (" + (100 + id) + "); COMMIT");
            }
            route.awaitCaughtUp();
            assertThat(model.rows("b")).hasSize(5);
            assertThat(model.rows("a")).hasSizeLessThan(5);
            PipelineStatus.Table table = table(route, "a");
            assertThat(table.stage()).isEqualTo(TableStage.ERROR);
            assertThat(table.error()).contains("public.a", "LSN", "IllegalStateException", "call resyncTable");
            assertThat(health(route).getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(health(route).getMessage().orElse("")).contains("public.a");

            mended.set(true);
            route.consumer().resyncTable("public.a");
            route.awaitReady();
            database.execute("UPDATE a SET v = 9 WHERE id = 4");
            route.awaitCaughtUp();
            assertThat(health(route).getState()).isEqualTo(HealthCheck.State.UP);
        }
        assertThat(model.rows("a")).isEqualTo(Workload.rows(database, "a")).hasSize(5);
        assertThat(model.violations()).isEmpty();
    }

    @Test
    void a_table_whose_copy_fails_is_given_up_while_the_others_are_copied_and_comes_back_by_itself_if_asked_for(
            TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO a SELECT generate_series(1, 100)", "INSERT INTO b SELECT generate_series(201, 300)");
        poison.add("50");
        try (RouteUnderTest route = start(database, "failurePolicy=isolateTable&isolatedTables=afterDelay")) {
            Awaitility.await().until(() -> failed.size() > 2 && table(route, "b").stage() == TableStage.STREAMING);
            database.execute("INSERT INTO b VALUES (999)");
            Awaitility.await().until(() -> model.rows("b").size() == 101);
            mended.set(true);
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertThat(model.rows("a")).isEqualTo(Workload.rows(database, "a"));
        assertThat(database.slots()).hasSize(1);
    }

    @Test
    void a_table_in_error_stays_so_when_the_connection_breaks_under_snapshotMode_never_and_a_resync_is_not_forgotten(
            TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO a SELECT generate_series(1, 300)");
        poison.add("1000");
        String options = "snapshotMode=never&failurePolicy=isolateTable";
        CountDownLatch copying = new CountDownLatch(1);
        RouteUnderTest route = start(database, options);
        try (route) {
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (1000)");
            Awaitility.await().until(() -> table(route, "a").stage() == TableStage.ERROR);
            database.query("SELECT count(pg_terminate_backend(active_pid)) FROM pg_replication_slots", Long.class);
            Awaitility.await().until(() -> route.consumer().status().state() == State.RETRYING);
            awaitState(route, State.RUNNING);
            assertThat(table(route, "a").stage()).isEqualTo(TableStage.ERROR);

            mended.set(true);
            FailPoint.onReached(point -> {
                if (point == FailPoint.RANGE_COPIED) {
                    copying.countDown();
                    throw new IllegalStateException("dead");
                }
            });
            route.consumer().resyncTable("public.a");
            copying.await();
            route.kill();
        }
        FailPoint.onReached(null);
        model.expectReplay();
        try (RouteUnderTest next = start(database, options)) {
            next.awaitReady();
            database.execute("INSERT INTO a VALUES (1001)");
            next.awaitCaughtUp();
        }
        assertThat(model.rows("a")).isEqualTo(Workload.rows(database, "a")).hasSize(302);
    }

    @Test
    void a_table_in_error_stays_so_over_a_restart_unless_it_is_to_come_back_on_start(TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO a SELECT generate_series(1, 10)");
        poison.add("5");
        try (RouteUnderTest route = start(database, "failurePolicy=isolateTable")) {
            Awaitility.await().until(() -> table(route, "a") != null && table(route, "a").stage() == TableStage.ERROR);
            Awaitility.await().until(() -> table(route, "b").stage() == TableStage.STREAMING);
        }
        mended.set(true);
        try (RouteUnderTest route = start(database, "failurePolicy=isolateTable")) {
            awaitState(route, State.RUNNING);
            assertThat(table(route, "a").stage()).isEqualTo(TableStage.ERROR);
            assertThat(table(route, "a").error()).contains("copy of table public.a as of LSN ", "call resyncTable");
        }
        model.expectReplay();
        try (RouteUnderTest route = start(database, "failurePolicy=isolateTable&isolatedTables=onStart")) {
            route.awaitReady();
        }
        assertThat(model.rows("a")).hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "&batching=true", "&maxRetries=1&batching=true" })
    void skip_leaves_out_just_what_fails_of_the_copy_and_of_the_stream(String options, TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO a SELECT generate_series(1, 50)");
        poison.addAll(Set.of("20", "70", "71"));
        try (RouteUnderTest route = start(database, "failurePolicy=skip" + options)) {
            route.awaitReady();
            database.execute("INSERT INTO a SELECT generate_series(51, 100)", "INSERT INTO b VALUES (1)");
            route.awaitCaughtUp();
            assertThat(route.consumer().getSkipped()).isEqualTo(3);
            assertThat(health(route).getState()).isEqualTo(HealthCheck.State.UP);
        }
        assertThat(model.rows("a")).hasSize(97);
        assertThat(model.rows("b")).hasSize(1);
        assertThat(model.violations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "&batching=true", "&maxRetries=1" })
    void skip_leaves_out_just_what_fails_of_an_aggregated_group(String options, TestDatabase database) throws Exception {
        create(database);
        database.execute("INSERT INTO a SELECT generate_series(1, 30)", "INSERT INTO b SELECT generate_series(201, 230)");
        poison.addAll(Set.of("5", "45", "46"));
        try (RouteUnderTest route = startGroups(database, "failurePolicy=skip" + options)) {
            route.awaitReady();
            database.execute("INSERT INTO a SELECT generate_series(31, 60)", "INSERT INTO b SELECT generate_series(231, 260)");
            route.awaitCaughtUp();
            assertThat(route.consumer().getSkipped()).isEqualTo(3);
        }
        assertThat(model.rows("a")).hasSize(57);
        assertThat(model.rows("b")).hasSize(60);
    }

    @Test
    void isolateTable_isolates_no_table_for_the_failure_of_another_in_its_group(TestDatabase database) throws Exception {
        create(database);
        poison.add("5");
        try (RouteUnderTest route = startGroups(database, "failurePolicy=isolateTable")) {
            route.awaitReady();
            database.execute(
                    "BEGIN; INSERT INTO b SELECT generate_series(201, 205); INSERT INTO a SELECT generate_series(4, 6);"
                             + " INSERT INTO b SELECT generate_series(206, 210); COMMIT");
            route.awaitCaughtUp();
            assertThat(table(route, "a").stage()).isEqualTo(TableStage.ERROR);
            assertThat(table(route, "b").stage()).isEqualTo(TableStage.STREAMING);
        }
        assertThat(model.rows("b")).hasSize(10);
    }

    /** Groups of ten of both tables, of copies and stream; a smaller one is sent when no more comes. */
    private RouteUnderTest startGroups(TestDatabase database, String options) throws Exception {
        RouteUnderTest route = new RouteUnderTest(database, options, new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:mypub?includeSchemaChanges=false&" + options).routeId("cdc")
                        .aggregate(constant(true), new PgCdcAggregationStrategy()).completionSize(10)
                        .completionTimeout(50).completionTimeoutCheckerInterval(10)
                        .process(exchange -> {
                            List<Object> events = new ArrayList<>();
                            for (Object body : exchange.getMessage().getBody(List.class)) {
                                events.addAll(body instanceof ChangeEvent ? List.of(body) : (List<?>) body);
                            }
                            exchange.getMessage().setBody(events);
                        })
                        .process(FailurePolicyIT.this::applyOrFail);
            }
        });
        route.start();
        return route;
    }

    @ParameterizedTest
    @ValueSource(classes = { AssertionError.class, StackOverflowError.class, OutOfMemoryError.class })
    void an_Error_of_the_route_is_a_failure_like_any_other(Class<? extends Error> kind, TestDatabase database)
            throws Exception {
        create(database);
        database.execute("INSERT INTO a VALUES (1)");
        AtomicBoolean thrown = new AtomicBoolean();
        AtomicBoolean again = new AtomicBoolean();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            boolean copy = "read".equals(exchange.getMessage().getHeader(PgCdcConstants.OPERATION));
            if ((copy ? thrown : again).compareAndSet(false, true)) {
                throw kind.getConstructor().newInstance();
            }
            model.apply(exchange);
        })) {
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (2)");
            route.awaitCaughtUp();
        }
        assertThat(model.rows("a")).hasSize(2);
    }

    @Test
    void what_the_routes_own_error_handler_takes_counts_as_done(TestDatabase database) throws Exception {
        create(database);
        List<Object> dead = Collections.synchronizedList(new ArrayList<>());
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(deadLetterChannel("direct:dead").maximumRedeliveries(1).redeliveryDelay(1));
                from("direct:dead").process(e -> dead.add(e.getMessage().getBody(ChangeEvent.class).get("id")));
                from("pgcdc:mypub?snapshotMode=never&maxRetries=0").routeId("cdc").process(
                        FailurePolicyIT.this::applyOrFail);
            }
        })) {
            poison.add("2");
            route.start();
            route.awaitReady();
            database.execute("INSERT INTO a SELECT generate_series(1, 3)");
            route.awaitCaughtUp();
        }
        assertThat(dead).containsExactly(2L);
        assertThat(model.rows("a")).hasSize(2);
    }

    @Test
    void a_value_that_can_not_be_decoded_is_told_without_the_value_and_follows_the_policy(TestDatabase database)
            throws Exception {
        create(database);
        database.execute("CREATE TABLE u (id bigint PRIMARY KEY, v uuid)",
                "INSERT INTO u VALUES (1, NULL), (2, gen_random_uuid()), (3, NULL)", "ALTER PUBLICATION mypub ADD TABLE u",
                // From now on this database's server writes no uuid that anybody could read.
                "UPDATE pg_type SET typoutput = 'void_out'::regproc, typsend = 'void_send'::regproc WHERE typname = 'uuid'");
        try (RouteUnderTest route = start(database, "maxRetries=1")) {
            awaitState(route, State.FAILED);
            assertThat(route.consumer().status().error().code()).isEqualTo(ErrorCode.DECODE);
            assertThat(route.consumer().status().error()).hasMessageContaining("public.u")
                    .hasMessageContaining("Column v").hasMessageContaining("uuid").hasMessageContaining("copy as of LSN ");
        }
        model.expectReplay();
        try (RouteUnderTest route = start(database, "failurePolicy=skip&pipeline=skipping")) {
            route.awaitReady();
            assertThat(model.rows("u")).hasSize(2);
            database.execute("INSERT INTO u VALUES (4, gen_random_uuid()), (5, NULL)");
            Awaitility.await().until(() -> model.rows("u").size() == 3);
            assertThat(route.consumer().getSkipped()).isEqualTo(2);
        }
        try (RouteUnderTest route = start(
                database, "failurePolicy=isolateTable&pipeline=isolating&snapshotMode=never")) {
            awaitState(route, State.RUNNING);
            database.execute("INSERT INTO u VALUES (6, gen_random_uuid())");
            Awaitility.await().until(() -> table(route, "u").stage() == TableStage.ERROR);
            assertThat(table(route, "u").error()).contains("Column v", "public.u", "uuid", "LSN");
        }
    }

    @Test
    void a_healthy_table_can_be_resynchronised_under_load(TestDatabase database) throws Exception {
        create(database);
        database.execute("INSERT INTO a SELECT generate_series(1, 500)");
        mended.set(true);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            AtomicBoolean over = new AtomicBoolean();
            Thread writer = new Thread(() -> {
                for (int i = 1; !over.get(); i++) {
                    database.execute("UPDATE a SET v = " + i + " WHERE id = " + (i % 500 + 1),
                            "DELETE FROM a WHERE id = " + (i % 50 + 1), "INSERT INTO b VALUES (" + (1000 + i) + ")");
                }
            });
            writer.start();
            try {
                for (int round = 0; round < 3; round++) {
                    long reads = model.count(Operation.READ);
                    route.consumer().resyncTable("public.a");
                    Awaitility.await().until(() -> model.count(Operation.READ) > reads);
                    route.awaitReady();
                }
            } finally {
                over.set(true);
                writer.join();
            }
            route.awaitCaughtUp();
        }
        assertThat(model.rows("a")).isEqualTo(Workload.rows(database, "a"));
        assertThat(model.rows("b")).isEqualTo(Workload.rows(database, "b"));
        assertThat(model.violations()).isEmpty();
        assertThat(database.slots()).hasSize(1);
    }

    @Test
    void a_batch_that_was_begun_before_its_table_is_resynchronised_keeps_what_comes_after(TestDatabase database)
            throws Exception {
        create(database);
        mended.set(true);
        try (RouteUnderTest route = start(database, "batching=true&maxBatchDelay=4000")) {
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (1)");
            Lsn written = Lsn.parse(database.query("SELECT pg_current_wal_lsn()::text", String.class));
            Awaitility.await().until(() -> route.consumer().status().received().compareTo(written) >= 0);
            route.consumer().resyncTable("public.a");
            Awaitility.await().until(() -> model.count(Operation.READ) == 1);
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (2)");
            route.awaitCaughtUp();
        }
        assertThat(model.rows("a")).isEqualTo(Workload.rows(database, "a"));
    }

    @Test
    void resyncTable_says_what_to_do_where_nobody_would_copy(TestDatabase database) throws Exception {
        create(database);
        database.execute("INSERT INTO a VALUES (1), (2)");
        poison.add("2");
        try (RouteUnderTest route = start(database, "snapshotMode=initialOnly&failurePolicy=isolateTable")) {
            awaitState(route, State.COMPLETED);
            assertThat(table(route, "a").error()).contains("isolatedTables=onStart");
            assertThatThrownBy(() -> route.consumer().resyncTable("public.a"))
                    .hasMessageContainingAll("snapshotMode=initialOnly", "isolatedTables=onStart");
        }
        try (RouteUnderTest route = start(database, "pipeline=failing&maxRetries=0")) {
            awaitState(route, State.FAILED);
            assertThatThrownBy(() -> route.consumer().resyncTable("public.a"))
                    .hasMessageContainingAll("given up", "start the route again");
        }
        mended.set(true);
        model.expectReplay();
        try (RouteUnderTest active = start(database, "pipeline=two");
             RouteUnderTest standby = start(database, "pipeline=two")) {
            Awaitility.await().until(
                    () -> List.of(active, standby).stream().map(r -> r.consumer().status().state()).toList()
                            .containsAll(List.of(State.RUNNING, State.STANDBY)));
            RouteUnderTest waiting = active.consumer().status().state() == State.STANDBY ? active : standby;
            assertThatThrownBy(() -> waiting.consumer().resyncTable("public.a"))
                    .hasMessageContainingAll("standby", "the instance that is active");
        }
    }

    private RouteUnderTest start(TestDatabase database, String options) throws Exception {
        return RouteUnderTest.start(database, options, this::applyOrFail);
    }

    private void applyOrFail(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        List<?> events = body instanceof ChangeEvent ? List.of(body) : (List<?>) body;
        for (Object event : events) {
            if (!mended.get() && ((ChangeEvent) event).table().name().equals("a")
                    && poison.contains(String.valueOf(((ChangeEvent) event).get("id")))) {
                failed.add(event);
                throw new IllegalStateException("not this one");
            }
        }
        events.forEach(event -> model.apply((ChangeEvent) event));
    }

    private static void awaitState(RouteUnderTest route, State state) {
        Awaitility.await().until(() -> route.consumer().status().state() == state);
    }

    private static PipelineStatus.Table table(RouteUnderTest route, String name) {
        return route.consumer().status().tables().stream()
                .filter(table -> table.table().name().equals(name))
                .findFirst().orElse(null);
    }

    private static HealthCheck.Result health(RouteUnderTest route) {
        return new PgCdcHealthCheck(route.consumer()).call();
    }

    private static void create(TestDatabase database) {
        database.execute("CREATE TABLE a (id bigint PRIMARY KEY, v int)", "CREATE TABLE b (id bigint PRIMARY KEY, v int)",
                "CREATE PUBLICATION mypub FOR TABLE a, b");
    }
}
