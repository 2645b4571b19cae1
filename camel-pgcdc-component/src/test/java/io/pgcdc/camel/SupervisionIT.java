package io.pgcdc.camel;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.health.HealthCheck;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** An Error on any thread marks the consumer DOWN and starts it again; nothing is lost by it. */
@PostgresTest
class SupervisionIT {

    @AfterEach
    void disarm() {
        FailPoint.onReached(null);
    }

    @ParameterizedTest
    @EnumSource(FailPoint.class)
    void an_Error_on_the_thread_that_reaches_the_failpoint_is_told_and_recovered_from(
            FailPoint deadly, TestDatabase database)
            throws Exception {
        Workload.create(database, 3_000);
        Model model = new Model();
        AtomicBoolean thrown = new AtomicBoolean();
        Set<PipelineStatus.State> states = Collections.synchronizedSet(EnumSet.noneOf(PipelineStatus.State.class));
        Set<HealthCheck.State> health = Collections.synchronizedSet(EnumSet.noneOf(HealthCheck.State.class));
        FailPoint.onReached(point -> {
            if (point == deadly && thrown.compareAndSet(false, true)) {
                model.expectReplay();
                throw new OutOfMemoryError("not really");
            }
        });
        try (Workload workload = Workload.start(database, 4711);
             RouteUnderTest route = RouteUnderTest.start(database, "copyRangeBytes=8192", model::apply)) {
            Awaitility.await().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofSeconds(30)).until(() -> {
                states.add(route.consumer().status().state());
                health.add(new PgCdcHealthCheck(route.consumer()).call().getState());
                return thrown.get() && states.contains(PipelineStatus.State.RETRYING);
            });
            model.expectReplay();
            route.awaitReady();
            workload.close();
            route.awaitCaughtUp();
        }
        assertThat(health).contains(HealthCheck.State.DOWN);
        for (String table : Workload.TABLES) {
            assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
        }
        assertThat(database.slots()).hasSize(1);
    }
}
