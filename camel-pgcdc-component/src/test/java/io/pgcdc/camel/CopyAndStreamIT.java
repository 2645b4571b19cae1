package io.pgcdc.camel;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class CopyAndStreamIT {

    @ParameterizedTest
    @PostgresMajors
    void a_copy_by_one_worker_under_a_writer_ends_equal_to_the_source(TestDatabase database) throws Exception {
        endsEqual(database, "tableSyncWorkers=1", 11);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_copy_by_four_workers_under_a_writer_ends_equal_to_the_source(TestDatabase database) throws Exception {
        endsEqual(database, "tableSyncWorkers=4", 12);
    }

    @ParameterizedTest
    @PostgresMajors
    void batches_under_a_writer_end_equal_to_the_source(TestDatabase database) throws Exception {
        endsEqual(database, "tableSyncWorkers=4&batching=true&maxBatchSize=100", 13);
    }

    @ParameterizedTest
    @PostgresMajors
    void ready_tables_are_not_copied_again_after_a_restart(TestDatabase database) throws Exception {
        Workload.create(database, 500);
        Model model = new Model();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            route.awaitCaughtUp();
        }
        long read = model.count(io.pgcdc.model.Operation.READ);
        assertThat(read).isEqualTo(1_500);
        database.execute("UPDATE orders SET v = -1 WHERE id = 7", "TRUNCATE items");
        try (RouteUnderTest route = RouteUnderTest.start(database, "", model::apply)) {
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertThat(model.count(io.pgcdc.model.Operation.READ)).isEqualTo(read);
        assertEqual(database, model);
        assertThat(database.slots()).containsExactly("pgcdc_" + database.name() + "_mypub");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "ALTER TABLE orders ALTER v TYPE bigint", "ALTER TABLE orders ADD w uuid DEFAULT gen_random_uuid()",
            "VACUUM FULL orders", "TRUNCATE orders" })
    void a_table_whose_file_is_replaced_before_its_turn_to_be_copied_is_copied_as_it_is_then(
            String replace, TestDatabase database)
            throws Exception {
        assertThat(copiedAround(replace, "", database)).isEqualTo(Workload.rows(database, "orders"));
    }

    @Test
    void without_a_stream_a_table_whose_file_is_replaced_before_its_turn_is_copied_as_it_is_then(TestDatabase database)
            throws Exception {
        assertThat(copiedAround("ALTER TABLE orders ALTER v TYPE bigint", "&snapshotMode=initialOnly", database))
                .isEqualTo(Workload.rows(database, "orders"));
    }

    /** What comes of orders, if something is done to it while customers, of the same snapshot, are copied. */
    private static List<String> copiedAround(String sql, String options, TestDatabase database) throws Exception {
        Workload.create(database, 100);
        Model model = new Model();
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (RouteUnderTest route = RouteUnderTest.start(database, "tableSyncWorkers=1" + options, exchange -> {
            model.apply(exchange);
            copying.countDown();
            done.await();
        })) {
            copying.await();
            database.execute(sql);
            done.countDown();
            Awaitility.await().until(() -> {
                PipelineStatus status = route.consumer().status();
                return status.state() == PipelineStatus.State.COMPLETED
                        || !status.tables().isEmpty() && status.tables().stream()
                                .allMatch(table -> table.stage() == PipelineStatus.TableStage.STREAMING);
            });
        }
        return model.rows("orders");
    }

    private static void endsEqual(TestDatabase database, String options, long seed) throws Exception {
        System.out.println("seed " + seed);
        Workload.create(database, 2_000);
        Model model = new Model();
        try (Workload workload = Workload.start(database, seed);
             RouteUnderTest route = RouteUnderTest.start(database, options, model::apply)) {
            route.awaitReady();
            long then = workload.transactions();
            Awaitility.await().until(() -> workload.transactions() > then + 200);
            workload.close();
            route.awaitCaughtUp();
        }
        assertEqual(database, model);
        assertThat(model.violations()).isEmpty();
    }

    private static void assertEqual(TestDatabase database, Model model) {
        for (String table : Workload.TABLES) {
            assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
        }
    }
}
