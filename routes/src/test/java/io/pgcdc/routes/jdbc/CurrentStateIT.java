package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;

import io.pgcdc.model.TableId;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tables of the destination are equal to those of the source, after the copy and after changes of every kind. */
@PostgresTest
class CurrentStateIT {

    private static final String[] TABLES = {
            """
                    CREATE TABLE customer (id bigint PRIMARY KEY, name text, balance numeric(12,2), any_number numeric,
                      seen timestamptz, born date, at timestamp, flag boolean, ratio float8, code uuid, doc jsonb, raw bytea,
                      big text)""",
            "ALTER TABLE customer ALTER big SET STORAGE EXTERNAL",
            "CREATE TABLE pair (a text, b int, note text, PRIMARY KEY (a, b))",
            "CREATE TABLE only_key (id int PRIMARY KEY)",
            "CREATE TABLE log (at timestamptz, line text)",
            "CREATE TABLE bag (n int, t text, x float8)", "ALTER TABLE bag REPLICA IDENTITY FULL",
            """
                    INSERT INTO customer SELECT i, 'name ' || i, i / 7.0, i / 3.0, '2026-01-01'::timestamptz + i * interval '1 s',
                      '2000-01-01'::date + i::int, '2026-01-01 10:00:00.5'::timestamp + i * interval '1 ms', i % 2 = 0, i / 9.0,
                      md5(i::text)::uuid, jsonb_build_object('i', i, 'a', '[1, null]'::jsonb), decode(md5(i::text), 'hex'),
                      CASE WHEN i % 3 = 0 THEN repeat(md5(i::text), 100) END FROM generate_series(1, 600) i""",
            "INSERT INTO pair SELECT 'a' || i % 5, i, NULL FROM generate_series(1, 200) i",
            "INSERT INTO only_key SELECT generate_series(1, 100)",
            "INSERT INTO log SELECT now(), 'line ' || i FROM generate_series(1, 200) i",
            "INSERT INTO bag SELECT i % 10, 't' || i % 3, CASE i % 4 WHEN 0 THEN '-0'::float8 WHEN 1 THEN 0 END"
                                                                                         + " FROM generate_series(1, 200) i",
            "CREATE PUBLICATION mypub FOR ALL TABLES" };

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
            "POSTGRES, batching=true", "DUCKDB, batching=true", "H2, batching=true",
            "POSTGRES, batching=true&values=java", "DUCKDB, batching=true&values=java&maxBatchSize=37" })
    void every_table_is_equal_after_copy_and_changes(SinkDatabase.Kind kind, String options, TestDatabase source)
            throws Exception {
        source.execute(TABLES);
        try (SinkDatabase sink = SinkDatabase.create(kind); SinkRoute route = SinkRoute.start(source, sink, options)) {
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "customer", "pair", "only_key", "log", "bag");
            source.execute(
                    "UPDATE customer SET name = 'u' WHERE id % 5 = 0", "DELETE FROM customer WHERE id % 11 = 0",
                    // the large value is not sent
                    "UPDATE customer SET id = id + 100000, balance = 0 WHERE id % 7 = 0",
                    """
                            BEGIN; INSERT INTO customer (id, big) VALUES (-1, repeat('x', 5000)); UPDATE customer SET id = -2
                              WHERE id = -1; UPDATE customer SET name = 'again' WHERE id = -2; INSERT INTO customer (id)
                              VALUES (-1); DELETE FROM customer WHERE id = -1; COMMIT""",
                    "BEGIN; UPDATE customer SET id = -3 WHERE id = 3; UPDATE customer SET id = 3 WHERE id = 6;"
                                                                                          + " UPDATE customer SET id = 6 WHERE id = -3; COMMIT",
                    "UPDATE pair SET a = 'b' || b, note = 'moved' WHERE b % 2 = 0", "UPDATE only_key SET id = -id",
                    "DELETE FROM only_key WHERE id < -50", "INSERT INTO log VALUES (now(), 'one'), (NULL, NULL)",
                    "DELETE FROM bag WHERE ctid IN (SELECT ctid FROM bag WHERE n = 3 LIMIT 5)",
                    "UPDATE bag SET t = NULL WHERE n = 4",
                    "BEGIN; INSERT INTO bag VALUES (99, 'x', 'NaN'), (99, 'x', 'NaN'); DELETE FROM bag WHERE n = 5; COMMIT",
                    "DELETE FROM bag WHERE ctid IN (SELECT ctid FROM bag WHERE n = 99 LIMIT 1)");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "customer", "pair", "only_key", "log", "bag");
            source.execute(
                    "TRUNCATE only_key, log", "INSERT INTO only_key VALUES (7)", "INSERT INTO log VALUES (NULL, 'after')",
                    "BEGIN; DELETE FROM pair; INSERT INTO pair VALUES ('n', 1, 'new'); TRUNCATE pair; INSERT INTO pair VALUES ('n',"
                                                                                                                           + " 2, 'newer'); COMMIT");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "customer", "pair", "only_key", "log", "bag");
        }
    }

    @ParameterizedTest
    @EnumSource(SinkDatabase.Kind.class)
    void changes_may_come_one_by_one(SinkDatabase.Kind kind, TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, v text, at timestamptz)",
                "INSERT INTO t SELECT i, 'v' || i, now() FROM generate_series(1, 20) i",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (SinkDatabase sink = SinkDatabase.create(kind); SinkRoute route = SinkRoute.start(source, sink, "values=java")) {
            route.awaitCaughtUp();
            source.execute("UPDATE t SET id = id + 10 WHERE id > 10", "DELETE FROM t WHERE id = 5", "INSERT INTO t VALUES (5)");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "t");
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
            "POSTGRES, batching=true", "DUCKDB, batching=true", "H2, batching=true", "POSTGRES, ",
            "DUCKDB, batching=true&maxBatchSize=3" })
    void rows_that_are_copied_again_are_mended_and_the_others_stay(SinkDatabase.Kind kind, String options, TestDatabase source)
            throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t SELECT i, 'x' FROM generate_series(1, 100) i", "CREATE PUBLICATION mypub FOR TABLE t");
        String given = options == null ? "" : options;
        try (SinkDatabase sink = SinkDatabase.create(kind)) {
            mendRows(source, sink, given);
            try (SinkRoute route = SinkRoute.start(source, sink, given)) {
                source.execute("INSERT INTO t VALUES (101)", "DELETE FROM t WHERE id = 7");
                route.awaitCaughtUp();
                Mirror.assertEqual(source, sink, "t");
            }
        }
    }

    private static void mendRows(TestDatabase source, SinkDatabase sink, String options) throws Exception {
        try (SinkRoute route = SinkRoute.start(source, sink, options)) {
            route.awaitCaughtUp();
            source.execute("UPDATE t SET v = 'y' WHERE id > 90");
            route.awaitCaughtUp();
            sink.execute("UPDATE \"public\".\"t\" SET \"v\" = 'broken' WHERE \"id\" < 10",
                    "DELETE FROM \"public\".\"t\" WHERE \"id\" = 20");
            route.consumer().copyRows("public.t", "id <= 20");
            source.execute("UPDATE t SET v = 'z' WHERE id = 5");
            Awaitility.await().until(() -> route.consumer().getRowCopiesWaiting() == 0);
            source.execute("UPDATE t SET v = 'w' WHERE id = 6");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "t");
        }
    }

    @ParameterizedTest
    @CsvSource({ "POSTGRES, currentState", "DUCKDB, currentState", "H2, currentState", "DUCKDB, changelog" })
    void a_destination_that_was_lost_is_not_filled_with_changes_alone(
            SinkDatabase.Kind kind, String mode, TestDatabase source)
            throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t SELECT i, 'x' FROM generate_series(1, 100) i",
                "CREATE TABLE bag (n int)", "ALTER TABLE bag REPLICA IDENTITY FULL", "INSERT INTO bag VALUES (1), (2)",
                "CREATE PUBLICATION mypub FOR TABLE t, bag");
        String options = "batching=true&failurePolicy=isolateTable&maxRetries=1|mode=" + mode;
        try (SinkDatabase sink = SinkDatabase.create(kind); SinkRoute route = SinkRoute.start(source, sink, options)) {
            route.awaitCaughtUp();
        }
        source.execute("UPDATE t SET v = 'new' WHERE id = 1", "DELETE FROM bag WHERE n = 1");
        try (SinkDatabase sink = SinkDatabase.create(kind); SinkRoute route = SinkRoute.start(source, sink, options)) {
            Awaitility.await().until(() -> route.consumer().getTablesInError().size() == 2);
            route.consumer().resyncTable("public.t");
            route.consumer().resyncTable("public.bag");
            Awaitility.await().until(() -> route.consumer().getTablesInError().isEmpty());
            route.awaitCaughtUp();
            if (mode.equals("currentState")) {
                Mirror.assertEqual(source, sink, "t", "bag");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SinkDatabase.Kind.class)
    void a_table_that_was_empty_is_followed_from_its_first_row_on(
            SinkDatabase.Kind kind, TestDatabase source)
            throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "CREATE TABLE bag (n int)",
                "ALTER TABLE bag REPLICA IDENTITY FULL", "CREATE PUBLICATION mypub FOR TABLE t, bag");
        try (SinkDatabase sink = SinkDatabase.create(kind);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true&maxBatchSize=3")) {
            route.awaitCaughtUp();
            source.execute("INSERT INTO t SELECT i, 'x' FROM generate_series(1, 10) i",
                    "UPDATE t SET id = id + 100 WHERE id > 5",
                    "DELETE FROM t WHERE id < 3", "UPDATE t SET v = 'y', id = -id", "TRUNCATE t",
                    "INSERT INTO t VALUES (1, 'z')",
                    "INSERT INTO bag VALUES (1), (1), (2)", "UPDATE bag SET n = 3 WHERE n = 2",
                    "DELETE FROM bag WHERE ctid = '(0,1)'");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "t", "bag");
        }
    }

    @Test
    void changes_of_rows_that_were_not_copied_are_taken_if_the_sink_is_told(TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'x')",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (SinkDatabase sink = SinkDatabase.create(SinkDatabase.Kind.DUCKDB);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true&snapshotMode=never|acceptMissingRows=true")) {
            route.awaitCaughtUp();
            source.execute("UPDATE t SET v = 'seen'");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "t");
        }
    }

    @ParameterizedTest
    @EnumSource(SinkDatabase.Kind.class)
    void a_key_may_change_to_one_that_is_equal_to_it(SinkDatabase.Kind kind, TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (k float8 PRIMARY KEY, v int)", "INSERT INTO t VALUES (0, 1), (1, 1)",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (SinkDatabase sink = SinkDatabase.create(kind); SinkRoute route = SinkRoute.start(source, sink, "batching=true")) {
            route.awaitCaughtUp();
            source.execute("UPDATE t SET k = '-0', v = 2 WHERE k = 0");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "t");
        }
    }

    @ParameterizedTest
    @CsvSource({ "POSTGRES, currentState", "DUCKDB, currentState", "H2, currentState", "POSTGRES, changelog" })
    void a_new_copy_makes_a_table_that_somebody_has_dropped(SinkDatabase.Kind kind, String mode, TestDatabase source)
            throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 1), (2, 2)",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (SinkDatabase sink = SinkDatabase.create(kind);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true|mode=" + mode)) {
            route.awaitCaughtUp();
            sink.execute("DROP TABLE \"public\".\"t\"");
            source.execute("ALTER TABLE t ADD w int", "UPDATE t SET w = 1");
            route.consumer().resyncTable("public.t");
            Awaitility.await().ignoreExceptions()
                    .until(() -> sink.text("SELECT count(\"w\") FROM \"public\".\"t\"").equals("2"));
            route.awaitCaughtUp();
        }
    }

    @Test
    void the_rights_that_the_page_names_suffice_and_one_that_is_missing_is_told(TestDatabase source) throws Exception {
        source.execute("CREATE SCHEMA shop", "CREATE TABLE shop.t (id int PRIMARY KEY)", "INSERT INTO shop.t VALUES (1)",
                "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (TestDatabase destination = source.server().createDatabase()) {
            destination.createUser("pgcdc_sink", "secret", "");
            String database = TableId.quote(destination.name());
            destination.execute("REVOKE ALL ON DATABASE " + database + " FROM PUBLIC",
                    "GRANT CONNECT, CREATE ON DATABASE " + database + " TO pgcdc_sink");
            try (SinkRoute route = SinkRoute.start(source, new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from("pgcdc:mypub?batching=true&failurePolicy=isolateTable&maxRetries=1").routeId("cdc")
                            .to("pgcdc-jdbc:test?url=RAW(" + destination.url() + ")&username=pgcdc_sink&password=secret");
                }
            })) {
                Awaitility.await().until(() -> !route.consumer().getTablesInError().isEmpty());
                assertThat(route.consumer().getTablesInError().toString()).contains("42501", "GRANT TEMPORARY ON DATABASE");
                destination.execute("GRANT TEMPORARY ON DATABASE " + database + " TO pgcdc_sink");
                route.consumer().resyncTable("shop.t");
                Awaitility.await().until(() -> route.consumer().getTablesInError().isEmpty());
                source.execute("ALTER TABLE shop.t ADD v text DEFAULT 'v'", "INSERT INTO shop.t VALUES (2)");
                route.awaitCaughtUp();
                assertThat(destination.count("shop.t WHERE v = 'v'")).isEqualTo(2);
            }
        }
    }

    /** Else a crash of the destination would take back what is acknowledged, and nobody would notice. */
    @Test
    void a_commit_is_on_disk_before_its_change_is_acknowledged_whatever_the_destination_is_set_to(TestDatabase source)
            throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (SinkDatabase sink = SinkDatabase.create(SinkDatabase.Kind.POSTGRES)) {
            sink.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE seen (setting text)",
                    "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen VALUES "
                                                                                                    + "(current_setting('synchronous_commit')); RETURN NULL; END $$",
                    "CREATE TRIGGER see AFTER INSERT ON t EXECUTE FUNCTION see()",
                    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$");
            try (SinkRoute route = SinkRoute.start(source, sink, "batching=true")) {
                route.awaitCaughtUp();
                assertThat(sink.text("SELECT DISTINCT setting FROM seen")).isEqualTo("on");
            }
        }
    }

    @Test
    void a_destination_that_does_not_answer_is_given_up_after_the_time_in_its_url_and_tried_again(TestDatabase source)
            throws Exception {
        source.execute("CREATE TABLE bag (n int)", "CREATE PUBLICATION mypub FOR TABLE bag");
        try (TestDatabase destination = source.server().createDatabase();
             SinkRoute route = SinkRoute.start(source, new RouteBuilder() {
                 @Override
                 public void configure() {
                     errorHandler(noErrorHandler());
                     from("pgcdc:mypub?batching=true").routeId("cdc").to("pgcdc-jdbc:test?url=RAW(" + destination.url()
                                                                         + "?socketTimeout=1)&username="
                                                                         + destination.username() + "&password="
                                                                         + destination.password());
                 }
             })) {
            source.execute("INSERT INTO bag VALUES (0)");
            route.awaitCaughtUp();
            try (Connection other = destination.connect(); Statement lock = other.createStatement()) {
                other.setAutoCommit(false);
                lock.execute("LOCK TABLE bag");
                source.execute("INSERT INTO bag VALUES (1)", "INSERT INTO bag VALUES (1)");
                // The first attempt waits for the table, and those that came when it had been given up wait for the first.
                Awaitility.await().until(() -> destination.count("pg_locks WHERE NOT granted") > 1);
            }
            route.awaitCaughtUp();
            assertThat(destination.count("bag")).isEqualTo(3);
        }
    }

    @Test
    void a_deferred_unique_constraint_of_the_user_takes_values_that_are_exchanged(TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, email text UNIQUE)", "INSERT INTO t VALUES (1, 'x'), (2, 'y')",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (SinkDatabase sink = SinkDatabase.create(SinkDatabase.Kind.POSTGRES);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true")) {
            route.awaitCaughtUp();
            sink.execute("ALTER TABLE public.t ADD UNIQUE (email) DEFERRABLE INITIALLY DEFERRED");
            source.execute("BEGIN; UPDATE t SET email = 'z' WHERE id = 2; UPDATE t SET email = 'y' WHERE id = 1;"
                           + " UPDATE t SET email = 'x' WHERE id = 2; COMMIT");
            route.awaitCaughtUp();
            Mirror.assertEqual(source, sink, "t");
        }
    }

    /** What it had, and what comes, have one text, or a row of a table without a key would not be found. */
    @ParameterizedTest
    @EnumSource(SinkDatabase.Kind.class)
    void rows_are_found_though_their_columns_have_become_text(SinkDatabase.Kind kind, TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (n int, at timestamp, tz timestamptz, d date, c time, cz timetz, x numeric(3,3))",
                "ALTER TABLE t REPLICA IDENTITY FULL",
                "INSERT INTO t VALUES (1, '2026-01-01 10:00:00', '2026-01-01 10:00:00+01', '2026-01-01', '10:00', '10:00+02', 0.5)",
                "INSERT INTO t VALUES (2, '0044-03-15 10:00:00.25 BC', '12026-01-01 10:00:00.000001+00', '0044-03-15 BC',"
                                                                                                                                     + " '10:00:00.5', '10:00:00.5-05:30', -0.125)",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (SinkDatabase sink = SinkDatabase.create(kind); SinkRoute route = SinkRoute.start(source, sink, "batching=true")) {
            route.awaitCaughtUp();
            source.execute("INSERT INTO t VALUES (3, '294276-12-31 23:59:59', '294276-12-31 23:59:59+00', 'infinity', '24:00',"
                           + " '24:00+00', 'NaN')",
                    "INSERT INTO t VALUES (4, 'infinity', 'infinity', NULL, NULL, NULL, NULL)");
            route.awaitCaughtUp();
            source.execute("DELETE FROM t WHERE n < 3");
            route.awaitCaughtUp();
            assertThat(sink.texts("SELECT \"n\" FROM \"public\".\"t\" ORDER BY 1")).containsExactly(List.of("3"), List.of("4"));
        }
    }
}
