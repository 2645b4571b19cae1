package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/** Truncates, messages and the markers of transactions and copies, alone and in batches. */
@PostgresTest
class EventsBesideRowsIT {

    private static final String ALL = "includeMessages=true&includeTransactions=true&includeCopyMarkers=true";

    @ParameterizedTest
    @PostgresMajors
    void a_truncate_is_told_of_each_table_that_it_reached_with_the_options_of_the_command(
            TestDatabase single, TestDatabase batching)
            throws Exception {
        inBothModes(single, batching, "", (database, options) -> {
            database.execute(
                    "CREATE TABLE a (id serial PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY REFERENCES a)",
                    "CREATE TABLE c (id int PRIMARY KEY)", "CREATE TABLE other (id int PRIMARY KEY REFERENCES a)",
                    "CREATE PUBLICATION mypub FOR TABLE a, b, c");
            List<Exchange> told = Received.from(
                    database, options,
                    "BEGIN; INSERT INTO a DEFAULT VALUES; TRUNCATE a RESTART IDENTITY CASCADE; TRUNCATE c;"
                                       + " INSERT INTO a DEFAULT VALUES; COMMIT");

            List<ChangeEvent> events = Received.events(told);
            assertThat(events).extracting(e -> e.operation().text() + ' ' + e.table().name()).containsExactly(
                    "insert a", "truncate a", "truncate b", "truncate c", "insert a");
            assertThat(events).extracting(ChangeEvent::ordinal).containsExactly(0L, 1L, 2L, 3L, 4L);
            assertThat(events).extracting(ChangeEvent::eventId).isSorted().doesNotHaveDuplicates();
            assertThat(told).hasSize(5);
            assertThat(told).extracting(e -> e.getIn().getHeader(PgCdcConstants.CASCADE))
                    .containsExactly(null, true, true, false, null);
            assertThat(told).extracting(e -> e.getIn().getHeader(PgCdcConstants.RESTART_IDENTITY))
                    .containsExactly(null, true, true, false, null);
            assertThat(told.get(2).getIn().getHeaders()).containsEntry(PgCdcConstants.OPERATION, "truncate")
                    .containsEntry(PgCdcConstants.TABLE, "b")
                    .containsKeys(PgCdcConstants.TABLE_SCHEMA, PgCdcConstants.XID, PgCdcConstants.COMMIT_TIMESTAMP);
            assertThat(events.get(2)).isEmpty();
        });
    }

    @ParameterizedTest
    @PostgresMajors
    void a_transactional_message_comes_in_its_place_and_another_one_at_once(TestDatabase single, TestDatabase batching)
            throws Exception {
        inBothModes(single, batching, "&includeMessages=true", (database, options) -> {
            create(database);
            List<Exchange> told = Received.from(
                    database, options,
                    "BEGIN; INSERT INTO t VALUES (1); SELECT pg_logical_emit_message(true, 'in', 'größe');"
                                       + " INSERT INTO t VALUES (2); SELECT pg_logical_emit_message(false, 'at once', '');"
                                       + " COMMIT",
                    "BEGIN; SELECT pg_logical_emit_message(true, 'in', 'rolled back');"
                                                    + " SELECT pg_logical_emit_message(false, 'rolled back', '\\xff00'::bytea); ROLLBACK");

            List<ChangeEvent> events = Received.events(told);
            assertThat(events).extracting(e -> e.operation().text() + e.get("prefix") + e.get("content")).containsExactly(
                    "messageat once", "insertnullnull", "messageingröße", "insertnullnull", "messagerolled back/wA=");
            assertThat(events.get(2)).containsExactly(
                    Map.entry("prefix", "in"), Map.entry("content", "größe"), Map.entry("transactional", true),
                    Map.entry("encoding", "utf8"));
            assertThat(events.get(4)).containsEntry("transactional", false).containsEntry("encoding", "base64");
            assertThat(events).extracting(ChangeEvent::ordinal).containsExactly(0L, 0L, 1L, 1L, 0L);
            assertThat(events).extracting(ChangeEvent::eventId).doesNotHaveDuplicates();
            Exchange inside = told.stream().filter(e -> e.getIn().getHeader(PgCdcConstants.EVENT_ID)
                    .equals(events.get(2).eventId())).findFirst().orElseThrow();
            assertThat(inside.getIn().getHeaders()).containsEntry(PgCdcConstants.OPERATION, "message")
                    .containsKeys(PgCdcConstants.XID, PgCdcConstants.COMMIT_TIMESTAMP, PgCdcConstants.LSN)
                    .doesNotContainKeys(PgCdcConstants.TABLE, PgCdcConstants.SCHEMA, PgCdcConstants.KEY);
            assertThat(told.get(0).getIn().getHeaders()).containsEntry(PgCdcConstants.OPERATION, "message")
                    .doesNotContainKeys(PgCdcConstants.XID, PgCdcConstants.COMMIT_TIMESTAMP);
        });
    }

    @ParameterizedTest
    @PostgresMajors
    void with_values_of_java_the_content_of_a_message_is_bytes(TestDatabase database) throws Exception {
        create(database);
        List<Exchange> told = Received.from(
                database, "values=java&includeMessages=true", "SELECT pg_logical_emit_message(true, 'p', 'hi')");

        assertThat(told.get(0).getIn().getBody(Map.class)).containsEntry("prefix", "p")
                .containsEntry("content", new byte[] { 'h', 'i' }).doesNotContainKey("encoding");
    }

    @ParameterizedTest
    @PostgresMajors
    void a_transaction_is_enclosed_in_markers_if_something_of_it_is_told(TestDatabase single, TestDatabase batching)
            throws Exception {
        inBothModes(single, batching, "&includeTransactions=true", (database, options) -> {
            create(database);
            database.execute("CREATE TABLE unpublished (id int)");
            List<Exchange> told = Received.from(
                    database, options, "INSERT INTO unpublished VALUES (1)",
                    "BEGIN; INSERT INTO t VALUES (1); INSERT INTO unpublished VALUES (2); INSERT INTO t VALUES (2); COMMIT",
                    "SELECT pg_logical_emit_message(true, 'not asked for', '')", "BEGIN; TRUNCATE t; COMMIT");

            List<ChangeEvent> events = Received.events(told);
            assertThat(events).extracting(e -> e.operation().text())
                    .containsExactly("begin", "insert", "insert", "commit", "begin", "truncate", "commit");
            assertThat(events.subList(0, 4)).extracting(e -> e.transaction().xid()).doesNotContain(0L)
                    .containsOnly(events.get(0).transaction().xid());
            assertThat(events).extracting(ChangeEvent::ordinal).containsExactly(0L, 0L, 1L, 2L, 0L, 0L, 1L);
            assertThat(events).extracting(ChangeEvent::eventId).doesNotHaveDuplicates();
            assertThat(told.get(0).getIn().getHeaders()).containsEntry(PgCdcConstants.OPERATION, "begin")
                    .containsKeys(PgCdcConstants.XID, PgCdcConstants.COMMIT_TIMESTAMP, PgCdcConstants.COMMIT_LSN)
                    .doesNotContainKeys(PgCdcConstants.TABLE, PgCdcConstants.SCHEMA);
        });
    }

    @ParameterizedTest
    @PostgresMajors
    void the_rows_of_a_copy_are_enclosed_in_markers_once(TestDatabase single, TestDatabase batching) throws Exception {
        inBothModes(single, batching, "&includeCopyMarkers=true", (database, options) -> {
            create(database);
            database.execute(
                    "INSERT INTO t SELECT generate_series(1, 5)", "CREATE TABLE empty (id int PRIMARY KEY)",
                    "ALTER PUBLICATION mypub ADD TABLE empty");
            List<Exchange> told = Received.from(database, options);
            List<Exchange> later = Received.from(database, options, "INSERT INTO t VALUES (6)");

            List<ChangeEvent> events = Received.events(told);
            assertThat(ofTable(events, "t")).extracting(e -> e.operation().text())
                    .containsExactly("copyStart", "read", "read", "read", "read", "read", "copyEnd");
            assertThat(ofTable(events, "t")).extracting(ChangeEvent::eventId).isSorted().doesNotHaveDuplicates();
            assertThat(ofTable(events, "empty")).extracting(e -> e.operation().text())
                    .containsExactly("copyStart", "copyEnd");
            assertThat(events).hasSize(9);
            assertThat(told.get(0).getIn().getHeaders()).containsEntry(PgCdcConstants.OPERATION, "copyStart")
                    .containsKeys(PgCdcConstants.TABLE, PgCdcConstants.TABLE_SCHEMA, PgCdcConstants.LSN)
                    .doesNotContainKeys(PgCdcConstants.XID, PgCdcConstants.COMMIT_TIMESTAMP);
            assertThat(Received.events(later)).extracting(e -> e.operation().text()).containsExactly("insert");
        });
    }

    @ParameterizedTest
    @PostgresMajors
    void what_was_not_asked_for_does_not_come(TestDatabase single, TestDatabase batching) throws Exception {
        inBothModes(single, batching, "&includeSchemaChanges=false", (database, options) -> {
            create(database);
            List<Exchange> told = Received.from(
                    database, options,
                    "BEGIN; SELECT pg_logical_emit_message(true, 'p', ''); INSERT INTO t VALUES (1); COMMIT",
                    "SELECT pg_logical_emit_message(false, 'p', '')", "ALTER TABLE t ADD v int",
                    "INSERT INTO t VALUES (2, 3)", "TRUNCATE t");

            assertThat(Received.events(told)).extracting(e -> e.operation().text())
                    .containsExactly("insert", "insert", "truncate");
        });
    }

    @ParameterizedTest
    @PostgresMajors
    void everything_comes_again_after_a_crash_in_the_same_order_with_the_same_ids(
            TestDatabase single, TestDatabase batching)
            throws Exception {
        inBothModes(single, batching, '&' + ALL, (database, options) -> {
            create(database);
            Held first = new Held(event -> event.operation() == Operation.BEGIN);
            try (RouteUnderTest route = RouteUnderTest.start(database, options, first)) {
                route.awaitReady();
                database.execute(
                        "BEGIN; INSERT INTO t VALUES (1); SELECT pg_logical_emit_message(true, 'a', '');"
                                 + " SELECT pg_logical_emit_message(true, 'b', ''); TRUNCATE t; INSERT INTO t VALUES (2);"
                                 + " COMMIT",
                        "SELECT pg_logical_emit_message(false, 'c', '')", "ALTER TABLE t ADD v int",
                        "UPDATE t SET v = 3");
                first.await("copyStart", "copyEnd", "begin", "insert", "message", "message", "truncate", "insert", "commit",
                        "message", "begin", "schema", "update", "commit");
                route.kill();
            }
            Held second = new Held();
            try (RouteUnderTest route = RouteUnderTest.start(database, options, second)) {
                route.awaitCaughtUp();
            }
            List<ChangeEvent> before = first.events().subList(2, 14);
            assertThat(second.events()).extracting(ChangeEvent::eventId)
                    .containsExactlyElementsOf(before.stream().map(ChangeEvent::eventId).toList());
            assertThat(second.events()).extracting(ChangeEvent::ordinal)
                    .containsExactlyElementsOf(before.stream().map(ChangeEvent::ordinal).toList());
            assertThat(second.events()).extracting(ChangeEvent::operation)
                    .containsExactlyElementsOf(before.stream().map(ChangeEvent::operation).toList());
            assertThat(before).extracting(ChangeEvent::eventId).doesNotHaveDuplicates();
        });
    }

    @ParameterizedTest
    @PostgresMajors
    void nothing_is_acknowledged_past_an_exchange_about_no_table_that_has_not_completed(
            TestDatabase single, TestDatabase batching)
            throws Exception {
        inBothModes(single, batching, '&' + ALL, (database, options) -> {
            create(database);
            Held held = new Held(
                    event -> Boolean.TRUE.equals(event.get("transactional")),
                    event -> Boolean.FALSE.equals(event.get("transactional")),
                    event -> event.operation() == Operation.COMMIT && event.ordinal() == 2);
            try (RouteUnderTest route = RouteUnderTest.start(database, options, held)) {
                route.awaitReady();
                database.execute(
                        "SELECT pg_logical_emit_message(true, 'p', '')", "INSERT INTO t VALUES (1)",
                        "SELECT pg_logical_emit_message(false, 'p', '')", "INSERT INTO t VALUES (2)",
                        "INSERT INTO t VALUES (3), (4)", "DELETE FROM t WHERE id = 1");
                Awaitility.await().until(
                        () -> held.events().stream().anyMatch(e -> e.operation() == Operation.DELETE));
                assertThat(held.waiting).hasSize(3);
                for (Waiting waiting : held.waiting) {
                    String commit = Lsn.toString(waiting.event.transaction().commitLsn());
                    assertThat(Lsn.parse(database.confirmedFlush(route.slot()))).isLessThanOrEqualTo(Lsn.parse(commit));
                    waiting.callback.done(false);
                    // What is handed over late is confirmed with the next change.
                    database.execute("INSERT INTO t VALUES (10 + (SELECT count(*) FROM t))");
                    route.awaitConfirmed(commit);
                }
                route.awaitCaughtUp();
            }
        });
    }

    @ParameterizedTest
    @PostgresMajors
    void a_message_whose_exchange_fails_is_delivered_again_in_order(TestDatabase single, TestDatabase batching)
            throws Exception {
        inBothModes(single, batching, "&includeMessages=true", (database, options) -> {
            create(database);
            List<String> completed = Collections.synchronizedList(new ArrayList<>());
            int[] failures = { 2 };
            try (RouteUnderTest route = RouteUnderTest.start(database, options, exchange -> {
                String operation = exchange.getIn().getHeader(PgCdcConstants.OPERATION, String.class);
                if ("message".equals(operation) && failures[0]-- > 0) {
                    throw new IllegalStateException("refused");
                }
                completed.add(operation);
            })) {
                route.awaitReady();
                database.execute(
                        "INSERT INTO t VALUES (1)", "SELECT pg_logical_emit_message(false, 'p', '')", "DELETE FROM t");
                route.awaitCaughtUp();
            }
            assertThat(completed).endsWith("message", "delete").containsOnlyOnce("message");
        });
    }

    private interface Scenario {
        void run(TestDatabase database, String options) throws Exception;
    }

    private static void inBothModes(TestDatabase single, TestDatabase batching, String options, Scenario scenario)
            throws Exception {
        scenario.run(single, "batching=false" + options);
        scenario.run(batching, "batching=true" + options);
    }

    private static void create(TestDatabase database) {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
    }

    private static List<ChangeEvent> ofTable(List<ChangeEvent> events, String table) {
        return events.stream().filter(e -> e.table().name().equals(table)).toList();
    }

    private record Waiting(ChangeEvent event, AsyncCallback callback) {
    }

    /** Completes every exchange at once but the first one of each of some kinds, which wait. */
    private static final class Held extends AsyncProcessorSupport {

        private final List<Predicate<ChangeEvent>> kinds;
        private final List<Waiting> waiting = new CopyOnWriteArrayList<>();
        private final List<Exchange> received = new CopyOnWriteArrayList<>();

        @SafeVarargs
        private Held(Predicate<ChangeEvent>... kinds) {
            this.kinds = new CopyOnWriteArrayList<>(kinds);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            ChangeEvent event = Received.events(List.of(exchange)).get(0);
            boolean waits = kinds.removeIf(kind -> kind.test(event));
            if (waits) {
                waiting.add(new Waiting(event, callback));
            }
            received.add(exchange.copy());
            if (!waits) {
                callback.done(true);
            }
            return !waits;
        }

        private List<ChangeEvent> events() {
            return Received.events(received);
        }

        private void await(String... operations) {
            Awaitility.await().untilAsserted(
                    () -> assertThat(events()).extracting(e -> e.operation().text()).containsExactly(operations));
        }
    }
}
