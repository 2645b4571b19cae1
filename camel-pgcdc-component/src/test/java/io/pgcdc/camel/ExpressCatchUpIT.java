package io.pgcdc.camel;

import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whether the way over SQL tells what the stream tells. The server counts what a slot's stream has sent. */
@PostgresTest
class ExpressCatchUpIT {

    private static final String EXPRESS = "&expressBacklogBytes=0";
    private static final String NO_COPY = "snapshotMode=never&includeTransactions=true&includeMessages=true";

    @Test
    void a_backlog_read_in_chunks_is_the_same_as_by_the_stream(TestDatabase database) throws Exception {
        createTables(database);
        createSlot(database, "by_stream");
        createSlot(database, "by_express");
        long seed = System.nanoTime();
        System.out.println("ExpressCatchUpIT: seed " + seed);
        change(database, new Random(seed), 60_000);
        List<String> byStream = events(database, NO_COPY + "&pipeline=by_stream&slotName=by_stream&expressCatchUp=false");
        List<String> byExpress = events(database, NO_COPY + "&pipeline=by_express&slotName=by_express" + EXPRESS);

        assertThat(byStream).hasSizeGreaterThan(40_000);
        assertThat(byExpress).isEqualTo(byStream);
        // Beside the changes there are positions that pipelines store.
        assertThat(sentByStream(database, "by_express")).isLessThan(sentByStream(database, "by_stream") / 10);
    }

    @Test
    void changes_that_come_meanwhile_follow_behind_the_chunks(TestDatabase database) throws Exception {
        createTables(database);
        createSlot(database, "kept");
        insert(database, 1, 50_000);
        List<Long> ids = new CopyOnWriteArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&pipeline=kept&slotName=kept&batching=true" + EXPRESS, exchange -> {
                    begun.countDown();
                    written.await(120, TimeUnit.SECONDS);
                    for (Object event : exchange.getMessage().getBody(List.class)) {
                        ids.add((Long) ((ChangeEvent) event).get("id"));
                    }
                })) {
            assertThat(begun.await(120, TimeUnit.SECONDS)).isTrue();
            insert(database, 50_001, 60_000);
            written.countDown();
            Awaitility.await().until(() -> ids.size() >= 60_000);
        }
        assertThat(ids).hasSize(60_000).isSorted();
    }

    @Test
    void after_a_crash_in_the_midst_nothing_is_missing(TestDatabase database) throws Exception {
        createTables(database);
        createSlot(database, "kept");
        for (int i = 0; i < 60; i++) {
            insert(database, i * 1_000 + 1, (i + 1) * 1_000);
        }
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        String options = "snapshotMode=never&pipeline=kept&slotName=kept" + EXPRESS;
        for (int crash = 1; crash <= 3; crash++) {
            int enough = crash * 15_000;
            RouteUnderTest route = RouteUnderTest.start(
                    database, options, exchange -> ids.add((Long) exchange.getMessage().getBody(ChangeEvent.class).get("id")));
            Awaitility.await().until(() -> ids.size() >= enough);
            route.kill();
        }
        try (RouteUnderTest route = RouteUnderTest.start(
                database, options, exchange -> ids.add((Long) exchange.getMessage().getBody(ChangeEvent.class).get("id")))) {
            Awaitility.await().until(() -> ids.size() >= 60_000);
            database.awaitCaughtUp("kept");
        }
        assertThat(ids).hasSize(60_000);
        Awaitility.await().untilAsserted(
                () -> assertThat(database.slots()).noneMatch(slot -> slot.startsWith("pgcdc_express")));
    }

    @Test
    void a_failing_route_gets_the_same_change_again(TestDatabase database) throws Exception {
        createTables(database);
        createSlot(database, "kept");
        insert(database, 1, 5_000);
        List<Long> ids = new CopyOnWriteArrayList<>();
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&pipeline=kept&slotName=kept&maxInFlight=1" + EXPRESS, exchange -> {
                    long id = (Long) exchange.getMessage().getBody(ChangeEvent.class).get("id");
                    ids.add(id);
                    if (id == 2_500 && ids.stream().filter(each -> each == 2_500).count() < 3) {
                        throw new IllegalStateException("on purpose");
                    }
                })) {
            Awaitility.await().until(() -> ids.contains(5_000L));
            database.awaitCaughtUp("kept");
        }
        assertThat(ids).hasSize(5_002).isSorted();
    }

    @Test
    void what_a_table_missed_during_its_copy_comes_in_chunks_too(TestDatabase database) throws Exception {
        createTables(database);
        insert(database, 1, 10);
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        try (RouteUnderTest route = RouteUnderTest.start(database, "batching=true" + EXPRESS, exchange -> {
            copying.countDown();
            written.await(120, TimeUnit.SECONDS);
            for (Object event : exchange.getMessage().getBody(List.class)) {
                ids.add((Long) ((ChangeEvent) event).get("id"));
            }
        })) {
            assertThat(copying.await(120, TimeUnit.SECONDS)).isTrue();
            insert(database, 11, 30_000);
            written.countDown();
            Awaitility.await().until(() -> ids.size() >= 30_000);
            route.awaitReady();
        }
        assertThat(ids).hasSize(30_000);
    }

    @Test
    void a_stream_that_has_fallen_far_behind_changes_over(TestDatabase database) throws Exception {
        createTables(database);
        List<Long> ids = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch written = new CountDownLatch(1);
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&batching=true&maxBatchSize=1000&publicationCheckInterval=100" + EXPRESS,
                exchange -> {
                    written.await(120, TimeUnit.SECONDS);
                    for (Object event : exchange.getMessage().getBody(List.class)) {
                        ids.add((Long) ((ChangeEvent) event).get("id"));
                    }
                })) {
            route.awaitReady();
            for (int i = 0; i < 40; i++) {
                insert(database, i * 10_000 + 1, (i + 1) * 10_000);
            }
            written.countDown();
            Awaitility.await().until(() -> ids.size() >= 400_000);
            insert(database, 400_001, 400_100);
            Awaitility.await().until(() -> ids.size() >= 400_100);
            assertThat(log.lines()).isEmpty();
            assertThat(sentByStream(database, "pgcdc_" + database.name() + "_mypub")).isLessThan(40_000_000);
        }
        // In order, and nothing twice: the stream was left in order, too.
        assertThat(ids).hasSize(400_100).isSorted();
    }

    @Test
    void without_a_slot_to_spare_the_stream_is_read() throws Exception {
        try (PostgresServer server = PostgresServer.start(
                PostgresServer.shared().major(), Map.of("max_replication_slots", "1"));
             TestDatabase database = server.createDatabase()) {
            createTables(database);
            createSlot(database, "kept");
            insert(database, 1, 1_000);
            List<Long> ids = new CopyOnWriteArrayList<>();
            try (RouteUnderTest route = RouteUnderTest.start(
                    database, "snapshotMode=never&pipeline=kept&slotName=kept" + EXPRESS,
                    exchange -> ids.add((Long) exchange.getMessage().getBody(ChangeEvent.class).get("id")))) {
                Awaitility.await().until(() -> ids.size() == 1_000);
            }
            assertThat(ids).isSorted();
            assertThat(sentByStream(database, "kept")).isPositive();
        }
    }

    /** A stream that is left waits for all that it has read, and a group waits for more. */
    @Test
    void a_stream_whose_changes_the_route_holds_until_more_come_is_not_left(TestDatabase database) throws Exception {
        createTables(database);
        CountDownLatch written = new CountDownLatch(1);
        Set<Object> ids = ConcurrentHashMap.newKeySet();
        AtomicLong changes = new AtomicLong();
        String options = "snapshotMode=never&batching=true&maxBatchSize=100&publicationCheckInterval=100" + EXPRESS;
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:mypub?" + options).routeId("cdc").process(exchange -> {
                    written.await();
                    List<?> batch = exchange.getMessage().getBody(List.class);
                    batch.forEach(change -> ids.add(((ChangeEvent) change).get("id")));
                    changes.addAndGet(batch.size());
                }).aggregate(constant(true), new PgCdcAggregationStrategy()).completionSize(77).process(exchange -> {
                });
            }
        })) {
            route.start();
            route.awaitReady();
            for (int first = 1; first < 400_000; first += 10_000) {
                insert(database, first, first + 9_999);
            }
            written.countDown();
            Awaitility.await().until(() -> ids.size() == 400_000);
            insert(database, 400_001, 430_000);
            Awaitility.await().until(() -> ids.size() == 430_000);
            assertThat(route.consumer().status().counters().restarts()).isZero();
        }
        assertThat(changes).hasValue(430_000);
    }

    @Test
    void the_server_keeps_no_more_than_two_chunks_of_about_64_MB_however_large_the_rows_are(TestDatabase database)
            throws Exception {
        createTables(database);
        createSlot(database, "kept");
        for (int first = 1; first <= 3_000; first += 50) {
            database.execute("INSERT INTO big SELECT g, NULL, repeat('x', 100000) FROM generate_series(" + first + ", "
                             + (first + 49) + ") g");
        }
        AtomicLong changes = new AtomicLong();
        AtomicLong most = new AtomicLong();
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&pipeline=kept&slotName=kept&batching=true" + EXPRESS,
                exchange -> changes.addAndGet(exchange.getMessage().getBody(List.class).size()))) {
            Awaitility.await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> {
                most.accumulateAndGet(
                        database.query("SELECT coalesce(sum(size), 0)::bigint FROM pg_ls_tmpdir()", Long.class), Math::max);
                return changes.get() == 3_000;
            });
        }
        assertThat(most.get()).isBetween(50L << 20, 160L << 20);
    }

    @Test
    void a_transaction_that_is_too_large_for_a_chunk_is_read_by_the_stream(TestDatabase database) throws Exception {
        createTables(database);
        createSlot(database, "kept");
        insert(database, 1, 200_000);
        AtomicLong changes = new AtomicLong();
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&pipeline=kept&slotName=kept&batching=true&expressTimeout=1" + EXPRESS,
                exchange -> changes.addAndGet(exchange.getMessage().getBody(List.class).size()))) {
            Awaitility.await().until(() -> changes.get() == 200_000);
        }
        assertThat(sentByStream(database, "kept")).isGreaterThan(1_000_000);
    }

    @Test
    void where_chunks_break_off_the_stream_goes_on(TestDatabase database) throws Exception {
        createTables(database);
        createSlot(database, "kept");
        insert(database, 1, 60_000);
        List<Long> ids = new CopyOnWriteArrayList<>();
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&pipeline=kept&slotName=kept&maxInFlight=1" + EXPRESS, exchange -> {
                    long id = (Long) exchange.getMessage().getBody(ChangeEvent.class).get("id");
                    if (id == 1_000) {
                        database.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                                         + " WHERE slot_name LIKE 'pgcdc_express%' AND database = current_database()");
                    }
                    ids.add(id);
                })) {
            Awaitility.await().until(() -> ids.contains(60_000L));
        }
        assertThat(ids.stream().distinct().toList()).hasSize(60_000).isSorted();
    }

    @Test
    void where_there_is_no_connection_for_the_chunks_the_stream_is_read_and_not_tried_for_ever(TestDatabase database)
            throws Exception {
        createTables(database);
        createSlot(database, "kept");
        insert(database, 1, 10_000);
        String role = "few_" + database.name();
        // One for the stream, one for its state, one for the first chunk.
        database.execute(
                "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'few' CONNECTION LIMIT 3",
                "GRANT SELECT ON big, other TO " + role, "GRANT CREATE ON DATABASE " + database.name() + " TO " + role);
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&pipeline=kept&slotName=kept&username=" + role + "&password=few" + EXPRESS,
                exchange -> ids.add((Long) exchange.getMessage().getBody(ChangeEvent.class).get("id")))) {
            Awaitility.await().until(() -> ids.size() == 10_000);
            assertThat(sentByStream(database, "kept")).isPositive();
        } finally {
            database.execute("DROP SCHEMA IF EXISTS pgcdc CASCADE", "DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "pg_copy_logical_replication_slot(name, name, boolean)", "pg_logical_slot_get_binary_changes" })
    void where_the_user_may_not_call_what_makes_the_chunks_the_stream_is_read_and_the_grant_is_told(
            String function, TestDatabase database)
            throws Exception {
        createTables(database);
        createSlot(database, "kept");
        insert(database, 1, 10_000);
        String role = "some_" + database.name();
        database.execute("CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'some'",
                "GRANT SELECT ON big, other TO " + role, "GRANT CREATE ON DATABASE " + database.name() + " TO " + role,
                "REVOKE EXECUTE ON FUNCTION " + function + " FROM PUBLIC");
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        String options = "snapshotMode=never&pipeline=kept&slotName=kept&username=" + role + "&password=some" + EXPRESS;
        Processor processor = exchange -> ids.add((Long) exchange.getMessage().getBody(ChangeEvent.class).get("id"));
        String grant = "GRANT EXECUTE ON FUNCTION pg_catalog." + function + " TO <user>";
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(database, options, processor)) {
            Awaitility.await().until(() -> ids.size() == 10_000);
            assertThat(log.lines()).filteredOn(line -> line.contains("express")).singleElement().asString()
                    .endsWith("Run: " + grant);
            database.awaitCaughtUp("kept");
        }
        database.execute(grant.replace("<user>", role));
        insert(database, 10_001, 20_000);
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(database, options, processor)) {
            Awaitility.await().until(() -> ids.size() == 20_000);
            assertThat(log.lines()).isEmpty();
        } finally {
            database.execute("DROP SCHEMA IF EXISTS pgcdc CASCADE", "DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    private static void createTables(TestDatabase database) {
        database.execute(
                "CREATE TABLE big (id bigint PRIMARY KEY, note text, large text)", "CREATE TABLE other (id int, v numeric)",
                "ALTER TABLE big ALTER large SET STORAGE EXTERNAL", "ALTER TABLE other REPLICA IDENTITY FULL",
                "CREATE PUBLICATION mypub FOR TABLE big, other");
    }

    private static void createSlot(TestDatabase database, String slot) {
        database.execute("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    }

    private static void insert(TestDatabase database, int from, int to) {
        database.execute("INSERT INTO big SELECT g, 'note ' || g FROM generate_series(" + from + ", " + to + ") g");
    }

    private static void change(TestDatabase database, Random random, int changes) throws Exception {
        int next = 0;
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int transaction = 0; next < changes; transaction++) {
                int rows = random.nextInt(2_000);
                statement.execute(
                        "INSERT INTO big SELECT g, 'note ' || g, CASE WHEN g % 500 = 0 THEN repeat(md5(g::text), 200) END"
                                  + " FROM generate_series(" + next + ", " + (next + rows) + ") g");
                next += rows + 1;
                statement.execute("UPDATE big SET note = note || '!' WHERE id % 997 = " + random.nextInt(997));
                statement.execute("UPDATE big SET id = -id WHERE id > 0 AND id % 1999 = " + random.nextInt(1999));
                statement.execute("SAVEPOINT s");
                statement.execute("DELETE FROM big WHERE id % 1009 = " + random.nextInt(1009));
                if (random.nextBoolean()) {
                    statement.execute("ROLLBACK TO s");
                }
                statement.execute("INSERT INTO other VALUES (" + transaction + ", " + random.nextInt() + ")");
                switch (random.nextInt(12)) {
                    case 0 -> statement.execute("TRUNCATE other");
                    case 1 -> statement.execute("SELECT pg_logical_emit_message(true, 'p', 'within')");
                    case 2 -> statement.execute("SELECT pg_logical_emit_message(false, 'p', 'beside')");
                    case 3 -> statement.execute("ALTER TABLE other ADD c" + transaction + " int DEFAULT " + transaction);
                    case 4 -> statement.execute("UPDATE other SET v = v + 1");
                    default -> {
                    }
                }
                if (random.nextInt(10) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
            }
        }
    }

    /** Everything that a pipeline tells until it has caught up, in order. */
    private static List<String> events(TestDatabase database, String options) throws Exception {
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        database.execute("INSERT INTO big VALUES (999999999, 'the last')", "DELETE FROM big WHERE id = 999999999");
        CountDownLatch last = new CountDownLatch(1);
        try (RouteUnderTest route = RouteUnderTest.start(database, options, exchange -> {
            String event = describe(exchange);
            events.add(event);
            if (event.contains("the last")) {
                last.countDown();
            }
        })) {
            assertThat(last.await(120, TimeUnit.SECONDS)).isTrue();
        }
        return events.stream().takeWhile(event -> !event.contains("the last")).toList();
    }

    private static String describe(Exchange exchange) {
        ChangeEvent event = exchange.getMessage().getBody(ChangeEvent.class);
        return event.eventId() + ' ' + event.operation() + ' ' + event.lsn() + ' ' + event.transaction().xid() + ' '
               + event.transaction().commitTimestamp() + ' ' + withoutNulls(event) + ' '
               + (event.before() == null ? "" : withoutNulls(event.before())) + ' ' + event.unchanged();
    }

    private static Map<String, Object> withoutNulls(Map<String, Object> row) {
        return row.entrySet().stream().collect(Collectors.toMap(
                Map.Entry::getKey, entry -> String.valueOf(entry.getValue()), (a, b) -> a, TreeMap::new));
    }

    private static long sentByStream(TestDatabase database, String slot) {
        return database.query(
                "SELECT total_bytes FROM pg_stat_replication_slots WHERE slot_name = '" + slot + "'", Long.class);
    }
}
