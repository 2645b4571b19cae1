package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What a publication has is replicated as the publication says, also when that changes while the route runs. */
@PostgresTest
class PublicationsIT {

    private final Model model = new Model();

    // Tables that come and go.

    @ParameterizedTest
    @ValueSource(strings = { "FOR TABLE t", "FOR ALL TABLES", "FOR TABLES IN SCHEMA public" })
    void a_table_that_joins_is_copied_and_followed_while_the_route_runs(String what, TestDatabase database) throws Exception {
        assumeTrue(!what.contains("SCHEMA") || database.server().major() >= 15);
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub " + what);
        try (RouteUnderTest route = RouteUnderTest.start(database, "batching=true", model::apply)) {
            route.awaitReady();
            database.execute(
                    "CREATE TABLE fresh (id bigint PRIMARY KEY, v text)",
                    "INSERT INTO fresh SELECT i, 'v' FROM generate_series(1, 500) i");
            if (what.equals("FOR TABLE t")) {
                database.execute("ALTER PUBLICATION mypub ADD TABLE fresh");
            }
            // The change that makes it known, and more until it is handed over.
            for (int id = 1_000; !streams(route, "fresh"); id++) {
                database.execute(
                        "INSERT INTO fresh VALUES (" + id + ", 'x')", "UPDATE fresh SET v = v || '.' WHERE id % 7 = " + id % 7,
                        "DELETE FROM fresh WHERE id = " + (id - 900), "INSERT INTO t VALUES (" + id + ")");
            }
            database.execute("INSERT INTO fresh VALUES (5000, 'last')");
            route.awaitCaughtUp();
        }
        assertModelIs(database, "fresh");
        assertModelIs(database, "t");
        assertThat(model.count(Operation.TRUNCATE)).isZero();
    }

    @Test
    void a_table_that_joins_without_a_change_is_found_too(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE TABLE quiet (id bigint PRIMARY KEY)",
                "INSERT INTO quiet VALUES (1)", "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("ALTER PUBLICATION mypub ADD TABLE quiet");
            Awaitility.await().until(() -> streams(route, "quiet"));
        }
        assertModelIs(database, "quiet");
    }

    @Test
    void with_snapshotMode_never_a_table_that_joins_is_followed_from_its_first_change(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never", model::apply)) {
            route.awaitReady();
            database.execute("BEGIN; CREATE TABLE fresh (id bigint PRIMARY KEY); INSERT INTO fresh VALUES (1); COMMIT");
            for (int id = 2; id <= 20; id++) {
                database.execute("INSERT INTO fresh VALUES (" + id + ")");
            }
            route.awaitCaughtUp();
            assertModelIs(database, "fresh");
        }
        database.execute("INSERT INTO fresh VALUES (21)");
        try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never", model::apply)) {
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertModelIs(database, "fresh");
    }

    @Test
    void tables_that_exchange_their_names_while_their_copy_is_interrupted_are_right_under_both(TestDatabase database)
            throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE TABLE u (id bigint PRIMARY KEY)",
                "INSERT INTO t SELECT generate_series(1, 100)", "INSERT INTO u SELECT generate_series(1001, 1100)",
                "CREATE PUBLICATION mypub FOR TABLE t, u");
        AtomicInteger rows = new AtomicInteger();
        CountDownLatch forEver = new CountDownLatch(1);
        RouteUnderTest first = RouteUnderTest.start(database, "", exchange -> {
            if (rows.incrementAndGet() > 150) {
                forEver.await();
            }
            model.apply(exchange);
        });
        Awaitility.await().until(() -> rows.get() > 150);
        first.kill();
        forEver.countDown();
        database.execute(
                "BEGIN; ALTER TABLE t RENAME TO x; ALTER TABLE u RENAME TO t; ALTER TABLE x RENAME TO u; COMMIT",
                "INSERT INTO t VALUES (1)", "DELETE FROM u WHERE id = 50");
        model.expectReplay();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertModelIs(database, "t");
        assertModelIs(database, "u");
    }

    @Test
    void what_was_committed_before_a_table_left_still_comes_and_then_its_state_is_removed(TestDatabase database)
            throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE TABLE u (id bigint PRIMARY KEY)",
                "CREATE PUBLICATION mypub FOR TABLE t, u");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
        }
        database.execute("INSERT INTO u VALUES (1)", "ALTER PUBLICATION mypub DROP TABLE u", "INSERT INTO u VALUES (2)");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            route.awaitCaughtUp();
            assertThat(model.rows("u")).containsExactly("{id=1}");
            Awaitility.await().until(() -> table(route, "u") == null);
            assertThat(database.query("SELECT state FROM pgcdc.table_state WHERE table_name = 'u'", String.class))
                    .as("only that its rows may be at the destination is known of it").isEqualTo("GONE");

            // While it runs: the same, and it comes back.
            database.execute("ALTER PUBLICATION mypub ADD TABLE u");
            Awaitility.await().until(() -> streams(route, "u"));
            assertModelIs(database, "u");
            database.execute(
                    "INSERT INTO u VALUES (3)", "ALTER PUBLICATION mypub DROP TABLE u", "INSERT INTO u VALUES (4)");
            Awaitility.await().until(() -> table(route, "u") == null);
            assertThat(model.rows("u")).containsExactly("{id=1}", "{id=2}", "{id=3}");
            // A name that was given up is sorted out at a start.
            database.execute("ALTER PUBLICATION mypub ADD TABLE u", "INSERT INTO u VALUES (5)");
            Awaitility.await().until(() -> streams(route, "u"));
            database.execute("INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (6)");
            route.awaitCaughtUp();
            assertModelIs(database, "u");
            assertModelIs(database, "t");
        }
    }

    @Test
    void a_dropped_table_is_forgotten_and_its_namesake_is_another_one(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE TABLE u (id bigint PRIMARY KEY)",
                "INSERT INTO u VALUES (1)", "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("DROP TABLE u", "CREATE TABLE u (id bigint PRIMARY KEY)", "INSERT INTO u VALUES (2)");
            Awaitility.await().until(() -> model.rows("u").equals(List.of("{id=2}")));
            route.awaitReady();
            database.execute("INSERT INTO u VALUES (3)");
            route.awaitCaughtUp();
            assertModelIs(database, "u");
            database.execute("DROP TABLE u");
            Awaitility.await().until(() -> table(route, "u") == null);
        }
    }

    @Test
    void tables_that_exchange_their_names_are_right_under_both(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE TABLE fresh (id bigint PRIMARY KEY)",
                "INSERT INTO t VALUES (1)", "INSERT INTO fresh VALUES (10)", "CREATE PUBLICATION mypub FOR TABLE t, fresh");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("BEGIN; ALTER TABLE t RENAME TO old; ALTER TABLE fresh RENAME TO t; COMMIT",
                    "INSERT INTO t VALUES (11)");
            Awaitility.await().untilAsserted(() -> assertModelIs(database, "t"));
            Awaitility.await().untilAsserted(() -> assertModelIs(database, "old"));
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (12)", "INSERT INTO old VALUES (2)");
            route.awaitCaughtUp();
            assertModelIs(database, "t");
            assertModelIs(database, "old");
        }
    }

    @Test
    void a_table_that_the_user_may_not_read_does_not_stop_the_others(TestDatabase database) throws Exception {
        database.createUser("reader", "secret", "REPLICATION");
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE TABLE closed (id bigint PRIMARY KEY)",
                "INSERT INTO closed VALUES (1)", "GRANT SELECT ON t TO reader", "CREATE SCHEMA pgcdc AUTHORIZATION reader",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "username=reader&password=secret", model::apply)) {
            route.awaitReady();
            database.execute(
                    "ALTER PUBLICATION mypub ADD TABLE closed", "INSERT INTO closed VALUES (2)", "INSERT INTO t VALUES (1)");
            route.awaitCaughtUp();
            assertModelIs(database, "t");
            database.execute("GRANT SELECT ON closed TO reader");
            Awaitility.await().until(() -> streams(route, "closed"));
            assertModelIs(database, "closed");
        }
    }

    @Test
    void the_option_tables_keeps_the_publication_up_to_date(TestDatabase database) throws Exception {
        database.execute("CREATE SCHEMA shop", "CREATE TABLE shop.a (id bigint PRIMARY KEY)",
                "CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE TABLE other (id bigint PRIMARY KEY)",
                "CREATE UNLOGGED TABLE shop.fast (id bigint PRIMARY KEY)");
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "createPublication=true&tables=shop.*,public.t", model::apply)) {
            route.awaitReady();
            assertThat(published(database)).containsExactly("public.t", "shop.a");
            database.execute("CREATE TABLE shop.b (id bigint PRIMARY KEY)", "INSERT INTO shop.b VALUES (1)",
                    "CREATE TABLE shop.parts (id bigint PRIMARY KEY) PARTITION BY HASH (id)",
                    "CREATE TABLE shop.parts0 PARTITION OF shop.parts FOR VALUES WITH (MODULUS 1, REMAINDER 0)");
            Awaitility.await().until(() -> streams(route, "b") && streams(route, "parts0"));
            assertThat(published(database)).containsExactly("public.t", "shop.a", "shop.b", "shop.parts0");
        }
    }

    @Test
    void the_option_tables_takes_partitions_and_names_of_every_kind(TestDatabase database) throws Exception {
        createPartitions(database);
        database.execute("CREATE SCHEMA \"my.shop\"", "CREATE TABLE \"my.shop\".\"*\" (id bigint PRIMARY KEY)",
                "CREATE TABLE \"my.shop\".left_out (id bigint PRIMARY KEY)",
                "CREATE TABLE \"a.b, \"\"c\"\"\" (id bigint PRIMARY KEY)");
        try (RouteUnderTest route = RouteUnderTest.start(database,
                "createPublication=true&tables=RAW(public.m1, \"my.shop\".\"*\","
                                                                   + " public.\"a.b, \"\"c\"\"\")",
                model::apply)) {
            route.awaitReady();
            assertThat(published(database)).containsExactly("my.shop.*", "public.a.b, \"c\"", "public.m1");
        }
    }

    @Test
    void other_columns_or_rows_of_a_table_mean_another_copy(TestDatabase database) throws Exception {
        assumeTrue(database.server().major() >= 15);
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, a int, b int)",
                "INSERT INTO t VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3)",
                "CREATE PUBLICATION mypub FOR TABLE t (id, a) WHERE (id < 3)");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            assertThat(model.rows("t")).containsExactly("{id=1, a=1}", "{id=2, a=2}");
            database.execute("UPDATE t SET b = 7, a = a + 1", "UPDATE t SET id = 4 WHERE id = 2",
                    "UPDATE t SET id = 0 WHERE id = 3");
            route.awaitCaughtUp();
            assertThat(model.rows("t")).as("rows that come into sight and go out of it")
                    .containsExactly("{id=0, a=4}", "{id=1, a=2}");
            database.execute("ALTER PUBLICATION mypub SET TABLE t (id, b) WHERE (id > 0)");
            Awaitility.await().untilAsserted(
                    () -> assertThat(model.rows("t")).containsExactly("{id=1, b=7}", "{id=4, b=7}"));
        }
    }

    // Partitions and their like.

    @ParameterizedTest
    @ValueSource(booleans = { false, true })
    void partitions_are_published_as_the_publication_says(boolean viaRoot, TestDatabase database) throws Exception {
        createPartitions(database);
        database.execute("CREATE PUBLICATION mypub FOR TABLE m WITH (publish_via_partition_root = " + viaRoot + ")");
        List<String> leaves = List.of("m1", "m2a", "m2b", "m3");
        try (RouteUnderTest route = RouteUnderTest.start(database, "batching=" + viaRoot, model::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO m (id, v) SELECT i, 'new' FROM generate_series(1001, 3000, 10) i WHERE i % 7 <> 1",
                    "UPDATE m SET v = v || '.' WHERE id % 3 = 0", "DELETE FROM m WHERE id % 4 = 0",
                    // from one leaf to another
                    "UPDATE m SET id = id + 1000 WHERE id = 5");
            route.awaitCaughtUp();
            assertPartitions(database, viaRoot, leaves);
            // A new partition, and one that was a table of its own.
            database.execute("CREATE TABLE m4 PARTITION OF m FOR VALUES FROM (3001) TO (4001)",
                    "INSERT INTO m VALUES (3500, 'x')");
            if (viaRoot) {
                route.awaitCaughtUp();
                assertPartitions(database, true, leaves);
            } else {
                database.execute("CREATE TABLE m5 (v text, id bigint PRIMARY KEY)", "INSERT INTO m5 VALUES ('a', 4500)",
                        "ALTER TABLE m ATTACH PARTITION m5 FOR VALUES FROM (4001) TO (5001)");
                Awaitility.await().until(() -> streams(route, "m4") && streams(route, "m5"));
                assertPartitions(database, false, List.of("m1", "m2a", "m2b", "m3", "m4", "m5"));
                database.execute("ALTER TABLE m DETACH PARTITION m1", "INSERT INTO m1 VALUES (7, 'not ours')",
                        "TRUNCATE m2a");
                Awaitility.await().until(() -> table(route, "m1") == null);
                route.awaitCaughtUp();
                assertPartitions(database, false, List.of("m2a", "m2b", "m3", "m4", "m5"));
            }
            database.execute("TRUNCATE m");
            route.awaitCaughtUp();
            if (viaRoot) {
                assertThat(model.rows("m")).isEmpty();
            } else {
                assertPartitions(database, false, List.of("m2a", "m2b", "m3", "m4", "m5"));
            }
        }
    }

    @Test
    void what_becomes_of_a_partition_as_a_whole_is_told_where_PostgreSQL_tells_nothing(TestDatabase database)
            throws Exception {
        createPartitions(database);
        database.execute("CREATE PUBLICATION mypub FOR TABLE m WITH (publish_via_partition_root = true)");
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("CREATE TABLE m4 PARTITION OF m FOR VALUES FROM (3001) TO (4001)", "INSERT INTO m VALUES (3500)",
                    "CREATE TABLE m5 (id bigint PRIMARY KEY, v text)", "INSERT INTO m5 VALUES (4500)");
            route.awaitCaughtUp();
            // Looked at once at least with m4.
            database.execute("CREATE TABLE joins (id bigint PRIMARY KEY)", "ALTER PUBLICATION mypub ADD TABLE joins");
            Awaitility.await().until(() -> streams(route, "joins"));
            assertThat(log.lines()).isEmpty();
            database.execute("ALTER TABLE m ATTACH PARTITION m5 FOR VALUES FROM (4001) TO (5001)",
                    "ALTER TABLE m DETACH PARTITION m1", "TRUNCATE m2a");
            Awaitility.await().until(() -> log.lines().size() == 3);
            assertThat(log.lines()).anyMatch(line -> line.contains("public.m5 had before it was attached to public.m"))
                    .anyMatch(line -> line.contains("public.m1 is no part of public.m any more"))
                    .anyMatch(line -> line.contains("public.m2a of public.m has another file"))
                    .allMatch(line -> line.contains("resyncTable"));
            route.consumer().resyncTable("public.m");
            Awaitility.await().untilAsserted(() -> assertModelIs(database, "m"));
        }
    }

    @Test
    void a_partition_that_left_and_came_back_between_two_looks_is_copied_anew(TestDatabase database) throws Exception {
        createPartitions(database);
        database.execute("CREATE PUBLICATION mypub FOR TABLE m");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("""
                    BEGIN; ALTER TABLE m DETACH PARTITION m1; COMMIT;
                    INSERT INTO m1 VALUES (10, 'not sent'); DELETE FROM m1 WHERE id = 1;
                    ALTER TABLE m ATTACH PARTITION m1 FOR VALUES FROM (0) TO (1001)""");
            Awaitility.await().untilAsserted(() -> assertModelIs(database, "m1"));
            route.awaitReady();
            database.execute("INSERT INTO m VALUES (11, 'sent')");
            route.awaitCaughtUp();
            assertModelIs(database, "m1");
            // The same while it is stopped.
        }
        database.execute("ALTER TABLE m DETACH PARTITION m2", "INSERT INTO m2a VALUES (1010, 'not sent')",
                "ALTER TABLE m ATTACH PARTITION m2 FOR VALUES FROM (1001) TO (2001)");
        model.expectReplay();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            Awaitility.await().untilAsserted(
                    () -> assertPartitions(database, false, List.of("m1", "m2a", "m2b", "m3")));
        }
    }

    @Test
    void a_table_that_left_a_published_schema_and_came_back_between_two_looks_is_copied_anew(TestDatabase database)
            throws Exception {
        assumeTrue(database.server().major() >= 15);
        database.execute("CREATE SCHEMA away", "CREATE TABLE t (id bigint PRIMARY KEY)",
                "CREATE TABLE u (id bigint PRIMARY KEY)",
                "CREATE PUBLICATION mypub FOR TABLES IN SCHEMA public");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("ALTER TABLE t SET SCHEMA away", "INSERT INTO away.t VALUES (1)",
                    "ALTER TABLE away.t SET SCHEMA public", "GRANT SELECT ON u TO PUBLIC");
            Awaitility.await().untilAsserted(() -> assertModelIs(database, "t"));
        }
        assertThat(model.count(Operation.TRUNCATE)).as("u stayed").isEqualTo(1);
    }

    @Test
    void rows_that_come_with_a_subtree_or_in_its_own_transaction_are_told_too(TestDatabase database) throws Exception {
        createPartitions(database);
        database.execute("CREATE PUBLICATION mypub FOR TABLE m WITH (publish_via_partition_root = true)",
                "CREATE TABLE m4 (id bigint PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE m4a PARTITION OF m4 FOR VALUES FROM (3001) TO (3501)", "INSERT INTO m4 VALUES (3300)");
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("CREATE TABLE joins (id bigint PRIMARY KEY)", "ALTER PUBLICATION mypub ADD TABLE joins");
            Awaitility.await().until(() -> streams(route, "joins"));
            database.execute("ALTER TABLE m ATTACH PARTITION m4 FOR VALUES FROM (3001) TO (4001)",
                    "BEGIN; CREATE TABLE m5 (id bigint PRIMARY KEY, v text); INSERT INTO m5 VALUES (4500);"
                                                                                                   + " ALTER TABLE m ATTACH PARTITION m5 FOR VALUES FROM (4001) TO (5001); COMMIT",
                    "ALTER TABLE m DETACH PARTITION m1", "INSERT INTO m1 VALUES (10)",
                    "ALTER TABLE m ATTACH PARTITION m1 FOR VALUES FROM (0) TO (1001)",
                    "CREATE TABLE m6 PARTITION OF m FOR VALUES FROM (5001) TO (6001)");
            Awaitility.await().until(() -> log.lines().size() == 3);
            assertThat(log.lines()).anyMatch(line -> line.contains("public.m4a had before it was attached to public.m"))
                    .anyMatch(line -> line.contains("public.m5 had before it was attached to public.m"))
                    .anyMatch(line -> line.contains("public.m1 was detached from public.m and attached again"));
        }
    }

    @Test
    void an_inherited_table_is_a_table_of_its_own(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE parent (id bigint PRIMARY KEY)", "CREATE TABLE child (v int) INHERITS (parent)",
                "ALTER TABLE child ADD PRIMARY KEY (id)", "INSERT INTO parent VALUES (1)", "INSERT INTO child VALUES (2, 2)",
                "CREATE PUBLICATION mypub FOR TABLE parent");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO parent VALUES (3)", "INSERT INTO child VALUES (4, 4)",
                    "UPDATE parent SET id = id + 10");
            route.awaitCaughtUp();
        }
        assertThat(model.rows("parent")).containsExactly("{id=11}", "{id=13}");
        assertThat(model.rows("child")).containsExactly("{id=12, v=2}", "{id=14, v=4}");
    }

    // What the user may read.

    @Test
    void a_table_that_joins_is_copied_by_whoever_may_read_its_published_columns(TestDatabase database) throws Exception {
        assumeTrue(database.server().major() >= 15);
        database.createUser("clerk", "secret", "REPLICATION");
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)",
                "CREATE TABLE staff (id bigint PRIMARY KEY, name text, pay int)",
                "CREATE TABLE ruled (id bigint PRIMARY KEY)", "ALTER TABLE ruled ENABLE ROW LEVEL SECURITY",
                "INSERT INTO staff SELECT i, repeat('x', 500), i FROM generate_series(1, 2000) i",
                "INSERT INTO ruled VALUES (1)",
                "GRANT SELECT ON t, ruled TO clerk", "GRANT SELECT (id, name) ON staff TO clerk",
                "CREATE SCHEMA pgcdc AUTHORIZATION clerk", "CREATE PUBLICATION mypub FOR TABLE t");
        try (LogLines log = new LogLines();
             RouteUnderTest route = RouteUnderTest.start(
                     database, "username=clerk&password=secret&copyRangeBytes=65536", model::apply)) {
            route.awaitReady();
            database.execute("ALTER PUBLICATION mypub ADD TABLE staff (id, name), ruled", "INSERT INTO t VALUES (1)");
            Awaitility.await().until(() -> streams(route, "staff"));
            assertThat(model.rows("staff")).hasSize(2000);
            Awaitility.await().until(() -> !log.lines().isEmpty());
            assertThat(log.lines()).singleElement().asString().contains("public.ruled", "row-level security", "BYPASSRLS");
            route.awaitCaughtUp();
            assertModelIs(database, "t");
            database.execute("ALTER ROLE clerk BYPASSRLS");
            Awaitility.await().until(() -> streams(route, "ruled"));
            assertModelIs(database, "ruled");
        }
    }

    // Parameters.

    @Test
    void parameters_that_were_altered_are_told_even_if_they_were_set_back(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
        try (LogLines log = new LogLines(); RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("CREATE TABLE joins (id bigint PRIMARY KEY)", "ALTER PUBLICATION mypub ADD TABLE joins");
            Awaitility.await().until(() -> streams(route, "joins"));
            assertThat(log.lines()).isEmpty();
            database.execute("ALTER PUBLICATION mypub SET (publish_via_partition_root = true)",
                    "ALTER PUBLICATION mypub SET (publish_via_partition_root = false)");
            Awaitility.await().until(() -> log.lines().size() == 1);
            assertThat(log.lines().get(0)).contains("was altered", "publish_via_partition_root = false", "resyncTable");
            if (database.server().major() >= 18) {
                database.execute("ALTER PUBLICATION mypub SET (publish_generated_columns = stored)");
                Awaitility.await().until(() -> log.lines().size() == 2);
                assertThat(log.lines().get(1)).contains("publish_generated_columns = stored");
            }
        }
    }

    // What is left out.

    @ParameterizedTest
    @ValueSource(strings = { "initial", "never" })
    void pipelines_that_keep_their_state_in_other_schemas_leave_out_each_others_tables(String mode, TestDatabase database)
            throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR ALL TABLES");
        String options = "snapshotMode=" + mode + "&";
        Model other = new Model();
        try (RouteUnderTest route = RouteUnderTest.start(database, options + "stateSchema=one&pipeline=one", model::apply);
             RouteUnderTest second = RouteUnderTest.start(database, options + "stateSchema=two&pipeline=two", other::apply)) {
            route.awaitReady();
            second.awaitReady();
            database.execute("CREATE TABLE pipeline (id bigint PRIMARY KEY)", "INSERT INTO pipeline VALUES (1)",
                    "INSERT INTO t VALUES (1)");
            Awaitility.await().until(() -> streams(route, "pipeline") && streams(second, "pipeline"));
            database.awaitCaughtUp("one");
            database.awaitCaughtUp("two");
            assertThat(List.of(route, second)).allSatisfy(each -> assertThat(each.consumer().status().tables())
                    .extracting(known -> known.table().toString()).containsExactly("public.pipeline", "public.t"));
        }
        assertThat(model.tables()).containsExactlyInAnyOrder("pipeline", "t");
        assertThat(other.tables()).containsExactlyInAnyOrder("pipeline", "t");
        assertModelIs(database, "pipeline");
    }

    @Test
    void our_own_tables_and_those_without_a_log_are_left_out(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE UNLOGGED TABLE fast (id bigint PRIMARY KEY)",
                "CREATE PUBLICATION mypub FOR ALL TABLES");
        List<Object> seen = new ArrayList<>();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            seen.add(exchange.getIn().getHeader(PgCdcConstants.TABLE));
            model.apply(exchange);
        })) {
            route.awaitReady();
            database.execute("INSERT INTO fast VALUES (1)", "INSERT INTO t VALUES (1)");
            route.awaitCaughtUp();
            assertThat(route.consumer().status().tables()).extracting(known -> known.table().name()).containsExactly("t");
        }
        assertThat(seen).containsOnly("t");
    }

    @Test
    void operations_that_are_not_published_do_not_come(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "INSERT INTO t VALUES (1)",
                "CREATE PUBLICATION mypub FOR TABLE t WITH (publish = 'insert, update')");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (2)", "DELETE FROM t WHERE id = 1", "UPDATE t SET id = 3", "TRUNCATE t");
            route.awaitCaughtUp();
        }
        assertThat(model.rows("t")).containsExactly("{id=1}", "{id=3}");
        assertThat(model.count(Operation.DELETE)).isZero();
        assertThat(model.count(Operation.TRUNCATE)).isZero();
    }

    private static void createPartitions(TestDatabase database) {
        database.execute(
                "CREATE TABLE m (id bigint PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (1001)",
                "CREATE TABLE m2 PARTITION OF m FOR VALUES FROM (1001) TO (2001) PARTITION BY RANGE (id)",
                "CREATE TABLE m2a PARTITION OF m2 FOR VALUES FROM (1001) TO (1501)",
                "CREATE TABLE m2b PARTITION OF m2 FOR VALUES FROM (1501) TO (2001)",
                // another order, and a hole where a column was
                "CREATE TABLE m3 (gone int, v text, id bigint NOT NULL)", "ALTER TABLE m3 DROP COLUMN gone",
                "ALTER TABLE m ATTACH PARTITION m3 FOR VALUES FROM (2001) TO (3001)",
                "INSERT INTO m SELECT i, 'v' || i FROM generate_series(1, 2990, 7) i");
    }

    private void assertPartitions(TestDatabase database, boolean viaRoot, List<String> leaves) {
        if (viaRoot) {
            assertModelIs(database, "m");
            leaves.forEach(leaf -> assertThat(model.rows(leaf)).isEmpty());
        } else {
            leaves.forEach(leaf -> assertModelIs(database, leaf));
            assertThat(model.rows("m")).isEmpty();
        }
    }

    private void assertModelIs(TestDatabase database, String table) {
        assertThat(model.rows(table)).as(table).isEqualTo(Workload.rows(database, table));
        assertThat(model.violations()).isEmpty();
    }

    private static PipelineStatus.Table table(RouteUnderTest route, String name) {
        return route.consumer().status().tables().stream()
                .filter(known -> known.table().name().equals(name))
                .findFirst().orElse(null);
    }

    private static boolean streams(RouteUnderTest route, String name) {
        PipelineStatus.Table table = table(route, name);
        return table != null && table.stage() == PipelineStatus.TableStage.STREAMING;
    }

    private static List<String> published(TestDatabase database) {
        return database.rows("SELECT schemaname || '.' || tablename AS name FROM pg_publication_tables ORDER BY 1").stream()
                .map(row -> (String) ((Map<?, ?>) row).get("name"))
                .toList();
    }
}
