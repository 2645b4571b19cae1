package io.pgcdc.camel;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What a publication has, and under which names, may change in ways that the stream does not tell: the destination is
 * right in the end.
 */
@PostgresTest
class MembershipIT {

    private final FollowingSink sink = new FollowingSink();

    @ParameterizedTest
    @ValueSource(strings = { "(id, a)", "WHERE (id > 10)" })
    void a_partition_that_is_published_with_its_root_may_have_other_columns_and_rows(String before, TestDatabase database)
            throws Exception {
        assumeTrue(database.server().major() >= 15);
        database.execute("CREATE TABLE m (id int PRIMARY KEY, a text, b text) PARTITION BY RANGE (id)",
                "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (100)",
                "INSERT INTO m VALUES (1, 'a', 'b'), (20, 'a', 'b')",
                "CREATE PUBLICATION mypub FOR TABLE m, m1 " + before);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
            database.execute("ALTER PUBLICATION mypub SET TABLE m, m1");
            sink.awaitEqual(database, "m1");
            database.execute("INSERT INTO m VALUES (2, 'a2', 'b2')");
            sink.awaitEqual(database, "m1");
        }
    }

    @Test
    void the_schema_of_a_root_leaves_and_comes_back_while_the_route_is_stopped(TestDatabase database) throws Exception {
        createPartitionOfPublishedSchema(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
        }
        database.execute("ALTER PUBLICATION mypub DROP TABLES IN SCHEMA s", "INSERT INTO m1 VALUES (2, 'not sent')",
                "ALTER PUBLICATION mypub ADD TABLES IN SCHEMA s", "INSERT INTO m1 VALUES (3, 'c')");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            sink.awaitEqual(database, "m1");
        }
    }

    @Test
    void a_root_leaves_its_published_schema_and_comes_back_between_two_looks(TestDatabase database) throws Exception {
        createPartitionOfPublishedSchema(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "publicationCheckInterval=2000", sink::apply)) {
            route.awaitReady();
            database.execute("ALTER TABLE s.m SET SCHEMA away", "INSERT INTO m1 VALUES (2, 'not sent')",
                    "ALTER TABLE away.m SET SCHEMA s", "INSERT INTO m1 VALUES (3, 'c')");
            sink.awaitEqual(database, "m1");
        }
    }

    @Test
    void the_root_of_a_busy_partition_moves_into_a_published_schema(TestDatabase database) throws Exception {
        assumeTrue(database.server().major() >= 15);
        database.execute("CREATE SCHEMA s", "CREATE TABLE s.other (id int PRIMARY KEY)",
                "CREATE TABLE m (id int PRIMARY KEY, a text) PARTITION BY RANGE (id)",
                "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (100)", "INSERT INTO m1 VALUES (1, 'a')",
                "CREATE PUBLICATION mypub FOR TABLES IN SCHEMA s");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO m1 VALUES (2, 'not published')", "INSERT INTO s.other VALUES (1)");
            route.awaitCaughtUp();
            database.execute("ALTER TABLE m SET SCHEMA s");
            sink.awaitEqual(database, "m1");
            database.execute("INSERT INTO m1 VALUES (3, 'c')");
            sink.awaitEqual(database, "m1");
        }
    }

    @Test
    void a_schema_gets_another_name(TestDatabase database) throws Exception {
        database.execute("CREATE SCHEMA s", "CREATE TABLE s.t (id int PRIMARY KEY, a text)", "INSERT INTO s.t VALUES (1, 'a')",
                "CREATE PUBLICATION mypub FOR TABLE s.t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO s.t VALUES (2, 'b')");
            route.awaitCaughtUp();
            database.execute("ALTER SCHEMA s RENAME TO z", "INSERT INTO z.t VALUES (3, 'c')");
            awaitNewNames(route, database, "z.t");
            database.execute("INSERT INTO z.t VALUES (4, 'd')");
            sink.awaitEqual(database, "z.t");
        }
    }

    @Test
    void schemas_exchange_their_names(TestDatabase database) throws Exception {
        database.execute("CREATE SCHEMA s", "CREATE TABLE s.t (id int PRIMARY KEY, a text)", "INSERT INTO s.t VALUES (1, 's')",
                "CREATE SCHEMA z", "CREATE TABLE z.t (id int PRIMARY KEY, a text)", "INSERT INTO z.t VALUES (1, 'z')",
                "CREATE PUBLICATION mypub FOR TABLE s.t, z.t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
            database.execute("INSERT INTO s.t VALUES (2, 's')", "INSERT INTO z.t VALUES (2, 'z')");
            route.awaitCaughtUp();
            database.execute(
                    "BEGIN; ALTER SCHEMA s RENAME TO x; ALTER SCHEMA z RENAME TO s; ALTER SCHEMA x RENAME TO z; COMMIT");
            awaitNewNames(route, database, "s.t");
            database.execute("INSERT INTO s.t VALUES (4, 'z')", "INSERT INTO z.t VALUES (4, 's')");
            sink.awaitEqual(database, "s.t", "z.t");
        }
    }

    /** Changes are told under the new name once the look has found it, and before 18 the stream was opened anew. */
    private void awaitNewNames(RouteUnderTest route, TestDatabase database, String table) {
        Awaitility.await().until(() -> {
            database.execute("UPDATE " + table + " SET a = a WHERE id = 1");
            route.awaitCaughtUp();
            return sink.told().stream().anyMatch(line -> line.startsWith("update " + table));
        });
    }

    @Test
    void a_name_passes_on_while_its_table_waits_for_a_new_copy(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY, a text)", "INSERT INTO t VALUES (1, 'first')",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            route.awaitReady();
        }
        database.execute(
                "BEGIN; DROP TABLE t; CREATE TABLE t (id int PRIMARY KEY, a text); ALTER PUBLICATION mypub ADD TABLE t;"
                         + " INSERT INTO t VALUES (2, 'second'); COMMIT");
        // A slot can't be created, and nothing be copied, before a transaction has ended.
        try (Connection session = database.connect(); Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            statement.execute("SELECT txid_current()");
            RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply);
            Awaitility.await().until(() -> database.rows("SELECT FROM pgcdc.table_state WHERE state = 'RESET'").size() == 1);
            route.kill();
            session.commit();
        }
        database.execute("ALTER TABLE t RENAME TO u", "CREATE TABLE t (id int PRIMARY KEY, a text)",
                "INSERT INTO t VALUES (3, 'third')", "ALTER PUBLICATION mypub ADD TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply)) {
            sink.awaitEqual(database, "t", "u");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "BEGIN; ALTER TABLE t RENAME TO x; ALTER TABLE u RENAME TO t; ALTER TABLE x RENAME TO u; COMMIT",
            "INSERT INTO t VALUES (9, 't9'); BEGIN; ALTER TABLE t RENAME TO x; ALTER TABLE u RENAME TO t; ALTER TABLE x RENAME TO u; COMMIT",
            "BEGIN; DROP TABLE u; ALTER TABLE t RENAME TO u; CREATE TABLE t (LIKE u INCLUDING ALL); COMMIT" })
    void names_pass_on_behind_the_snapshot_of_a_copy(String statements, TestDatabase database) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, a text)", "INSERT INTO t VALUES (1, 't')",
                "CREATE TABLE u (id bigint PRIMARY KEY, a text)", "INSERT INTO u VALUES (1, 'u'), (2, 'u')",
                "CREATE TABLE a_slow (id bigint PRIMARY KEY)", "INSERT INTO a_slow SELECT generate_series(1, 5000)",
                "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (RouteUnderTest route = RouteUnderTest.start(
                database, "tableSyncWorkers=1&maxInFlight=100&publicationCheckInterval=2000", exchange -> {
                    ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
                    if (event.operation() == Operation.READ && event.table().name().equals("a_slow")) {
                        reached.countDown();
                        release.await();
                    }
                    sink.apply(exchange);
                })) {
            assertThat(reached.await(120, TimeUnit.SECONDS)).isTrue();
            database.execute(statements);
            release.countDown();
            route.awaitReady();
            sink.awaitEqual(database, "t", "u");
            database.execute("INSERT INTO t VALUES (11, 'later')", "INSERT INTO u VALUES (12, 'later')");
            route.awaitReady();
            sink.awaitEqual(database, "t", "u");
        } finally {
            release.countDown();
        }
    }

    /**
     * Each has the name of the other when one is copied anew: what is told of the other one then must not undo that.
     */
    @ParameterizedTest
    @ValueSource(strings = { "", "resync", "kill" })
    void names_pass_on_before_a_table_is_resynchronised(String then, TestDatabase database) throws Exception {
        CountDownLatch copied = new CountDownLatch(1);
        AtomicBoolean armed = new AtomicBoolean();
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, a text)", "INSERT INTO t VALUES (1, 't')",
                "CREATE TABLE u (id bigint PRIMARY KEY, a text)", "INSERT INTO u VALUES (1, 'u'), (2, 'u')",
                "CREATE PUBLICATION mypub FOR TABLE t, u");
        RouteUnderTest route = RouteUnderTest.start(database, "publicationCheckInterval=600000", exchange -> {
            sink.apply(exchange);
            if (armed.get() && exchange.getIn().getBody(ChangeEvent.class).operation() == Operation.READ) {
                copied.countDown();
            }
        });
        try {
            route.awaitReady();
            database.execute("UPDATE t SET a = a", "UPDATE u SET a = a");
            route.awaitCaughtUp();
            armed.set(true);
            database.execute(
                    "BEGIN; ALTER TABLE t RENAME TO x; ALTER TABLE u RENAME TO t; ALTER TABLE x RENAME TO u; COMMIT");
            route.consumer().resyncTable("public.t");
            assertThat(copied.await(120, TimeUnit.SECONDS)).isTrue();
            if (then.equals("kill")) {
                route.kill();
                route = RouteUnderTest.start(database, "", sink::apply);
            } else if (then.equals("resync")) {
                route.consumer().resyncTable("public.u");
            }
            route.awaitReady();
            database.execute("UPDATE t SET a = 'later' WHERE id = 2", "INSERT INTO u VALUES (12, 'later')");
            sink.awaitEqual(database, "t", "u");
        } finally {
            route.close();
        }
    }

    @Test
    void a_table_takes_the_name_of_another_one_while_it_catches_up(TestDatabase database) throws Exception {
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch catchingUp = new CountDownLatch(1);
        CountDownLatch exchanged = new CountDownLatch(1);
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY, a text)", "INSERT INTO t VALUES (1, 't')",
                "CREATE PUBLICATION mypub FOR ALL TABLES");
        try (LogLines log = new LogLines();
             RouteUnderTest route = RouteUnderTest.start(database, "publicationCheckInterval=600000", exchange -> {
                 ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
                 if (event.table().name().equals("new_t")) {
                     (event.operation() == Operation.READ ? copying : catchingUp).countDown();
                     (event.operation() == Operation.READ ? written : exchanged).await();
                 }
                 sink.apply(exchange);
             })) {
            route.awaitReady();
            database.execute("UPDATE t SET a = a", "CREATE TABLE new_t (id bigint PRIMARY KEY, a text)",
                    "INSERT INTO new_t VALUES (1, 'n'), (2, 'n')");
            assertThat(copying.await(120, TimeUnit.SECONDS)).isTrue();
            database.execute("INSERT INTO new_t VALUES (3, 'n')");
            written.countDown();
            assertThat(catchingUp.await(120, TimeUnit.SECONDS)).isTrue();
            database.execute("BEGIN; ALTER TABLE t RENAME TO old_t; ALTER TABLE new_t RENAME TO t; COMMIT",
                    "INSERT INTO t VALUES (4, 'n')", "INSERT INTO old_t VALUES (5, 't')");
            Awaitility.await().until(() -> log.lines().stream().anyMatch(line -> line.contains("public.t has the name now")));
            exchanged.countDown();
            sink.awaitEqual(database, "t", "old_t");
        } finally {
            written.countDown();
            exchanged.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { 11, 13 })
    void everything_at_random_under_load(long seed, TestDatabase database) throws Exception {
        Random random = new Random(seed);
        for (String table : List.of("t1", "t2", "t3")) {
            database.execute("CREATE TABLE " + table + " (id bigint PRIMARY KEY, a text)",
                    "INSERT INTO " + table + " SELECT i, 'x' FROM generate_series(1, 200) i");
        }
        database.execute("CREATE TABLE m (id bigint PRIMARY KEY, a text) PARTITION BY RANGE (id)",
                "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (1000000)",
                "CREATE TABLE m2 (a text, id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t1, t2, t3, m");
        AtomicBoolean over = new AtomicBoolean();
        Thread writer = new Thread(() -> write(database, new Random(seed), over));
        writer.start();
        Steps steps = new Steps(random);
        RouteUnderTest route = RouteUnderTest.start(database, "", sink::apply);
        try {
            for (int i = 0; i < 12; i++) {
                int rows = sink.told().size() + random.nextInt(300);
                Awaitility.await().until(() -> sink.told().size() >= rows);
                for (String statement : steps.next()) {
                    database.execute(statement);
                }
                if (random.nextInt(5) == 0) {
                    route.kill();
                    route = RouteUnderTest.start(database, "", sink::apply);
                }
            }
            over.set(true);
            writer.join();
            route.awaitReady();
            String[] published = database.rows("SELECT tablename FROM pg_publication_tables").stream()
                    .map(row -> (String) row.get("tablename"))
                    .toArray(String[]::new);
            sink.awaitEqual(database, published);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("Seed " + seed + ", after " + steps.done, e);
        } finally {
            over.set(true);
            route.close();
        }
    }

    /** Seeded statements that change what the publication has. */
    private static final class Steps {

        private final Random random;
        private final StringBuilder done = new StringBuilder();
        private boolean attached;

        private Steps(Random random) {
            this.random = random;
        }

        private String[] next() {
            String t = "t" + (1 + random.nextInt(3));
            String u = "t" + (1 + random.nextInt(3));
            String step = switch (random.nextInt(6)) {
                case 0 -> "ALTER PUBLICATION mypub DROP TABLE T; ALTER PUBLICATION mypub ADD TABLE T";
                case 1 -> t.equals(u)
                        ? "SELECT 1"
                        : "BEGIN; ALTER TABLE T RENAME TO x; ALTER TABLE U RENAME TO T; ALTER TABLE x RENAME TO U; COMMIT";
                case 2 -> "BEGIN; DROP TABLE T; CREATE TABLE T (id bigint PRIMARY KEY, a text);"
                          + " ALTER PUBLICATION mypub ADD TABLE T; INSERT INTO T VALUES (0, 'new'); COMMIT";
                case 3 -> {
                    attached = !attached;
                    yield attached
                            ? "ALTER TABLE m ATTACH PARTITION m2 FOR VALUES FROM (1000000) TO (2000000)"
                            : "ALTER TABLE m DETACH PARTITION m2";
                }
                case 4 -> "ALTER TABLE T RENAME TO y; CREATE TABLE T (LIKE y INCLUDING ALL); INSERT INTO T SELECT * FROM y;"
                          + " ALTER PUBLICATION mypub ADD TABLE T; DROP TABLE y";
                default -> "TRUNCATE T";
            };
            step = step.replaceAll("\\bT\\b", t).replaceAll("\\bU\\b", u);
            done.append("\n").append(step);
            return step.startsWith("BEGIN") ? new String[] { step } : step.split("; ");
        }
    }

    private static void write(TestDatabase database, Random random, AtomicBoolean over) {
        for (int id = 201; !over.get(); id++) {
            for (String table : List.of("t1", "t2", "t3", "m1", "m2")) {
                int from = table.equals("m2") ? 1_000_000 : 0;
                try {
                    database.execute("INSERT INTO " + table + " (id, a) VALUES (" + (from + id) + ", 'y')",
                            "DELETE FROM " + table + " WHERE id = " + (from + random.nextInt(id)),
                            "UPDATE " + table + " SET a = '" + id + "' WHERE id = " + (from + random.nextInt(id)));
                } catch (RuntimeException e) {
                    // The table has no name, or another one's rows, at the moment.
                    assertThat(e).rootCause().hasMessageMatching("(?s).*(does not exist|duplicate key|partition).*");
                }
            }
        }
    }

    private static void createPartitionOfPublishedSchema(TestDatabase database) {
        assumeTrue(database.server().major() >= 15);
        database.execute("CREATE SCHEMA s", "CREATE SCHEMA away",
                "CREATE TABLE s.m (id int PRIMARY KEY, a text) PARTITION BY RANGE (id)",
                "CREATE TABLE m1 PARTITION OF s.m FOR VALUES FROM (0) TO (100)", "INSERT INTO m1 VALUES (1, 'a')",
                "CREATE PUBLICATION mypub FOR TABLES IN SCHEMA s");
    }
}
