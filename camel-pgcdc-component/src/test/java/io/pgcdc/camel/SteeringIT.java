package io.pgcdc.camel;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Pipelines are steered from routes, by JMX and in code, all to the same effect. */
@PostgresTest
class SteeringIT {

    private final Model model = new Model();
    private final List<ChangeEvent> events = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @EnumSource
    void a_paused_pipeline_hands_over_nothing_until_it_is_resumed_whatever_becomes_of_its_connection(
            Steering by, TestDatabase database)
            throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            by.pause(route.context());
            assertThat(by.status(route.context())).contains("paused");
            database.execute("INSERT INTO a VALUES (1, 'while paused')");

            int pid = reader(database, route);
            database.query("SELECT pg_terminate_backend(" + pid + ")", Boolean.class);
            Awaitility.await().until(() -> reader(database, route) != 0 && reader(database, route) != pid);
            // The route's own suspending and resuming is another matter.
            route.context().getRouteController().suspendRoute("cdc");
            route.context().getRouteController().resumeRoute("cdc");
            database.execute("INSERT INTO a VALUES (2, 'still paused')");
            assertThat(events).isEmpty();

            by.resume(route.context());
            Awaitility.await().until(() -> model.rows("a").size() == 2);
            route.awaitCaughtUp();
            assertThat(model.violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_table_that_is_copied_again_under_load_ends_equal_while_the_others_stream_on(Steering by, TestDatabase database)
            throws Exception {
        Workload.create(database, 2_000);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            try (Workload load = Workload.start(database, 11)) {
                by.resyncTable(route.context(), "public.orders");
                Awaitility.await().until(() -> events.stream().anyMatch(SteeringIT::isTruncateOfOrders));
                route.awaitReady();
                long written = load.transactions();
                Awaitility.await().until(() -> load.transactions() > written + 50);
            }
            route.awaitCaughtUp();
            for (String table : Workload.TABLES) {
                assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
            }
            assertThat(events.stream().filter(e -> e.operation().text().equals("truncate")))
                    .allMatch(SteeringIT::isTruncateOfOrders);
        }
    }

    private static boolean isTruncateOfOrders(ChangeEvent event) {
        return event.operation().text().equals("truncate") && event.table().name().equals("orders");
    }

    @ParameterizedTest
    @EnumSource
    void a_table_that_is_added_is_copied_and_streamed_and_one_that_is_dropped_is_not(Steering by, TestDatabase database)
            throws Exception {
        create(database);
        database.execute("CREATE TABLE \"B c\" (id int PRIMARY KEY, v text)", "INSERT INTO \"B c\" VALUES (1, 'copied')");
        try (RouteUnderTest route = start(database, "publicationCheckInterval=1h")) {
            route.awaitReady();
            assertThat(by.addTables(route.context(), "public.B c")).hasToString("[public.B c]");
            Awaitility.await().until(() -> model.rows("B c").size() == 1);
            route.awaitReady();
            database.execute("INSERT INTO \"B c\" VALUES (2, 'streamed')");
            Awaitility.await().until(() -> model.rows("B c").size() == 2);
            assertThat(by.addTables(route.context(), "public.B c")).isEmpty();

            database.execute("INSERT INTO \"B c\" VALUES (3, 'the last')");
            assertThat(by.dropTables(route.context(), "public.B c")).hasToString("[public.B c]");
            database.execute("INSERT INTO \"B c\" VALUES (4, 'not sent')", "INSERT INTO a VALUES (1, 'sent')");
            Awaitility.await().until(() -> route.consumer().status().tables().size() == 1);
            Awaitility.await().until(() -> model.rows("a").size() == 1);
            assertThat(model.rows("B c")).hasSize(3);
            assertThat(by.dropTables(route.context(), "public.B c")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_message_comes_in_the_order_of_the_changes(Steering by, TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "includeMessages=true")) {
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (1, 'before')");
            String lsn = by.emitMessage(route.context(), "mark", "wörd", true);
            by.emitMessage(route.context(), "mark", "at once", false);
            database.execute("INSERT INTO a VALUES (2, 'after')");
            Awaitility.await().until(() -> events.size() == 4);
            assertThat(events).extracting(e -> e.operation().text()).containsExactly("insert", "message", "message", "insert");
            assertThat(events.get(1)).containsEntry("prefix", "mark").containsEntry("content", "wörd");
            assertThat(events.get(2)).containsEntry("content", "at once").containsEntry("transactional", false);
            assertThat(lsn).matches("[0-9A-F]+/[0-9A-F]+");
        }
    }

    @Test
    void a_message_of_bytes_comes_as_these_bytes_alone_on_an_idle_server(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "includeMessages=true&values=java")) {
            route.awaitReady();
            Steering.send(route.context(), "emitMessage&transactional=false", new byte[] { 0, -1, 7 },
                    Map.of(PgCdcConstants.MESSAGE_PREFIX, "bytes"));
            Awaitility.await().until(() -> events.size() == 1);
            assertThat(events.get(0)).containsEntry("prefix", "bytes").containsEntry("content", new byte[] { 0, -1, 7 });
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_slots_and_the_state_of_a_pipeline_go_when_nobody_reads_it(Steering by, TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            assertRefused(() -> by.dropSlot(route.context()), ErrorCode.SLOT_ACTIVE, "Stop that route first");
            String leftOver = route.slot() + "_sync_7";
            database.execute("SELECT pg_create_logical_replication_slot('" + leftOver + "', 'pgoutput')");
            try (RouteUnderTest elsewhere = notStarted(database)) {
                assertRefused(() -> by.dropSlot(elsewhere.context()), ErrorCode.SLOT_ACTIVE, "pg_stat_replication");
                assertThat(database.slots()).hasSize(2);
            }

            route.context().getRouteController().stopRoute("cdc");
            assertThat(by.dropSlot(route.context())).contains(route.slot(), leftOver).contains("true");
            assertThat(database.slots()).isEmpty();
            for (String table : List.of("pipeline", "slot_position", "table_state", "table_schema", "table_column")) {
                assertThat(database.query("SELECT count(*) FROM pgcdc." + table, Long.class)).as(table).isZero();
            }
            route.context().getRouteController().startRoute("cdc");
            route.awaitReady();
        }
    }

    @Test
    void the_status_of_a_running_pipeline_is_that_of_the_console_and_of_one_elsewhere_what_is_stored(TestDatabase database)
            throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            assertThat(Steering.send(route.context(), "status")).containsEntry("state", "running")
                    .containsEntry("slot", route.slot()).containsKeys("counters", "lsn", "tables");
            try (RouteUnderTest elsewhere = notStarted(database)) {
                assertThat(Steering.send(elsewhere.context(), "status")).containsEntry("state", "stopped")
                        .containsEntry("slotActive", true).containsEntry("slot", route.slot())
                        .containsEntry("tableStages", Map.of("streaming", 1));
                assertThat(Steering.send(elsewhere.context(), "status&pipeline=never")).containsEntry("slotExists", false)
                        .containsEntry("tableCount", 0);
                assertRefused(() -> Steering.send(elsewhere.context(), "pause"), ErrorCode.CONFIGURATION, "No route");
            }
        }
    }

    @Test
    void a_preflight_is_told_whether_the_route_runs_or_not(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = notStarted(database)) {
            assertThat(Steering.send(route.context(), "preflight")).containsEntry("ready", true).containsKey("findings");
            database.execute("DROP PUBLICATION mypub");
            assertThat(Steering.send(route.context(), "preflight")).containsEntry("ready", false);
        }
    }

    private static RouteUnderTest notStarted(TestDatabase database) throws Exception {
        RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub").routeId("cdc").autoStartup(false).to("mock:none");
            }
        });
        route.start();
        return route;
    }

    @Test
    void the_consumer_has_the_operations_of_a_running_pipeline_in_jmx(TestDatabase database) throws Exception {
        create(database);
        database.execute("INSERT INTO a VALUES (1, 'x')");
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            Steering.invoke(route.context(), "consumers", "pausePipeline");
            assertThat(route.consumer().status().state()).isEqualTo(State.PAUSED);
            Steering.invoke(route.context(), "consumers", "resumePipeline");
            Steering.invoke(route.context(), "consumers", "resyncTable", "public.a");
            Awaitility.await().until(() -> model.count(Operation.READ) == 2);
        }
    }

    @Test
    void the_table_of_an_operation_may_be_that_of_the_exchange(TestDatabase database) throws Exception {
        create(database);
        database.execute("CREATE TABLE \"b.c\" (id int PRIMARY KEY, v text)");
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            Map<String, Object> headers = Map.of(PgCdcConstants.SCHEMA, "public", PgCdcConstants.TABLE, "b.c");
            assertThat(Steering.send(route.context(), "addTable", null, headers).get("tables")).hasToString("[public.b.c]");
            // What the endpoint says goes before what the exchange says.
            database.execute("CREATE TABLE d (id int PRIMARY KEY)");
            assertThat(Steering.send(route.context(), "addTable&table=public.d", null, headers).get("tables"))
                    .hasToString("[public.d]");
        }
    }

    @Test
    void a_table_is_copied_again_by_the_name_that_the_status_tells(TestDatabase database) throws Exception {
        database.execute("CREATE SCHEMA \"my.schema\"", "CREATE SCHEMA my",
                "CREATE TABLE \"my.schema\".t (id int PRIMARY KEY)", "CREATE TABLE my.\"schema.t\" (id int PRIMARY KEY)",
                "CREATE TABLE \"a,b\" (id int PRIMARY KEY)", "CREATE TABLE \"*\" (id int PRIMARY KEY)",
                "CREATE PUBLICATION mypub FOR TABLE \"my.schema\".t, my.\"schema.t\", \"a,b\", \"*\"");
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            assertThat(truncated()).isEmpty();
            List<?> tables = (List<?>) route.consumer().report().get("tables");
            for (int i = 0; i < tables.size(); i++) {
                int copied = i + 1;
                route.consumer().resyncTable((String) ((Map<?, ?>) tables.get(i)).get("table"));
                Awaitility.await().until(() -> truncated().size() == copied);
                route.awaitReady();
            }
            assertThat(truncated()).containsExactlyInAnyOrder(
                    new TableId("my.schema", "t"), new TableId("my", "schema.t"), new TableId("public", "a,b"),
                    new TableId("public", "*"));
        }
    }

    private List<TableId> truncated() {
        return events.stream().filter(e -> e.operation() == Operation.TRUNCATE).map(ChangeEvent::table).toList();
    }

    @Test
    void a_copy_that_was_asked_for_and_has_not_begun_when_the_route_stops_is_told(TestDatabase database) throws Exception {
        create(database);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            held.countDown();
            goOn.await();
        })) {
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (1, 'held')");
            held.await();
            database.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid > 0"
                             + " AND database = current_database()");
            // It waits for the exchange before it starts again.
            Awaitility.await().until(() -> route.consumer().status().state() == State.RETRYING);
            route.consumer().resyncTable("public.a");
            route.context().getRouteController().stopRoute("cdc", 1, TimeUnit.SECONDS);
            assertThat(log.lines()).anyMatch(line -> line.contains("public.a") && line.contains("resyncTable again"));
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void what_cannot_be_done_is_told_with_what_to_do(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            assertRefused(() -> Steering.send(route.context(), "resyncTable&table=public.none"), ErrorCode.CONFIGURATION,
                    "knows no such table");
            assertRefused(() -> Steering.send(route.context(), "resyncTable&table=public.*"), ErrorCode.CONFIGURATION,
                    "Name one as schema.table");
            assertRefused(() -> Steering.send(route.context(), "resyncTable"), ErrorCode.CONFIGURATION, "option table");
            assertRefused(() -> Steering.send(route.context(), "addTable&table=public.none"), ErrorCode.CONFIGURATION,
                    "There is no table public.none");
            assertRefused(() -> Steering.send(route.context(), "emitMessage", "x"), ErrorCode.CONFIGURATION, "messagePrefix");
            assertRefused(() -> Steering.send(route.context(), "emitMessage&messagePrefix=m"), ErrorCode.CONFIGURATION,
                    "body is empty");
            assertRefused(() -> Steering.send(route.context(), "pause&pipeline=other"), ErrorCode.CONFIGURATION,
                    "pipeline other");
            assertRefused(() -> Steering.send(route.context(), "addTable&table=public.a&url=RAW("
                                                               + database.url().replace(database.name(), "nowhere") + ")"),
                    ErrorCode.CONFIGURATION, "database");
            database.execute("DROP PUBLICATION mypub", "CREATE PUBLICATION mypub FOR ALL TABLES");
            assertRefused(() -> Steering.send(route.context(), "dropTable&table=public.a"), ErrorCode.PUBLICATION,
                    "with all tables");
        }
    }

    @Test
    void who_owns_neither_publication_nor_table_is_told_the_sql(TestDatabase database) throws Exception {
        create(database);
        database.execute("CREATE TABLE b (id int PRIMARY KEY)");
        database.createUser("reader", "secret", "REPLICATION");
        try (RouteUnderTest route = start(database, "")) {
            String as = "&username=reader&password=secret";
            assertRefused(() -> Steering.send(route.context(), "addTable&table=public.b" + as), ErrorCode.PRIVILEGE,
                    "ALTER PUBLICATION \"mypub\" ADD TABLE \"public\".\"b\"", "OWNER TO \"reader\"");
            database.execute("ALTER PUBLICATION mypub OWNER TO " + database.username());
        }
    }

    @Test
    void whoever_owns_publication_and_tables_needs_no_superuser(TestDatabase database) throws Exception {
        database.createUser("owner_of_all", "secret", "REPLICATION");
        database.execute("GRANT CREATE ON DATABASE \"" + database.name() + "\" TO owner_of_all",
                "CREATE SCHEMA s AUTHORIZATION owner_of_all",
                "SET ROLE owner_of_all; CREATE TABLE s.a (id int PRIMARY KEY); CREATE TABLE s.b (id int PRIMARY KEY);"
                                                              + " CREATE PUBLICATION mypub FOR TABLE s.a");
        try (RouteUnderTest route = start(database, "includeMessages=true&username=owner_of_all&password=secret")) {
            String as = "&username=owner_of_all&password=secret";
            route.awaitReady();
            Steering.send(route.context(), "pause" + as);
            Steering.send(route.context(), "resume" + as);
            assertThat(Steering.send(route.context(), "addTable&table=s.b" + as)).containsEntry("tables", List.of("s.b"));
            Awaitility.await().until(() -> route.consumer().status().tables().size() == 2);
            route.awaitReady();
            database.execute("INSERT INTO s.b VALUES (1)");
            Awaitility.await().until(() -> events.size() == 1);
            Steering.send(route.context(), "resyncTable&table=s.b&where=id = 1" + as);
            Awaitility.await().until(() -> events.size() == 2);
            Steering.send(route.context(), "emitMessage&messagePrefix=m" + as, "x");
            Awaitility.await().until(() -> events.size() == 3);
            assertThat(Steering.send(route.context(), "preflight" + as)).containsEntry("ready", true);
            assertThat(Steering.send(route.context(), "dropTable&table=s.b" + as)).containsEntry("tables", List.of("s.b"));
            Steering.send(route.context(), "skipTo&force=true&skipTo=" + database.currentLsn() + as);
            route.context().getRouteController().stopRoute("cdc");
            assertThat(Steering.send(route.context(), "dropSlot" + as)).containsEntry("stateRemoved", true);
            assertThat(database.slots()).isEmpty();
        }
    }

    static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code, String... told) {
        assertThatThrownBy(call).isInstanceOfSatisfying(
                PgCdcException.class, e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    assertThat(e.getMessage()).contains(told);
                    assertThat(e.remedy()).isNotBlank();
                });
    }

    static int reader(TestDatabase database, RouteUnderTest route) {
        Integer pid = database.query(
                "SELECT coalesce(max(active_pid), 0) FROM pg_replication_slots WHERE slot_name = '" + route.slot() + "'",
                Integer.class);
        return pid;
    }

    private void create(TestDatabase database) {
        database.execute("CREATE TABLE a (id int PRIMARY KEY, v text)", "CREATE PUBLICATION mypub FOR TABLE a");
    }

    private RouteUnderTest start(TestDatabase database, String options) throws Exception {
        return RouteUnderTest.start(database, options, this::receive);
    }

    private void receive(Exchange exchange) {
        ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
        model.apply(event);
        events.add(event);
    }
}
