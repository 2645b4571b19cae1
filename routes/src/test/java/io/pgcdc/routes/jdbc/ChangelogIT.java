package io.pgcdc.routes.jdbc;

import java.util.Arrays;
import java.util.List;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** With mode=changelog every change is a row, once. */
@PostgresTest
class ChangelogIT {

    @ParameterizedTest
    @EnumSource(SinkDatabase.Kind.class)
    void every_change_is_a_row(SinkDatabase.Kind kind, TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, v text, big text)", "ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO t VALUES (1, 'one', repeat('x', 5000))", "CREATE PUBLICATION mypub FOR TABLE t");
        try (SinkDatabase sink = SinkDatabase.create(kind);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true|mode=changelog&targetTable={table}_log")) {
            route.awaitCaughtUp();
            source.execute("INSERT INTO t VALUES (2, 'two', NULL)", "UPDATE t SET v = 'uno' WHERE id = 1",
                    "UPDATE t SET id = 3 WHERE id = 2", "DELETE FROM t WHERE id = 3", "TRUNCATE t",
                    "ALTER TABLE t DROP v", "INSERT INTO t VALUES (4, NULL)");
            route.awaitCaughtUp();
            String log = " FROM \"public\".\"t_log\"";
            assertThat(sink.texts("SELECT \"_pgcdc_op\", \"_pgcdc_unchanged\", \"id\", \"v\", length(\"big\")" + log
                                  + " ORDER BY \"_pgcdc_seq\", \"_pgcdc_op\""))
                    .containsExactly(
                            row("read", null, "1", "one", "5000"), row("insert", null, "2", "two", null),
                            row("update", "big", "1", "uno", null), row("delete", null, "2", null, null),
                            row("update", null, "3", "two", null), row("delete", null, "3", null, null),
                            row("truncate", null, null, null, null), row("insert", null, "4", null, null));
            assertThat(sink.text("SELECT count(*)" + log + " WHERE \"_pgcdc_commit_ts\" IS NULL")).isEqualTo("1");
            assertThat(sink.text("SELECT count(*)" + log + " WHERE \"_pgcdc_seq\" LIKE '________________/________________'"))
                    .isEqualTo("8");
        }
    }

    @ParameterizedTest
    @EnumSource(SinkDatabase.Kind.class)
    void changes_that_come_again_are_not_there_twice(SinkDatabase.Kind kind, TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 500)",
                "CREATE TABLE keyless (n int)", "INSERT INTO keyless SELECT generate_series(1, 300)",
                "CREATE PUBLICATION mypub FOR TABLE t, keyless");
        try (SinkDatabase sink = SinkDatabase.create(kind)) {
            FailingAfterwards failing = new FailingAfterwards(3);
            try (SinkRoute route = SinkRoute.start(source, failing.route(sink, "mode=changelog"))) {
                route.awaitCaughtUp();
                source.execute("INSERT INTO t SELECT generate_series(501, 900)", "UPDATE t SET id = -id",
                        "INSERT INTO keyless SELECT generate_series(301, 900)");
                route.awaitCaughtUp();
            }
            assertThat(failing.failures()).isGreaterThan(5);
            for (String table : List.of("\"public\".\"t\"", "\"public\".\"keyless\"")) {
                assertThat(sink.text("SELECT count(*) FROM (SELECT \"_pgcdc_seq\", \"_pgcdc_op\" FROM " + table
                                     + " GROUP BY \"_pgcdc_seq\", \"_pgcdc_op\" HAVING count(*) > 1) AS d"))
                        .as(table).isEqualTo("0");
            }
            assertThat(sink.text("SELECT count(*) FROM \"public\".\"t\"")).isEqualTo(String.valueOf(500 + 400 + 2 * 900));
            assertThat(sink.text("SELECT count(*) FROM \"public\".\"keyless\"")).isEqualTo("900");
        }
    }

    @ParameterizedTest
    @EnumSource(SinkDatabase.Kind.class)
    void a_table_that_is_copied_anew_says_so_by_a_truncate(SinkDatabase.Kind kind, TestDatabase source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (SinkDatabase sink = SinkDatabase.create(kind);
             SinkRoute route = SinkRoute.start(source, sink, "batching=true&includeCopyMarkers=true|mode=changelog")) {
            route.awaitCaughtUp();
            route.consumer().resyncTable("public.t");
            Awaitility.await().untilAsserted(
                    () -> assertThat(sink.texts("SELECT \"_pgcdc_op\", \"id\" FROM \"public\".\"t\" ORDER BY \"_pgcdc_seq\""))
                            .containsExactly(row("read", "1"), row("truncate", null), row("read", "1")));
        }
    }

    private static List<String> row(String... values) {
        return Arrays.asList(values);
    }
}
