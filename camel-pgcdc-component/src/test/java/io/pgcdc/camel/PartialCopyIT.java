package io.pgcdc.camel;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.pipeline.PipelineStatus.TableStage;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.camel.SteeringIT.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Rows of a table that a predicate names are copied again while the table streams on. */
@PostgresTest
class PartialCopyIT {

    private final Model model = new Model();
    private final List<ChangeEvent> events = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "|1", "batching=true|2", "batching=true&maxBatchSize=7&values=java|3" })
    void rows_that_are_copied_again_under_load_end_equal_and_are_those_of_the_predicate(
            String options, long seed, TestDatabase database)
            throws Exception {
        Workload.create(database, 2_000);
        try (RouteUnderTest route = start(database, options == null ? "" : options)) {
            route.awaitReady();
            events.clear();
            try (Workload load = Workload.start(database, seed)) {
                for (int round = 0; round < 12; round++) {
                    int rest = round % 7;
                    model.lose("orders", id -> id % 7 == rest);
                    long written = load.transactions();
                    route.consumer().copyRows("public.orders", "id % 7 = " + rest);
                    Awaitility.await().until(() -> load.transactions() > written + 20);
                }
                awaitCopied(route, database);
            }
            route.awaitCaughtUp();
            for (String table : Workload.TABLES) {
                assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
            }
            assertThat(model.violations()).isEmpty();
            assertThat(events.stream().filter(e -> e.operation() == Operation.READ))
                    .hasSizeGreaterThan(1_000).allMatch(e -> e.table().name().equals("orders"));
            assertThat(events).noneMatch(e -> e.operation() == Operation.TRUNCATE || e.operation() == Operation.SCHEMA);
            assertThat(events.stream().map(e -> e.table() + e.eventId())).doesNotHaveDuplicates();
            assertThat(database.slots()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_predicate_is_given_from_a_route_by_jmx_and_in_code(Steering by, TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            events.clear();
            by.copyRows(route.context(), "public.a", "id IN (3, 5) AND v <> 'x' -- the two");
            Awaitility.await().until(() -> events.size() == 2);
            assertThat(events).allMatch(e -> e.operation() == Operation.READ).extracting(e -> e.get("id"))
                    .containsExactlyInAnyOrder(3, 5);
            // As a change, a row is behind those before it and before those to come.
            database.execute("UPDATE a SET v = 'later' WHERE id = 3");
            Awaitility.await().until(() -> events.size() == 3);
            assertThat(events.get(2).eventId()).isGreaterThan(events.get(1).eventId());
        }
    }

    @Test
    void rows_wait_for_who_has_written_to_their_table_and_for_nobody_else(TestDatabase database) throws Exception {
        create(database);
        database.execute("CREATE TABLE other (id int PRIMARY KEY)");
        try (RouteUnderTest route = start(database, "");
             Connection writer = database.connect(); Statement write = writer.createStatement();
             Connection stranger = database.connect(); Statement elsewhere = stranger.createStatement()) {
            route.awaitReady();
            events.clear();
            stranger.setAutoCommit(false);
            elsewhere.execute("INSERT INTO other VALUES (1)");
            route.consumer().copyRows("public.a", "id = 1");
            Awaitility.await().until(() -> events.size() == 1);

            writer.setAutoCommit(false);
            write.execute("UPDATE a SET v = 'written' WHERE id = 2");
            route.consumer().copyRows("public.a", "id IN (2, 3)");
            // The reader of the rows asks who writes, again and again.
            Awaitility.await().until(() -> Thread.getAllStackTraces().keySet().stream().anyMatch(
                    thread -> thread.getName().contains("reread public.a")));
            database.execute("INSERT INTO a VALUES (100, 'streams on')");
            Awaitility.await().until(() -> events.size() == 2);
            writer.commit();
            Awaitility.await().until(() -> events.size() == 4);
            // Row 2 came with its change.
            assertThat(events.subList(1, 4)).extracting(e -> e.operation().text() + e.get("id"))
                    .containsExactly("insert100", "update2", "read3");
            assertThat(model.rows("a")).isEqualTo(Workload.rows(database, "a"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "true); DROP TABLE x; --", "true)) TO STDOUT; DROP TABLE x; --", "true)) TO STDOUT; COMMIT; DROP TABLE x; --",
            "true); COMMIT; DROP TABLE x; --", "true; DELETE FROM x", "true) OR (true", "true], ARRAY[true", "true, true",
            "true UNION SELECT true", "SELECT true", "VALUES (true)", "true /*", "'", "\"", "$1", "$a$", "1", "id", "now()",
            "", " ", "--", ")", "nowhere = 1", "other_table.id = 1", "id = 1 FOR UPDATE", "id = 'not a number'",
            "lower(v) = 'a' RETURNING id", "a", "true\\", "E'\\'", "U&'\\",
            "true)\n) TO STDOUT; ROLLBACK; DROP TABLE x; SELECT ((true" })
    void what_is_no_predicate_does_nothing_but_fail(String hostile, TestDatabase database) throws Exception {
        create(database);
        database.execute("CREATE TABLE x AS SELECT 1 AS n");
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            events.clear();
            assertRefused(() -> route.consumer().copyRows("public.a", hostile), ErrorCode.CONFIGURATION, "public.a",
                    "behind WHERE");
            assertThat(database.count("x")).isEqualTo(1);
            assertThat(database.count("a")).isEqualTo(20);
            assertThat(events).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "v = \"planted\"", "v = 'O'planted'", "id = 'planted'", "planted = 1", "public.planted(id)" })
    void no_text_of_a_condition_that_is_refused_is_told(String condition, TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            assertThatThrownBy(() -> route.consumer().copyRows("public.a", condition))
                    .isInstanceOf(PgCdcException.class).hasMessageContaining("SQLSTATE")
                    .satisfies(e -> {
                        StringWriter told = new StringWriter();
                        e.printStackTrace(new PrintWriter(told));
                        assertThat(told.toString()).doesNotContain("planted");
                    });
        }
    }

    @Test
    void no_predicate_gets_around_the_row_filter_of_the_publication(TestDatabase database) throws Exception {
        assumeTrue(database.server().major() >= 15);
        database.execute("CREATE TABLE a (id int PRIMARY KEY, v text)",
                "INSERT INTO a SELECT i, 'v' FROM generate_series(1, 20) i",
                "CREATE PUBLICATION mypub FOR TABLE a WHERE (id > 10)");
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            events.clear();
            assertRefused(() -> route.consumer().copyRows("public.a", "true) OR (true"), ErrorCode.CONFIGURATION, "public.a");
            route.consumer().copyRows("public.a", "true OR true");
            Awaitility.await().until(() -> events.size() >= 10);
            awaitCopied(route, database);
            assertThat(events).hasSize(10 + 1).allMatch(e -> (int) e.get("id") > 10);
        }
    }

    @Test
    void what_fails_in_the_midst_of_it_ends_the_copy_and_not_the_pipeline_and_no_value_is_told(TestDatabase database)
            throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, ""); LogLines log = new LogLines()) {
            route.awaitReady();
            events.clear();
            route.consumer().copyRows("public.a", "1 / (15 - id) >= 0");
            Awaitility.await().until(() -> log.lines().stream().anyMatch(line -> line.contains("SQLSTATE 22012")));
            assertThat(log.lines()).noneMatch(line -> line.contains("15 - id"));
            awaitCopied(route, database);
            assertThat(events.stream().filter(e -> e.operation() == Operation.READ).count()).isLessThanOrEqualTo(15);

            route.consumer().copyRows("public.a", "v::int > 0");
            Awaitility.await().until(() -> log.lines().stream().anyMatch(line -> line.contains("SQLSTATE 22P02")));
            assertThat(log.lines()).noneMatch(line -> line.contains("v1"));
        }
    }

    @Test
    void a_table_without_a_key_or_unknown_is_refused(TestDatabase database) throws Exception {
        create(database);
        database.execute("CREATE TABLE bag (id int)", "ALTER TABLE bag REPLICA IDENTITY FULL",
                "CREATE TABLE away (id int PRIMARY KEY)", "ALTER PUBLICATION mypub ADD TABLE bag");
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            assertRefused(() -> route.consumer().copyRows("public.bag", "true"), ErrorCode.CONFIGURATION, "ADD PRIMARY KEY");
            assertRefused(() -> route.consumer().copyRows("public.away", "true"), ErrorCode.CONFIGURATION, "no such table");
            // JMX has no arguments that may not be null.
            assertRefused(() -> route.consumer().copyRows(null, "true"), ErrorCode.CONFIGURATION, "schema.table");
            assertRefused(() -> route.consumer().resyncTable(null), ErrorCode.CONFIGURATION, "schema.table");
            assertRefused(() -> route.consumer().copyRows("public.a", null), ErrorCode.CONFIGURATION, "behind WHERE");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "batching=true" })
    void a_shape_that_no_change_has_told_yet_is_told_before_the_rows(String options, TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, options)) {
            route.awaitReady();
            events.clear();
            database.execute("ALTER TABLE a ADD COLUMN w int DEFAULT 7");
            route.consumer().copyRows("public.a", "id <= 2");
            Awaitility.await().until(() -> events.size() == 3);
            database.execute("INSERT INTO a VALUES (21, 'new', 8)");
            Awaitility.await().until(() -> events.size() == 4);
            assertThat(events).extracting(ChangeEvent::operation)
                    .containsExactly(Operation.SCHEMA, Operation.READ, Operation.READ, Operation.INSERT);
            assertThat(events.get(1)).containsEntry("w", 7);
        }
    }

    @Test
    void rows_that_fail_are_delivered_again_in_their_place(TestDatabase database) throws Exception {
        create(database);
        AtomicInteger failures = new AtomicInteger(3);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
            if (event.operation() == Operation.READ && event.transaction().xid() != 0 && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("not yet");
            }
            receive(exchange);
        })) {
            route.awaitReady();
            events.clear();
            route.consumer().copyRows("public.a", "id = 4");
            database.execute("UPDATE a SET v = 'u' WHERE id = 4");
            Awaitility.await().until(() -> !events.isEmpty()
                    && events.get(events.size() - 1).operation() == Operation.UPDATE || events.size() == 2);
            awaitCopied(route, database);
            assertThat(model.rows("a")).isEqualTo(Workload.rows(database, "a"));
            assertThat(model.violations()).isEmpty();
        }
    }

    @Test
    void a_connection_that_breaks_in_the_midst_of_it_has_it_done_again(TestDatabase database) throws Exception {
        create(database);
        database.execute("INSERT INTO a SELECT i, repeat('x', 500) FROM generate_series(1000, 9000) i");
        CountDownLatch some = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (RouteUnderTest route = RouteUnderTest.start(database, "maxInFlight=10", exchange -> {
            receive(exchange);
            if (exchange.getIn().getBody(ChangeEvent.class).transaction().xid() != 0) {
                some.countDown();
                goOn.await();
            }
        })) {
            route.awaitReady();
            model.lose("a", id -> id > 5_000);
            route.consumer().copyRows("public.a", "id > 5000");
            some.await();
            database.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
                             + " AND pid <> pg_backend_pid()");
            goOn.countDown();
            Awaitility.await().until(() -> model.rows("a").size() == 8_021);
            route.awaitReady();
            awaitCopied(route, database);
            assertThat(model.rows("a")).isEqualTo(Workload.rows(database, "a"));
        }
    }

    @Test
    void rows_of_before_a_whole_copy_of_their_table_never_come_after_it(TestDatabase database) throws Exception {
        create(database);
        database.execute("CREATE TABLE other (id int PRIMARY KEY)",
                "CREATE FUNCTION gate() RETURNS bool LANGUAGE plpgsql AS"
                                                                    + " 'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN true; END'");
        String waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        try (RouteUnderTest route = start(database, "");
             Connection gate = database.connect(); Statement keeper = gate.createStatement();
             Connection stranger = database.connect(); Statement elsewhere = stranger.createStatement()) {
            route.awaitReady();
            keeper.execute("SELECT pg_advisory_lock(7)");
            route.consumer().copyRows("public.a", "id = 1 AND public.gate()");
            Awaitility.await().until(() -> database.query(waits, Long.class) == 1);

            // The slot of the copy waits for it, so the change is in no stream but in the copy.
            stranger.setAutoCommit(false);
            elsewhere.execute("INSERT INTO other VALUES (1)");
            route.consumer().resyncTable("public.a");
            Awaitility.await().until(() -> route.consumer().status().tables().get(0).stage() == TableStage.INIT);
            database.execute("UPDATE a SET v = 'changed' WHERE id = 1");
            stranger.commit();
            Awaitility.await().until(() -> "changed".equals(valueOf(1)));
            Awaitility.await().until(() -> database.query("SELECT state FROM pgcdc.table_state", String.class).equals("READY"));

            keeper.execute("SELECT pg_advisory_unlock(7)");
            Awaitility.await().until(() -> route.consumer().getRowCopiesWaiting() == 0);
            route.awaitCaughtUp();
            assertThat(model.rows("a")).isEqualTo(Workload.rows(database, "a"));
        }
    }

    private Object valueOf(int id) {
        return events.stream().filter(e -> Integer.valueOf(id).equals(e.get("id"))).reduce((first, last) -> last)
                .map(e -> e.get("v")).orElse(null);
    }

    @Test
    void under_snapshotMode_never_rows_may_be_copied_too(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "snapshotMode=never")) {
            route.awaitReady();
            route.consumer().copyRows("public.a", "id > 18");
            Awaitility.await().until(() -> events.size() == 2);
            assertThat(model.rows("a")).hasSize(2);
        }
    }

    /** Requests are done one after the other. */
    private void awaitCopied(RouteUnderTest route, TestDatabase database) {
        String table = database.query("SELECT to_regclass('public.a') IS NULL", Boolean.class) ? "orders" : "a";
        long last = database.query("SELECT max(id)::bigint FROM " + table, Long.class);
        route.consumer().copyRows("public." + table, "id = " + last);
        // Its row need not come: a change of it may come instead.
        Awaitility.await().until(() -> route.consumer().getRowCopiesWaiting() == 0);
    }

    private void create(TestDatabase database) {
        database.execute("CREATE TABLE a (id int PRIMARY KEY, v text)",
                "INSERT INTO a SELECT i, 'v' || i FROM generate_series(1, 20) i",
                "CREATE PUBLICATION mypub FOR TABLE a");
    }

    private RouteUnderTest start(TestDatabase database, String options) throws Exception {
        return RouteUnderTest.start(database, options, this::receive);
    }

    private void receive(Exchange exchange) {
        model.apply(exchange);
        events.addAll(Received.events(List.of(exchange)));
    }
}
