package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.util.List;

import io.pgcdc.model.TableId;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Names are data: whatever PostgreSQL takes as a name is one in the destination, too. */
@PostgresTest
class NamesIT {

    private static final TableId KEYED = new TableId("sch\"e ma.'x", "ta\"ble; DROP TABLE t; --");
    private static final TableId KEYLESS = new TableId("select", "{table} \\ 表 $1 ? %s :p");

    @ParameterizedTest
    @EnumSource(SinkDatabase.Kind.class)
    void hostile_names_are_quoted_in_every_statement(SinkDatabase.Kind kind, TestDatabase source) throws Exception {
        String keyed = KEYED.quoted();
        String keyless = KEYLESS.quoted();
        source.execute("CREATE SCHEMA " + TableId.quote(KEYED.schema()), "CREATE SCHEMA " + TableId.quote(KEYLESS.schema()),
                "CREATE TABLE " + keyed + " (\"i\"\"d\" int, \"order\" text, op text, absent text, c0 text, \"c1 \"\"'\" text,"
                                                                                                                             + " \"?\" text, PRIMARY KEY (\"order\", \"i\"\"d\"))",
                "ALTER TABLE " + keyed + " ALTER \"?\" SET STORAGE EXTERNAL",
                "INSERT INTO " + keyed + " SELECT i, 'o' || i, 'op', 'absent', 'c0', 'c1', repeat('x', 4000)"
                                                                              + " FROM generate_series(1, 30) i",
                "CREATE TABLE " + keyless + " (\"from\" int, \"a\"\"b\" text)", "ALTER TABLE " + keyless
                                                                                + " REPLICA IDENTITY FULL",
                "INSERT INTO " + keyless + " SELECT i % 5, 'x' FROM generate_series(1, 30) i",
                "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (SinkDatabase sink = SinkDatabase.create(kind);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true")) {
            route.awaitCaughtUp();
            source.execute("UPDATE " + keyed + " SET op = 'u' WHERE \"i\"\"d\" < 5",
                    "UPDATE " + keyed + " SET \"order\" = 'moved' WHERE \"i\"\"d\" > 20",
                    "DELETE FROM " + keyed + " WHERE \"i\"\"d\" = 7", "DELETE FROM " + keyless + " WHERE \"from\" = 3",
                    "ALTER TABLE " + keyed + " ADD \"new \"\" column\" int DEFAULT 5",
                    "ALTER TABLE " + keyed + " RENAME c0 TO \"-- \"\" c0\"", "ALTER TABLE " + keyed + " DROP absent",
                    "INSERT INTO " + keyed + " (\"order\", \"i\"\"d\") VALUES ('o', 100)",
                    "ALTER TABLE " + keyless + " ALTER \"a\"\"b\" TYPE varchar(9)",
                    "INSERT INTO " + keyless + " VALUES (6, 'y')");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, KEYED, sink, KEYED);
            Mirror.assertEqual(source, KEYLESS, sink, KEYLESS);
            TableId renamed = new TableId(KEYED.schema(), "re\"named");
            source.execute("TRUNCATE " + keyless, "INSERT INTO " + keyless + " VALUES (1, 'z')",
                    "ALTER TABLE " + keyed + " RENAME TO " + TableId.quote(renamed.name()),
                    "DELETE FROM " + renamed.quoted() + " WHERE \"i\"\"d\" = 8");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, renamed, sink, renamed);
            Mirror.assertEqual(source, KEYLESS, sink, KEYLESS);
        }
    }

    @ParameterizedTest
    @EnumSource(SinkDatabase.Kind.class)
    void schemas_and_tables_are_called_as_the_options_say(SinkDatabase.Kind kind, TestDatabase source) throws Exception {
        source.execute("CREATE SCHEMA sales", "CREATE TABLE sales.orders (id int PRIMARY KEY)",
                "INSERT INTO sales.orders VALUES (1)",
                "CREATE TABLE public.orders (id int PRIMARY KEY)", "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (SinkDatabase sink = SinkDatabase.create(kind);
             SinkRoute route = SinkRoute.start(source, sink,
                     "batching=true|targetSchema=lake&targetTable=raw_{schema}_{table}&stateSchema=lake state")) {
            route.awaitCaughtUp();
            source.execute("INSERT INTO public.orders VALUES (2)", "ALTER TABLE sales.orders ADD v text",
                    "INSERT INTO sales.orders VALUES (3, 'v')");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, new TableId("sales", "orders"), sink, new TableId("lake", "raw_sales_orders"));
            Mirror.assertEqual(source, new TableId("public", "orders"), sink, new TableId("lake", "raw_public_orders"));
            assertThat(sink.text("SELECT count(*) FROM " + TableId.quote("lake state") + '.' + TableId.quote("sink_table")))
                    .isEqualTo("2");
        }
    }

    @Test
    void a_name_that_the_destination_would_cut_is_refused(TestDatabase source) throws Exception {
        String name = "t".repeat(60);
        source.execute("CREATE TABLE " + name + " (id int PRIMARY KEY)", "INSERT INTO " + name + " VALUES (1)",
                "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (SinkDatabase sink = SinkDatabase.create(SinkDatabase.Kind.POSTGRES);
             SinkRoute route = SinkRoute.start(source, sink,
                     "batching=true&failurePolicy=isolateTable&maxRetries=1|targetTable={schema}_{table}")) {
            Awaitility.await().until(() -> !route.consumer().getTablesInError().isEmpty());
            assertThat(route.consumer().getTablesInError().toString()).contains("public_" + name, "63 bytes");
        }
        try (SinkDatabase sink = SinkDatabase.create(SinkDatabase.Kind.DUCKDB); Connection connection = sink.connect()) {
            assertThat(Catalogue.longestName(connection)).isZero();
        }
    }

    @Test
    void columns_that_differ_in_case_alone_get_a_number_where_case_is_ignored(TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, a text, \"A\" text)", "INSERT INTO t VALUES (1, 'small', 'large')",
                // where that name is taken, too
                "CREATE TABLE u (id int PRIMARY KEY, a text, a_4 text, \"A\" text)", "INSERT INTO u VALUES (1, '2', '3', '4')",
                "CREATE PUBLICATION mypub FOR TABLE t, u");
        try (SinkDatabase sink = SinkDatabase.create(SinkDatabase.Kind.DUCKDB);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true")) {
            route.awaitCaughtUp();
            source.execute("UPDATE t SET \"A\" = 'larger'");
            route.awaitCaughtUp();
            assertThat(sink.texts("SELECT id, a, \"A_3\" FROM public.t")).containsExactly(List.of("1", "small", "larger"));
            assertThat(sink.texts("SELECT id, a, a_4, \"A_4_4\" FROM public.u")).containsExactly(List.of("1", "2", "3", "4"));
        }
    }

    /** The file of the destination is sink.duckdb; system and temp are databases of every DuckDB. */
    @ParameterizedTest
    @ValueSource(strings = { "sink", "system", "temp", "main" })
    void a_schema_may_be_called_as_a_database_of_duckdb(String schema, TestDatabase source) throws Exception {
        source.execute("CREATE SCHEMA " + schema, "CREATE TABLE " + schema + ".t (id int PRIMARY KEY, v text)",
                "INSERT INTO " + schema + ".t VALUES (1, 'a'), (2, 'b')",
                "CREATE TABLE " + schema + ".bag (n int)", "ALTER TABLE " + schema + ".bag REPLICA IDENTITY FULL",
                "INSERT INTO " + schema + ".bag VALUES (1), (1)", "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (SinkDatabase sink = SinkDatabase.create(SinkDatabase.Kind.DUCKDB);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true|stateSchema=" + schema)) {
            route.awaitCaughtUp();
            source.execute("UPDATE " + schema + ".t SET id = 3 WHERE id = 2",
                    "ALTER TABLE " + schema + ".t ADD n int DEFAULT 7, ALTER v TYPE varchar",
                    "DELETE FROM " + schema + ".bag WHERE ctid = '(0,1)'", "ALTER TABLE " + schema + ".t RENAME TO u",
                    "INSERT INTO " + schema + ".u VALUES (4, 'c')");
            route.awaitCaughtUp();
            assertThat(sink.texts("SELECT * FROM sink." + schema + ".u ORDER BY id"))
                    .containsExactly(List.of("1", "a", "7"), List.of("3", "b", "7"), List.of("4", "c", "7"));
            assertThat(sink.texts("SELECT * FROM sink." + schema + ".bag")).containsExactly(List.of("1"));
            source.execute("TRUNCATE " + schema + ".u");
            route.awaitCaughtUp();
            assertThat(sink.texts("SELECT * FROM sink." + schema + ".u")).isEmpty();
        }
    }

    @Test
    void schemas_that_differ_in_case_alone_are_one_where_case_is_ignored(TestDatabase source) throws Exception {
        source.execute("CREATE SCHEMA sales", "CREATE SCHEMA \"Sales\"", "CREATE TABLE sales.t (id int PRIMARY KEY)",
                "CREATE TABLE \"Sales\".u (id int PRIMARY KEY)", "INSERT INTO sales.t VALUES (1)",
                "INSERT INTO \"Sales\".u VALUES (2)", "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (SinkDatabase sink = SinkDatabase.create(SinkDatabase.Kind.DUCKDB);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true")) {
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "sales.t", "Sales.u");
        }
    }
}
