package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A copy that is broken off in the midst of a table goes on, and ends with the table as it is: each part of the
 * argument in docs/copy.md has a test that fails without it.
 */
@PostgresTest
class ResumableCopyIT {

    private static final int ROWS = 4_000;
    private static final String OPTIONS = "copyRangeBytes=40960&copyConnectionsPerTable=1&batching=true";

    private final Map<Object, Map<String, Object>> rows = new HashMap<>();
    private final List<Object> appended = new ArrayList<>();
    private final Map<Object, Integer> reads = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    @AfterEach
    void disarm() {
        FailPoint.onReached(null);
    }

    @Test
    void ranges_that_were_complete_are_not_read_again(TestDatabase database) throws Exception {
        create(database);
        breakOff(database, 8);
        int before = reads.size();
        finish(database);
        assertThat(rows).hasSize(ROWS).isEqualTo(expected(database));
        assertThat(reads.values().stream().filter(times -> times > 1).count())
                .as("rows that were read twice").isLessThan(before / 2);
    }

    @Test
    void complete_ranges_are_stored_though_the_next_ones_have_no_rows_that_pass_the_filter(TestDatabase database)
            throws Exception {
        create(database);
        database.execute("DROP PUBLICATION mypub",
                "CREATE PUBLICATION mypub FOR TABLE t WHERE (id = 1 OR id = " + ROWS + ")");
        CountDownLatch looked = new CountDownLatch(1);
        AtomicInteger seen = new AtomicInteger();
        try (RouteUnderTest route = RouteUnderTest.start(database, OPTIONS, exchange -> {
            if (seen.incrementAndGet() == 2) {
                looked.await();
            }
        })) {
            Awaitility.await().until(() -> seen.get() == 2);
            // All but the last one, whose row the route still has.
            assertThat(database.query("SELECT count(*) FROM pgcdc.copied_range", Long.class)).isGreaterThan(10);
            looked.countDown();
            route.awaitReady();
        }
    }

    @Test
    void a_row_that_moved_into_a_complete_range_comes_with_its_large_values(TestDatabase database) throws Exception {
        create(database);
        database.execute("DELETE FROM t WHERE id <= 200 AND id % 2 = 0");
        breakOff(database, 8);
        database.execute("VACUUM t", "UPDATE t SET v = -1 WHERE id > " + (ROWS - 50));
        assertThat(database.query(
                "SELECT count(*) FROM t WHERE v = -1 AND ctid < '(10,0)'", Long.class)).isPositive();
        finish(database);
        assertThat(rows).isEqualTo(expected(database));
    }

    @Test
    void a_row_that_took_the_key_of_a_deleted_one_keeps_its_large_value(TestDatabase database) throws Exception {
        create(database);
        breakOff(database, 8);
        // Row 10 lies in a complete range, the last row in one that was not read.
        database.execute("DELETE FROM t WHERE id = 10", "UPDATE t SET id = 10 WHERE id = " + ROWS);
        finish(database);
        assertThat(rows).isEqualTo(expected(database));
    }

    @Test
    void a_row_that_was_deleted_after_its_range_was_complete_goes(TestDatabase database) throws Exception {
        create(database);
        breakOff(database, 8);
        database.execute("DELETE FROM t WHERE id < 100");
        finish(database);
        assertThat(rows).isEqualTo(expected(database));
    }

    @Test
    void blocks_of_another_file_are_not_taken_for_those_that_were_read(TestDatabase database) throws Exception {
        create(database);
        database.execute("DELETE FROM t WHERE id < " + ROWS / 2 + " AND id % 10 <> 0");
        breakOff(database, 8);
        database.execute("VACUUM FULL t");
        finish(database);
        assertThat(rows).isEqualTo(expected(database));
    }

    @Test
    void rows_that_were_read_with_fewer_columns_are_read_again(TestDatabase database) throws Exception {
        create(database);
        breakOff(database, 8);
        database.execute("ALTER TABLE t ADD COLUMN w int DEFAULT 7");
        finish(database);
        assertThat(rows).isEqualTo(expected(database));
    }

    @ParameterizedTest
    @ValueSource(strings = { "NOTHING", "FULL" })
    void a_table_without_a_key_starts_over_and_says_so_with_a_truncate(String identity, TestDatabase database)
            throws Exception {
        create(database);
        database.execute("ALTER TABLE t DROP CONSTRAINT t_pkey", "ALTER TABLE t REPLICA IDENTITY " + identity);
        breakOff(database, 8);
        finish(database);
        assertThat(appended).hasSize(ROWS).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "ALTER TABLE t ADD COLUMN w int NOT NULL DEFAULT 7", "ALTER TABLE t ALTER v TYPE bigint USING v * 100",
            "ALTER TABLE t DROP COLUMN big; ALTER TABLE t ADD COLUMN big text" })
    void a_table_that_is_redefined_while_its_copy_is_interrupted_starts_over(String redefine, TestDatabase database)
            throws Exception {
        create(database);
        breakOff(database, 8);
        database.execute("UPDATE t SET v = 10 WHERE id % 100 = 0", "INSERT INTO t VALUES (100000, 1, 'new')");
        database.execute(redefine.split(";"));
        finish(database);
        assertThat(rows).isEqualTo(expected(database));
    }

    @Test
    void a_table_that_gets_another_name_while_its_copy_is_interrupted_starts_over_under_that(TestDatabase database)
            throws Exception {
        create(database);
        breakOff(database, 8);
        names.clear();
        database.execute("DELETE FROM t WHERE id < 100", "ALTER TABLE t RENAME TO u");
        finish(database);
        assertThat(names).containsOnly("u");
        assertThat(rows).isEqualTo(expected(database, "u"));
    }

    /** Ends the first attempt, as if the process had died, when so many ranges were complete. */
    private void breakOff(TestDatabase database, int ranges) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch killed = new CountDownLatch(1);
        AtomicInteger left = new AtomicInteger(ranges);
        FailPoint.onReached(point -> {
            if (point == FailPoint.RANGE_ACKNOWLEDGED && left.getAndDecrement() == 0) {
                reached.countDown();
                awaitUninterruptibly(killed);
                throw new IllegalStateException("dead");
            }
        });
        RouteUnderTest route = RouteUnderTest.start(database, OPTIONS, this::apply);
        reached.await();
        route.kill();
        killed.countDown();
        assertThat(database.rows("SELECT * FROM pgcdc.copied_range")).hasSize(ranges);
    }

    private void finish(TestDatabase database) throws Exception {
        try (RouteUnderTest route = RouteUnderTest.start(database, OPTIONS, this::apply)) {
            Awaitility.await().until(() -> route.consumer().status().state() == PipelineStatus.State.RUNNING);
            Integer reader = reader(database, route);
            route.awaitReady();
            route.awaitCaughtUp();
            assertThat(reader(database, route)).as("the stream goes on meanwhile").isEqualTo(reader);
        }
        assertThat(database.slots()).hasSize(1);
        assertThat(database.rows("SELECT * FROM pgcdc.copied_range")).isEmpty();
    }

    private static Integer reader(TestDatabase database, RouteUnderTest route) {
        return database.query(
                "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + route.slot() + "'", Integer.class);
    }

    private synchronized void apply(Exchange exchange) {
        for (Object each : exchange.getMessage().getBody(List.class)) {
            ChangeEvent event = (ChangeEvent) each;
            Object id = event.get("id");
            names.add(event.table().name());
            if (event.operation() == Operation.READ) {
                reads.merge(id, 1, Integer::sum);
            }
            switch (event.operation()) {
                case READ, INSERT -> {
                    rows.put(id, new HashMap<>(event));
                    appended.add(id);
                }
                // What an update doesn't bring stays as it was.
                case UPDATE -> {
                    if (event.before() != null) {
                        Map<String, Object> moved = rows.remove(event.before().get("id"));
                        rows.merge(id, moved == null ? new HashMap<>() : moved, ResumableCopyIT::over);
                    }
                    rows.computeIfAbsent(id, key -> new HashMap<>()).putAll(event);
                }
                case DELETE -> rows.remove(id);
                case TRUNCATE -> {
                    rows.clear();
                    appended.clear();
                }
                default -> {
                }
            }
        }
    }

    /** The row that moves brings what it has; what it lacks stays as a copy has brought it. */
    private static Map<String, Object> over(Map<String, Object> there, Map<String, Object> moved) {
        Map<String, Object> row = new HashMap<>(there);
        row.putAll(moved);
        return row;
    }

    private static Map<Object, Map<String, Object>> expected(TestDatabase database) {
        return expected(database, "t");
    }

    private static Map<Object, Map<String, Object>> expected(TestDatabase database, String table) {
        Map<Object, Map<String, Object>> rows = new HashMap<>();
        database.rows("SELECT * FROM " + table).forEach(row -> rows.put(row.get("id"), row));
        return rows;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // the kill interrupts nothing that could end here
            }
        }
    }

    private static void create(TestDatabase database) {
        database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, v int, note text, big text) WITH (autovacuum_enabled = off)",
                "ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO t SELECT i, i, repeat('n', 150), CASE WHEN i % 20 = 0 OR i > " + (ROWS - 50)
                                                                + " THEN repeat(md5(i::text), 100) END"
                                                                + " FROM generate_series(1, " + ROWS + ") i",
                "CREATE PUBLICATION mypub FOR TABLE t");
    }
}
