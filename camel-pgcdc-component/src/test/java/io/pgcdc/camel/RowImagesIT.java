package io.pgcdc.camel;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.pgcdc.model.TableId;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is told of a row: which values, which of the old ones, and which key. */
@PostgresTest
class RowImagesIT {

    private static final String LARGE = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 200) i)";

    @ParameterizedTest
    @PostgresMajors
    void with_the_default_identity_the_old_key_is_told_if_it_changed(TestDatabase database) throws Exception {
        List<Exchange> told = tell(
                database, List.of("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')"),
                "UPDATE t SET v = 'b'", "UPDATE t SET id = 2", "DELETE FROM t");

        assertThat(operations(told)).containsExactly("read", "update", "update", "delete");
        assertTold(told.get(0), Map.of("id", 1, "v", "a"), Map.of("id", 1), null);
        assertTold(told.get(1), Map.of("id", 1, "v", "b"), Map.of("id", 1), null);
        assertTold(told.get(2), Map.of("id", 2, "v", "b"), Map.of("id", 2), Map.of("id", 1));
        assertTold(told.get(3), Map.of("id", 2), Map.of("id", 2), Map.of("id", 2));
    }

    @ParameterizedTest
    @PostgresMajors
    void with_an_index_as_identity_its_columns_are_the_key(TestDatabase database) throws Exception {
        List<Exchange> told = tell(
                database,
                List.of(
                        "CREATE TABLE t (id int PRIMARY KEY, v text, b int NOT NULL, a int NOT NULL)",
                        "CREATE UNIQUE INDEX own ON t (a, b) INCLUDE (v)",
                        "ALTER TABLE t REPLICA IDENTITY USING INDEX own",
                        "INSERT INTO t VALUES (1, 'v', 2, 3)"),
                "UPDATE t SET id = 7", "UPDATE t SET b = 4", "DELETE FROM t");

        assertTold(told.get(0), Map.of("id", 1, "v", "v", "b", 2, "a", 3), Map.of("a", 3, "b", 2), null);
        assertTold(told.get(1), Map.of("id", 7, "v", "v", "b", 2, "a", 3), Map.of("a", 3, "b", 2), null);
        assertTold(
                told.get(2), Map.of("id", 7, "v", "v", "b", 4, "a", 3), Map.of("a", 3, "b", 4), Map.of("a", 3, "b", 2));
        assertTold(told.get(3), Map.of("a", 3, "b", 4), Map.of("a", 3, "b", 4), Map.of("a", 3, "b", 4));
    }

    @ParameterizedTest
    @PostgresMajors
    void with_full_identity_the_whole_old_row_is_told_and_the_key_is_the_primary_key(TestDatabase database)
            throws Exception {
        List<Exchange> told = tell(
                database,
                List.of(
                        "CREATE TABLE t (id int PRIMARY KEY, v text, n numeric)", "ALTER TABLE t REPLICA IDENTITY FULL",
                        "INSERT INTO t VALUES (1, 'a', NULL)"),
                "UPDATE t SET n = 1.50", "DELETE FROM t");

        assertTold(told.get(0), row("id", 1, "v", "a", "n", null), Map.of("id", 1), null);
        assertTold(
                told.get(1), Map.of("id", 1, "v", "a", "n", new BigDecimal("1.50")), Map.of("id", 1),
                row("id", 1, "v", "a", "n", null));
        Map<String, Object> last = Map.of("id", 1, "v", "a", "n", new BigDecimal("1.50"));
        assertTold(told.get(2), last, Map.of("id", 1), last);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_table_without_primary_key_with_full_identity_has_all_columns_as_key(TestDatabase database) throws Exception {
        List<Exchange> told = tell(
                database,
                List.of(
                        "CREATE TABLE t (a int, v text)", "ALTER TABLE t REPLICA IDENTITY FULL",
                        "INSERT INTO t VALUES (1, NULL)"),
                "UPDATE t SET v = 'x'", "DELETE FROM t");

        assertTold(told.get(0), row("a", 1, "v", null), row("a", 1, "v", null), null);
        assertTold(told.get(1), Map.of("a", 1, "v", "x"), Map.of("a", 1, "v", "x"), row("a", 1, "v", null));
        assertTold(told.get(2), Map.of("a", 1, "v", "x"), Map.of("a", 1, "v", "x"), Map.of("a", 1, "v", "x"));
    }

    @ParameterizedTest
    @PostgresMajors
    void a_table_without_primary_key_is_copied_and_its_inserts_come(TestDatabase database) throws Exception {
        List<Exchange> told = tell(
                database, List.of("CREATE TABLE t (a int, v text)", "INSERT INTO t VALUES (1, 'x'), (1, 'x')"),
                "INSERT INTO t VALUES (1, 'x')");

        assertThat(operations(told)).containsExactly("read", "read", "insert");
        assertThat(told).allSatisfy(e -> assertTold(e, Map.of("a", 1, "v", "x"), Map.of(), null));
        assertThatThrownBy(() -> database.execute("UPDATE t SET v = 'y'"))
                .rootCause().hasMessageContaining("does not have a replica identity and publishes updates");
    }

    @ParameterizedTest
    @PostgresMajors
    void with_identity_nothing_inserts_come_and_postgres_refuses_the_rest(TestDatabase database) throws Exception {
        List<Exchange> told = tell(
                database,
                List.of(
                        "CREATE TABLE t (id int PRIMARY KEY, v text)", "ALTER TABLE t REPLICA IDENTITY NOTHING",
                        "INSERT INTO t VALUES (1, 'x')"),
                "INSERT INTO t VALUES (2, 'y')");

        assertTold(told.get(0), Map.of("id", 1, "v", "x"), Map.of("id", 1), null);
        assertTold(told.get(1), Map.of("id", 2, "v", "y"), Map.of("id", 2), null);
        assertThatThrownBy(() -> database.execute("DELETE FROM t"))
                .rootCause().hasMessageContaining("does not have a replica identity and publishes deletes");
    }

    @ParameterizedTest
    @PostgresMajors
    void a_large_value_that_did_not_change_is_absent_and_named(TestDatabase database) throws Exception {
        List<Exchange> told = tell(
                database, large("DEFAULT"), "UPDATE t SET v = 2", "UPDATE t SET id = 9, v = 3",
                "UPDATE t SET big = NULL", "UPDATE t SET v = 4");

        assertTold(told.get(1), row("id", 1, "v", 2, "other", null), Map.of("id", 1), null);
        assertThat(unchanged(told.get(1))).isEqualTo(Set.of("big"));
        assertTold(told.get(2), row("id", 9, "v", 3, "other", null), Map.of("id", 9), Map.of("id", 1));
        assertThat(unchanged(told.get(2))).isEqualTo(Set.of("big"));
        assertThat(told.get(3).getIn().getBody(Map.class)).containsEntry("big", null);
        assertThat(unchanged(told.get(3))).isNull();
        assertThat(told.get(4).getIn().getBody(Map.class)).containsEntry("big", null);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_large_value_that_did_not_change_is_filled_in_from_the_old_row_where_that_is_told(TestDatabase database)
            throws Exception {
        List<Exchange> told = tell(database, large("FULL"), "UPDATE t SET v = 2", "DELETE FROM t");

        String big = database.query("SELECT " + LARGE, String.class);
        assertTold(
                told.get(1), row("id", 1, "v", 2, "big", big, "other", null), Map.of("id", 1),
                row("id", 1, "v", 1, "big", big, "other", null));
        assertThat(unchanged(told.get(1))).isNull();
        assertThat(told.get(2).getIn().getBody(Map.class)).containsEntry("big", big);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_large_value_that_is_part_of_the_key_is_filled_in_from_the_old_key(TestDatabase database) throws Exception {
        List<Exchange> told = tell(
                database,
                List.of(
                        "CREATE TABLE t (id text PRIMARY KEY, v int)", "ALTER TABLE t ALTER id SET STORAGE EXTERNAL",
                        "INSERT INTO t SELECT left(" + LARGE + ", 2500), 1"),
                "UPDATE t SET v = 2", "DELETE FROM t");

        String id = database.query("SELECT left(" + LARGE + ", 2500)", String.class);
        assertTold(told.get(1), Map.of("id", id, "v", 2), Map.of("id", id), Map.of("id", id));
        assertThat(unchanged(told.get(1))).isNull();
        assertTold(told.get(2), Map.of("id", id), Map.of("id", id), Map.of("id", id));
    }

    @ParameterizedTest
    @PostgresMajors
    void generated_columns_are_left_out_of_copy_and_stream_unless_published(int major, TestDatabase database)
            throws Exception {
        List<Exchange> told = tell(
                database,
                List.of(
                        "CREATE TABLE t (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED, v text"
                        + (major < 18 ? ")" : ", half int GENERATED ALWAYS AS (id / 2) VIRTUAL)"),
                        "INSERT INTO t VALUES (1, DEFAULT, 'a')"),
                "INSERT INTO t VALUES (2, DEFAULT, 'b')", "UPDATE t SET v = 'c' WHERE id = 2", "DELETE FROM t WHERE id = 2");

        assertThat(bodies(told)).containsExactly(
                Map.of("id", 1, "v", "a"), Map.of("id", 2, "v", "b"), Map.of("id", 2, "v", "c"), Map.of("id", 2));
    }

    @ParameterizedTest
    @PostgresMajors(from = 18)
    void stored_generated_columns_are_in_copy_and_stream_if_published_and_virtual_ones_never(TestDatabase database)
            throws Exception {
        List<String> create = List.of(
                "CREATE TABLE t (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED, v text,"
                                      + " half int GENERATED ALWAYS AS (id / 2) VIRTUAL)",
                "INSERT INTO t VALUES (1, DEFAULT, 'a')",
                "CREATE PUBLICATION mypub FOR TABLE t WITH (publish_generated_columns = stored)");

        assertThat(bodies(tell(database, create, "INSERT INTO t VALUES (2, DEFAULT, 'b')"))).containsExactly(
                Map.of("id", 1, "twice", 2, "v", "a"), Map.of("id", 2, "twice", 4, "v", "b"));
    }

    @ParameterizedTest
    @PostgresMajors(from = 18)
    void a_stored_generated_column_is_in_copy_and_stream_if_the_column_list_names_it(TestDatabase database)
            throws Exception {
        List<String> create = List.of(
                "CREATE TABLE t (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED, v text)",
                "INSERT INTO t VALUES (1, DEFAULT, 'a')", "CREATE PUBLICATION mypub FOR TABLE t (id, twice)");

        assertThat(bodies(tell(database, create, "INSERT INTO t VALUES (2, DEFAULT, 'b')"))).containsExactly(
                Map.of("id", 1, "twice", 2), Map.of("id", 2, "twice", 4));
    }

    @ParameterizedTest
    @PostgresMajors
    void every_name_that_postgres_takes_comes_as_it_is(TestDatabase database) throws Exception {
        List<String> names = List.of(
                "select", "MixedCase", "quo\"te\"", "'single'", "do.t", "*", "back\\slash\\n", "new\nline\ttab", " space ",
                "x; DROP TABLE t; --", "\"; DROP SCHEMA public CASCADE; --", "${body} #{x} %s {} $1 :id ?", "größe 表 😀",
                "n".repeat(63), "ü".repeat(31), ",{}\\N", "pg_like", "NULL");
        List<String> create = new ArrayList<>();
        List<String> change = new ArrayList<>();
        for (String name : names) {
            // A schema's name must not begin with pg_.
            TableId table = new TableId("s" + name.substring(Math.min(1, name.length() - 1)), name);
            String column = TableId.quote(name);
            create.add("CREATE SCHEMA IF NOT EXISTS " + TableId.quote(table.schema()));
            create.add("CREATE TABLE " + table.quoted() + " (" + column + " int PRIMARY KEY, v text)");
            create.add("INSERT INTO " + table.quoted() + " VALUES (1, 'a')");
            change.add("UPDATE " + table.quoted() + " SET v = 'b'");
        }
        List<Exchange> told = tell(database, create, change.toArray(String[]::new));

        for (String operation : List.of("read", "update")) {
            List<Exchange> all = told.stream().filter(e -> operation.equals(operation(e))).toList();
            assertThat(all).extracting(e -> e.getIn().getHeader(PgCdcConstants.TABLE))
                    .containsExactlyInAnyOrderElementsOf(names);
            assertThat(all).allSatisfy(e -> {
                String name = e.getIn().getHeader(PgCdcConstants.TABLE, String.class);
                assertThat(e.getIn().getHeader(PgCdcConstants.SCHEMA))
                        .isEqualTo("s" + name.substring(Math.min(1, name.length() - 1)));
                assertTold(e, Map.of(name, 1, "v", operation.equals("read") ? "a" : "b"), Map.of(name, 1), null);
            });
        }
    }

    @ParameterizedTest
    @PostgresMajors
    void dropped_columns_leave_no_trace(TestDatabase database) throws Exception {
        List<Exchange> told = tell(
                database,
                List.of(
                        "CREATE TABLE t (gone1 text, id int PRIMARY KEY, gone2 int DEFAULT 5, v text, gone3 int)",
                        "INSERT INTO t VALUES ('x', 1, 2, 'a', 3)",
                        "ALTER TABLE t DROP gone1, DROP gone2, DROP gone3, ADD late int DEFAULT 7"),
                "INSERT INTO t VALUES (2, 'b', 8)", "UPDATE t SET v = 'c' WHERE id = 1", "DELETE FROM t WHERE id = 1");

        assertThat(bodies(told)).containsExactly(
                Map.of("id", 1, "v", "a", "late", 7), Map.of("id", 2, "v", "b", "late", 8),
                Map.of("id", 1, "v", "c", "late", 7), Map.of("id", 1));
        assertThat(told.get(0).getIn().getBody(Map.class).keySet()).containsExactly("id", "v", "late");
    }

    @ParameterizedTest
    @PostgresMajors
    void sixteen_hundred_columns_are_copied_and_streamed(TestDatabase database) throws Exception {
        String columns = IntStream.rangeClosed(2, 1600).mapToObj(i -> "c" + i + " smallint").collect(
                Collectors.joining(", "));
        List<Exchange> told = tell(
                database,
                List.of("CREATE TABLE t (c1 int PRIMARY KEY, " + columns + ")", "INSERT INTO t (c1, c1600) VALUES (1, 2)"),
                "INSERT INTO t (c1, c1600) VALUES (3, 4)", "UPDATE t SET c800 = 5 WHERE c1 = 3");

        assertThat(operations(told)).containsExactly("read", "insert", "update");
        assertThat(told).allSatisfy(e -> assertThat(e.getIn().getBody(Map.class)).hasSize(1600));
        assertThat(told.get(0).getIn().getBody(Map.class)).containsEntry("c1", 1).containsEntry("c1600", 2)
                .containsEntry("c2", null);
        assertThat(told.get(2).getIn().getBody(Map.class)).containsEntry("c1600", 4).containsEntry("c800", 5);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_table_without_columns_has_rows_that_are_empty(TestDatabase database) throws Exception {
        List<Exchange> told = tell(
                database, List.of("CREATE TABLE t ()", "INSERT INTO t DEFAULT VALUES", "INSERT INTO t DEFAULT VALUES"),
                "INSERT INTO t DEFAULT VALUES");

        assertThat(operations(told)).containsExactly("read", "read", "insert");
        assertThat(told).allSatisfy(e -> assertTold(e, Map.of(), Map.of(), null));
        assertThat(told).extracting(e -> e.getIn().getHeader(PgCdcConstants.EVENT_ID)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @PostgresMajors
    void an_empty_string_is_no_null(TestDatabase database) throws Exception {
        String row = "('', NULL, '\\N', '\\x', '{\"\",NULL,\"NULL\"}', E'\\t\\n\\\\')";
        List<Exchange> told = tell(
                database,
                List.of(
                        "CREATE TABLE t (id text PRIMARY KEY, a text, b text, c bytea, d text[], e text)",
                        "INSERT INTO t VALUES " + row),
                "DELETE FROM t", "INSERT INTO t VALUES " + row);

        Map<String, Object> expected = row(
                "id", "", "a", null, "b", "\\N", "c", "", "d", Arrays.asList("", null, "NULL"), "e", "\t\n\\");
        assertThat(bodies(told)).containsExactly(expected, Map.of("id", ""), expected);
    }

    private static List<String> large(String identity) {
        return List.of(
                "CREATE TABLE t (id int PRIMARY KEY, v int, big text, other text)",
                "ALTER TABLE t ALTER big SET STORAGE EXTERNAL", "ALTER TABLE t REPLICA IDENTITY " + identity,
                "INSERT INTO t SELECT 1, 1, " + LARGE);
    }

    /** What a route is told of the rows that are there, and of changes. */
    private static List<Exchange> tell(TestDatabase database, List<String> create, String... changes) throws Exception {
        database.execute(create.toArray(String[]::new));
        if (create.stream().noneMatch(sql -> sql.startsWith("CREATE PUBLICATION"))) {
            String tables = database.query(
                    "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables"
                                           + " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
                    String.class);
            database.execute("CREATE PUBLICATION mypub FOR TABLE " + tables);
        }
        return Received.from(database, "", changes);
    }

    private static void assertTold(
            Exchange told, Map<String, Object> body, Map<String, Object> key, Map<String, Object> before) {
        assertThat(told.getIn().getBody()).as("body").isEqualTo(body);
        assertThat(told.getIn().getHeader(PgCdcConstants.KEY)).as("key").isEqualTo(key);
        assertThat(told.getIn().getHeader(PgCdcConstants.BEFORE)).as("before").isEqualTo(before);
    }

    private static Object unchanged(Exchange told) {
        return told.getIn().getHeader(PgCdcConstants.UNCHANGED);
    }

    private static List<Object> bodies(List<Exchange> told) {
        return told.stream().map(e -> e.getIn().getBody()).toList();
    }

    private static String operation(Exchange told) {
        return told.getIn().getHeader(PgCdcConstants.OPERATION, String.class);
    }

    private static List<String> operations(List<Exchange> told) {
        return told.stream().map(RowImagesIT::operation).toList();
    }

    /** Map.of takes no null. */
    private static Map<String, Object> row(Object... namesAndValues) {
        Map<String, Object> row = new java.util.LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }
}
