package io.pgcdc.camel;

import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether large transactions that come while they are in progress tell what they tell when they come at their commit.
 */
@PostgresTest
class StreamedTransactionsIT {

    private static final String NO_COPY
            = "snapshotMode=never&expressCatchUp=false&includeTransactions=true&includeSchemaChanges=true";

    @BeforeEach
    void anything_is_large(TestDatabase database) {
        database.execute("ALTER DATABASE " + database.name() + " SET logical_decoding_work_mem = '64kB'",
                "CREATE TABLE big (id bigint PRIMARY KEY, note text, large text)", "CREATE TABLE other (id int, v numeric)",
                "ALTER TABLE big ALTER large SET STORAGE EXTERNAL", "ALTER TABLE other REPLICA IDENTITY FULL",
                "CREATE TYPE mood AS ENUM ('a', 'b')",
                "CREATE PUBLICATION mypub FOR TABLE big, other");
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, 100_000, 16_777_216 })
    void transactions_in_progress_tell_what_they_tell_at_their_commit(long bytes, TestDatabase database) throws Exception {
        long seed = System.nanoTime();
        System.out.println("StreamedTransactionsIT: seed " + seed);
        createSlot(database, "at_commit");
        createSlot(database, "in_progress");
        writeTogether(database, seed);
        List<String> atCommit = events(database, NO_COPY + "&pipeline=at_commit&slotName=at_commit");
        List<String> inProgress = events(
                database, NO_COPY + "&pipeline=in_progress&slotName=in_progress&streamTransactions=true"
                          + "&streamedTransactionBytes=" + bytes);

        assertThat(atCommit).hasSizeGreaterThan(20_000);
        assertThat(inProgress).isEqualTo(atCommit);
        assertThat(streamed(database, "in_progress")).isGreaterThan(10);
        assertThat(streamed(database, "at_commit")).isZero();
        assertThat(spoolFiles()).isEmpty();
    }

    @Test
    void one_that_is_rolled_back_tells_nothing_and_holds_up_nobody(TestDatabase database) throws Exception {
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&streamTransactions=true&streamedTransactionBytes=0",
                exchange -> ids.add((Long) exchange.getMessage().getBody(ChangeEvent.class).get("id")))) {
            route.awaitReady();
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO big SELECT g, repeat('x', 100) FROM generate_series(1, 5000) g");
                Awaitility.await().until(() -> streamedOf(database) > 0);
                insert(database, 10_001, 10_010);
                Awaitility.await().until(() -> ids.size() == 10);
                route.awaitCaughtUp();
                connection.rollback();
            }
            insert(database, 10_011, 10_020);
            Awaitility.await().until(() -> ids.size() == 20);
        }
        assertThat(ids).allMatch(id -> id > 10_000);
    }

    @Test
    void one_that_was_in_progress_at_a_crash_comes_whole(TestDatabase database) throws Exception {
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        String options = "snapshotMode=never&streamTransactions=true&maxInFlight=1";
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            RouteUnderTest route = start(database, options, ids);
            route.awaitReady();
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO big SELECT g, repeat('x', 100) FROM generate_series(1, 3000) g");
            Awaitility.await().until(() -> streamedOf(database) > 0);
            // Positions behind its beginning are stored meanwhile.
            insert(database, 10_001, 10_010);
            route.awaitCaughtUp();
            route.kill();
            route = start(database, options, ids);
            statement.execute("INSERT INTO big SELECT g, repeat('x', 100) FROM generate_series(3001, 6000) g");
            connection.commit();
            Awaitility.await().until(() -> ids.size() > 1_000);
            route.kill();
            try (RouteUnderTest last = start(database, options, ids)) {
                Awaitility.await().until(() -> ids.size() == 6_010);
                last.awaitCaughtUp();
            }
        }
    }

    @Test
    void where_it_can_not_be_stored_it_is_left_to_the_server(TestDatabase database) throws Exception {
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        String usual = System.getProperty("java.io.tmpdir");
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&streamTransactions=true&streamedTransactionBytes=0",
                exchange -> ids.add((Long) exchange.getMessage().getBody(ChangeEvent.class).get("id")))) {
            route.awaitReady();
            System.setProperty("java.io.tmpdir", usual + "/nowhere");
            database.execute("INSERT INTO big SELECT g, repeat('x', 100) FROM generate_series(1, 5000) g");
            Awaitility.await().until(() -> ids.size() == 5_000);
            assertThat(log.lines()).filteredOn(line -> line.contains("are left to the server")).hasSize(1);
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
    }

    @Test
    void with_messages_it_is_left_to_the_server(TestDatabase database) throws Exception {
        List<Object> messages = Collections.synchronizedList(new ArrayList<>());
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(
                database, "snapshotMode=never&streamTransactions=true&includeMessages=true", exchange -> {
                    ChangeEvent event = exchange.getMessage().getBody(ChangeEvent.class);
                    messages.add(event.getOrDefault("content", event.get("id")));
                })) {
            route.awaitReady();
            database.execute("BEGIN; SAVEPOINT s; SELECT pg_logical_emit_message(true, 'p', 'never');"
                             + " INSERT INTO big SELECT g, repeat('x', 100) FROM generate_series(1, 3000) g; ROLLBACK TO s;"
                             + " INSERT INTO big SELECT g, repeat('x', 100) FROM generate_series(1, 3000) g; COMMIT");
            Awaitility.await().until(() -> messages.size() >= 3_000);
            route.awaitCaughtUp();
            assertThat(log.lines()).filteredOn(line -> line.contains("includeMessages")).hasSize(1);
        }
        assertThat(messages).hasSize(3_000);
    }

    /** PostgreSQL 18 sends word of it, whatever was asked for. */
    @Test
    void a_large_transaction_that_was_rolled_back_does_not_disturb_an_ordinary_stream(TestDatabase database) throws Exception {
        createSlot(database, "kept");
        database.execute("BEGIN; INSERT INTO big SELECT g, repeat('x', 100) FROM generate_series(1, 5000) g; ROLLBACK");
        insert(database, 10_001, 10_010);
        for (boolean express : new boolean[] { true, false }) {
            Set<Long> ids = ConcurrentHashMap.newKeySet();
            String options = "snapshotMode=never&pipeline=kept&slotName=kept&expressBacklogBytes=0&expressCatchUp=" + express;
            RouteUnderTest route = RouteUnderTest.start(database, options, exchange -> {
                ids.add((Long) exchange.getMessage().getBody(ChangeEvent.class).get("id"));
                if (express) {
                    throw new IllegalStateException("on purpose, to come again");
                }
            });
            Awaitility.await().until(() -> ids.size() == (express ? 1 : 10));
            route.kill();
        }
    }

    private static RouteUnderTest start(TestDatabase database, String options, Set<Long> ids) throws Exception {
        return RouteUnderTest.start(
                database, options, exchange -> ids.add((Long) exchange.getMessage().getBody(ChangeEvent.class).get("id")));
    }

    private static void createSlot(TestDatabase database, String slot) {
        database.execute("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    }

    private static void insert(TestDatabase database, int from, int to) {
        database.execute("INSERT INTO big SELECT g, 'note ' || g FROM generate_series(" + from + ", " + to + ") g");
    }

    /** Three sessions take turns, so that their transactions overlap; each in a range of keys of its own. */
    private static void writeTogether(TestDatabase database, long seed) throws Exception {
        Random random = new Random(seed);
        List<Session> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                sessions.add(new Session(database.connect(), i * 10_000_000L, random));
            }
            for (int i = 0; i < 400; i++) {
                sessions.get(random.nextInt(3)).step();
            }
            for (Session session : sessions) {
                session.connection.commit();
            }
            try (Statement statement = sessions.get(0).connection.createStatement()) {
                statement.execute("ALTER TABLE other ADD late int");
                statement.execute("INSERT INTO other SELECT g, g, g FROM generate_series(1, 2000) g");
                statement.execute("SAVEPOINT s");
                statement.execute("ALTER TABLE other ADD never int");
                statement.execute("INSERT INTO other SELECT g, g, g, g FROM generate_series(1, 2000) g");
                statement.execute("ROLLBACK TO s");
                statement.execute("INSERT INTO other SELECT g, g, g FROM generate_series(1, 2000) g");
                sessions.get(0).connection.commit();
            }
        } finally {
            for (Session session : sessions) {
                session.connection.close();
            }
        }
    }

    private static final class Session {
        private final Connection connection;
        private final Random random;
        private final long first;
        private long next;
        private int savepoints;

        private Session(Connection connection, long first, Random random) throws Exception {
            this.connection = connection;
            this.random = random;
            this.first = first;
            this.next = first;
            connection.setAutoCommit(false);
        }

        private void step() throws Exception {
            try (Statement statement = connection.createStatement()) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2 -> {
                        long to = next + random.nextInt(800);
                        statement.execute(
                                "INSERT INTO big SELECT g, 'note ' || g, CASE WHEN g % 300 = 0 THEN repeat(md5(g::text), 300) END"
                                          + " FROM generate_series(" + next + ", " + to + ") g");
                        next = to + 1;
                    }
                    case 3 -> statement.execute(
                            "UPDATE big SET note = note || '!' WHERE id >= " + first + " AND id < " + next + " AND id % 7 = 3");
                    case 4 -> statement.execute(
                            "DELETE FROM big WHERE id >= " + first + " AND id < " + next + " AND id % 31 = 5");
                    case 5, 6 -> statement.execute("SAVEPOINT s" + savepoints++);
                    case 7 -> {
                        if (savepoints > 0) {
                            savepoints = random.nextInt(savepoints);
                            statement.execute("ROLLBACK TO s" + savepoints++);
                        }
                    }
                    case 8 -> {
                        if (savepoints > 0) {
                            savepoints = random.nextInt(savepoints);
                            statement.execute("RELEASE s" + savepoints);
                        }
                    }
                    case 9 -> statement.execute(
                            "SELECT pg_logical_emit_message(" + random.nextBoolean() + ", 'p', repeat('m', 2000))");
                    case 10 -> statement.execute("INSERT INTO other VALUES (1, " + random.nextInt() + ")");
                    default -> end();
                }
            }
        }

        private void end() throws Exception {
            savepoints = 0;
            if (random.nextInt(4) == 0) {
                connection.rollback();
            } else {
                connection.commit();
            }
        }
    }

    /** Everything that a pipeline tells until it has caught up, in order. */
    private static List<String> events(TestDatabase database, String options) throws Exception {
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        database.execute("INSERT INTO big VALUES (-1, 'the last')", "DELETE FROM big WHERE id = -1");
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
               + event.transaction().commitTimestamp() + ' ' + text(event) + ' '
               + (event.before() == null ? "" : text(event.before())) + ' ' + event.unchanged();
    }

    private static Map<String, Object> text(Map<String, Object> row) {
        return row.entrySet().stream().collect(Collectors.toMap(
                Map.Entry::getKey, entry -> String.valueOf(entry.getValue()), (a, b) -> a, TreeMap::new));
    }

    private static long streamed(TestDatabase database, String slot) {
        return database.query("SELECT stream_txns FROM pg_stat_replication_slots WHERE slot_name = '" + slot + "'", Long.class);
    }

    private static long streamedOf(TestDatabase database) {
        return database.query(
                "SELECT coalesce(sum(stream_txns), 0)::bigint FROM pg_stat_replication_slots JOIN pg_replication_slots USING (slot_name)"
                              + " WHERE database = current_database()",
                Long.class);
    }

    private static List<Path> spoolFiles() throws Exception {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("pgcdc-transaction-")).toList();
        }
    }
}
