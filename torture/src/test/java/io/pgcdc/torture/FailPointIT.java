package io.pgcdc.torture;

import java.io.File;
import java.time.Duration;

import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the route's JVM at each failpoint, starts another, and expects that nothing is lost, out of order, repeated
 * without a cause, or left over.
 */
@Execution(ExecutionMode.CONCURRENT)
class FailPointIT {

    private static final Variant VARIANT = new Variant(Variant.Route.DIRECT, "tableSyncWorkers=4", false, 0, 0);
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static PostgresServer server;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start(PostgresServer.shared().major(), Torture.SERVER);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void killed_when_the_first_slot_was_created_and_nothing_stored_of_it() {
        survives(FailPoint.SLOT_CREATED, 1);
    }

    @Test
    void killed_when_a_slot_of_a_copy_was_created_and_nothing_stored_of_it() {
        survives(FailPoint.SLOT_CREATED, 2);
    }

    @Test
    void killed_when_tables_were_stored_as_under_copy() {
        survives(FailPoint.COPYING_STORED, 1);
    }

    @Test
    void killed_when_a_range_was_copied_and_not_all_of_it_complete() {
        survives(FailPoint.RANGE_COPIED, 2);
    }

    @Test
    void killed_when_a_range_was_acknowledged_and_that_not_stored() {
        survives(FailPoint.RANGE_ACKNOWLEDGED, 2);
    }

    @Test
    void killed_when_tables_were_stored_as_copied() {
        survives(FailPoint.COPIED_STORED, 1);
    }

    @Test
    void killed_when_the_target_of_a_catch_up_was_set() {
        survives(FailPoint.TARGET_SET, 1);
    }

    @Test
    void killed_when_tables_were_handed_over_and_their_slot_was_still_there() {
        survives(FailPoint.SYNC_DONE_STORED, 1);
    }

    @Test
    void killed_when_the_slot_of_a_copy_was_dropped() {
        survives(FailPoint.SLOT_DROPPED, 1);
    }

    @Test
    void killed_when_a_window_was_delivered_and_not_all_of_it_complete() {
        survives(FailPoint.COMMIT_DELIVERED, 50);
    }

    @Test
    void killed_when_a_position_was_stored_and_not_confirmed() {
        survives(FailPoint.POSITION_STORED, 3);
    }

    @Test
    void killed_when_a_status_was_sent() {
        survives(FailPoint.STATUS_SENT, 4);
    }

    private static void survives(FailPoint point, int times) {
        File log = new File("target/torture/failpoint-" + point.name().toLowerCase() + "-" + times + ".log");
        log.getParentFile().mkdirs();
        try (TortureRun run = new TortureRun(server, point.ordinal(), VARIANT, log, System.out::println)) {
            Instance doomed = run.route().startDeadly(point.name(), times);
            assertThat(doomed.awaitDeath(PATIENCE)).as("it reaches " + point).isTrue();
            assertThat(doomed.exitCode()).isEqualTo(Instance.KILLED);
            run.route().start();
            run.route().awaitStreaming();
            run.finish();
            assertThat(run.violations().first()).isEmpty();
        }
    }
}
