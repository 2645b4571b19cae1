package io.pgcdc.camel;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/** Whether changes come in binary or as text, and that it makes no difference to anybody. */
class StreamFormatIT {

    private static final String KEPT = "snapshotMode=never&pipeline=kept&slotName=kept";

    private final List<String> rows = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @PostgresMajors
    void changes_come_in_binary_where_every_published_type_can(TestDatabase database) throws Exception {
        database.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')", "CREATE DOMAIN price AS numeric(8, 2)",
                "CREATE TABLE t (id int PRIMARY KEY, m mood, p price, d timestamptz[], j jsonb)",
                "CREATE TABLE beside (address inet)", "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", this::take)) {
            route.awaitReady();
            assertThat(isBinary(database)).isTrue();
            database.execute("INSERT INTO t VALUES (1, 'happy', 1.50, '{2026-11-29 10:00+00,NULL}', '{\"b\": 1, \"a\": [2]}')",
                    "UPDATE t SET id = 2", "DELETE FROM t");
            Awaitility.await().until(() -> rows.size() == 3);
        }
        String values = ", m=happy, p=1.50, d=[2026-11-29T10:00:00Z, null], j={\"a\": [2], \"b\": 1}";
        assertThat(rows).containsExactly("insert {id=1" + values + "}", "update {id=2" + values + "}", "delete {id=2}");
    }

    @ParameterizedTest
    @PostgresMajors
    void changes_come_as_text_where_a_published_type_has_no_binary_form_that_is_known(TestDatabase database)
            throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY, address inet)", "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", this::take)) {
            route.awaitReady();
            assertThat(isBinary(database)).isFalse();
            database.execute("INSERT INTO t VALUES (1, '10.0.0.1/8')");
            Awaitility.await().until(() -> rows.size() == 1);
        }
        assertThat(rows).containsExactly("insert {id=1, address=10.0.0.1/8}");
    }

    @ParameterizedTest
    @PostgresMajors
    void a_new_column_of_such_a_type_makes_a_stream_that_runs_go_on_as_text(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY, amount numeric)", "CREATE PUBLICATION mypub FOR TABLE t");
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(database, "", this::take)) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (1, 1.0)");
            Awaitility.await().until(() -> rows.size() == 1);
            assertThat(isBinary(database)).isTrue();
            database.execute("ALTER TABLE t ADD COLUMN address inet", "INSERT INTO t VALUES (2, 2.0, '10.0.0.2')",
                    "UPDATE t SET amount = 3.00 WHERE id = 1", "INSERT INTO t VALUES (3, 'NaN', NULL)");
            Awaitility.await()
                    .until(() -> rows.contains("insert {id=3, amount=NaN, address=null}"));
            assertThat(isBinary(database)).isFalse();
            assertThat(log.lines()).hasSize(1).first().asString().contains("address", "public.t", "as text");
        }
        assertThat(rows.stream().filter(row -> !row.startsWith("schema")).distinct()).containsExactly(
                "insert {id=1, amount=1.0}", "insert {id=2, amount=2.0, address=10.0.0.2}",
                "update {id=1, amount=3.00, address=null}", "insert {id=3, amount=NaN, address=null}");
    }

    @ParameterizedTest
    @PostgresMajors
    void a_backlog_with_a_column_of_such_a_type_that_is_gone_comes_whole(TestDatabase database) throws Exception {
        comesWhole(database, "inet", "'10.0.0.2'");
        // The server has no binary form of it.
        comesWhole(database, "aclitem[]", "ARRAY[makeaclitem(10, 10, 'SELECT', false)]");
    }

    private void comesWhole(TestDatabase database, String type, String value) throws Exception {
        for (String way : List.of("&expressCatchUp=false", "&expressBacklogBytes=0")) {
            rows.clear();
            database.execute("DROP TABLE IF EXISTS t CASCADE", "DROP PUBLICATION IF EXISTS mypub",
                    "DROP SCHEMA IF EXISTS pgcdc CASCADE", "CREATE TABLE t (id int PRIMARY KEY, amount numeric)",
                    "CREATE PUBLICATION mypub FOR TABLE t", "SELECT pg_create_logical_replication_slot('kept', 'pgoutput')",
                    "INSERT INTO t VALUES (1, 1.0)", "ALTER TABLE t ADD COLUMN added " + type,
                    "INSERT INTO t VALUES (2, 2.0, " + value + ")", "ALTER TABLE t DROP COLUMN added",
                    "INSERT INTO t VALUES (3, 'Infinity')");
            try (RouteUnderTest route = RouteUnderTest.start(database, KEPT + way, this::take)) {
                Awaitility.await().until(() -> rows.contains("insert {id=3, amount=Infinity}"));
                database.awaitCaughtUp("kept");
            } finally {
                database.execute("SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots"
                                 + " WHERE slot_name = 'kept' AND active_pid IS NOT NULL",
                        "SELECT pg_drop_replication_slot('kept')");
            }
            assertThat(rows.stream().filter(row -> row.startsWith("insert")).map(row -> row.replaceFirst("(added=).*", "$1…"))
                    .distinct()).as(type + way).containsExactly(
                            "insert {id=1, amount=1.0}", "insert {id=2, amount=2.0, added=…", "insert {id=3, amount=Infinity}");
        }
    }

    private void take(Exchange exchange) {
        ChangeEvent event = exchange.getMessage().getBody(ChangeEvent.class);
        StringBuilder row = new StringBuilder();
        event.forEach((name, value) -> row.append(row.isEmpty() ? "" : ", ").append(name).append('=').append(
                value instanceof BigDecimal number ? number.toPlainString() : value));
        rows.add(event.operation().text() + " {" + row + "}");
    }

    /** Whether whoever reads a slot of the database has asked for binary; all do, or none. */
    static boolean isBinary(TestDatabase database) throws Exception {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery(
                     "SELECT DISTINCT query LIKE '%\"binary\" ''true''%' FROM pg_stat_activity"
                                                    + " WHERE query LIKE 'START_REPLICATION%' AND datname = '"
                                                    + database.name() + "'")) {
            assertThat(row.next()).isTrue();
            boolean binary = row.getBoolean(1);
            assertThat(row.next()).isFalse();
            return binary;
        }
    }
}
