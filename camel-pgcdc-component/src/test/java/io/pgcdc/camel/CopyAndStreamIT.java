package io.pgcdc.camel;

import java.time.Duration;

import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static void endsEqual(TestDatabase database, String options, long seed) throws Exception {
        System.out.println("seed " + seed);
        Workload.create(database, 2_000);
        Model model = new Model();
        try (Workload workload = Workload.start(database, seed);
             RouteUnderTest route = RouteUnderTest.start(database, options, model::apply)) {
            route.awaitReady();
            long then = workload.transactions();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> workload.transactions() > then + 200);
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
