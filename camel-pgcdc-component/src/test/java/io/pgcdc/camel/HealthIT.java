package io.pgcdc.camel;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Readiness and liveness of a consumer. Under a cluster service see {@link ClusterServiceIT}. */
@PostgresTest
class HealthIT {

    private final Semaphore passes = new Semaphore(Integer.MAX_VALUE);

    @Test
    void a_lag_beyond_its_thresholds_warns_first_and_then_is_down_until_it_is_caught_up(TestDatabase database)
            throws Exception {
        Workload.create(database, 1);
        try (RouteUnderTest route = start(
                database, "healthLagWarn=1s&healthLagDown=3s", exchange -> passes.acquire())) {
            route.awaitReady();
            HealthCheck.Result well = awaitReadiness(route, r -> r.getState() == HealthCheck.State.UP);
            assertThat(well.getMessage()).isEmpty();
            assertThat(well.getDetails()).containsEntry("state", "running").containsEntry("pipeline", "mypub")
                    .doesNotContainKey("warning");
            passes.drainPermits();
            database.execute("INSERT INTO orders VALUES (5001, 1)");
            HealthCheck.Result warned = awaitReadiness(route, r -> r.getDetails().containsKey("warning"));
            assertThat(warned.getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(warned.getMessage().orElse("")).contains("behind");
            HealthCheck.Result down = awaitReadiness(route, r -> r.getState() == HealthCheck.State.DOWN);
            assertThat(down.getMessage().orElse("")).contains("The destination is 3 s behind");
            assertThat(liveness(route).getState()).isEqualTo(HealthCheck.State.UP);
            passes.release(1 << 20);
            awaitReadiness(route, r -> r.getState() == HealthCheck.State.UP && r.getMessage().isEmpty());
        }
    }

    @Test
    void log_that_the_server_keeps_beyond_its_thresholds_warns_first_and_then_is_down(TestDatabase database)
            throws Exception {
        Workload.create(database, 1);
        // Far apart: other databases of the server write into the same log, and autovacuum does so when it likes.
        try (RouteUnderTest route = start(
                database, "healthRetainedWarn=4000000&healthRetainedDown=64000000", exchange -> passes.acquire())) {
            route.awaitReady();
            passes.drainPermits();
            database.execute("INSERT INTO orders VALUES (5001, 1)", "CREATE TABLE noise (t text)");
            write(database, 6);
            HealthCheck.Result warned = awaitReadiness(route, r -> r.getDetails().containsKey("warning"));
            assertThat(warned.getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(warned.getMessage().orElse("")).contains("bytes of its log");
            write(database, 64);
            HealthCheck.Result down = awaitReadiness(route, r -> r.getState() == HealthCheck.State.DOWN);
            assertThat((Long) down.getDetails().get("retainedBytes")).isGreaterThan(64_000_000);
            passes.release(1 << 20);
            awaitReadiness(route, r -> {
                // What a slot needs moves on only when the server notes its running transactions, by itself each 15 s.
                database.execute("CHECKPOINT");
                return r.getState() == HealthCheck.State.UP;
            });
        }
    }

    @Test
    void a_server_that_is_away_is_not_ready_with_the_error_and_its_mend_and_still_alive(TestDatabase database)
            throws Exception {
        Workload.create(database, 1);
        try (TcpProxy proxy = TcpProxy.to(database.server());
             RouteUnderTest route = start(database, "url=RAW(" + proxy.url(database) + ")", exchange -> {
             })) {
            route.awaitReady();
            proxy.refuse();
            proxy.cut();
            HealthCheck.Result away = awaitReadiness(route, r -> r.getState() == HealthCheck.State.DOWN);
            assertThat(away.getDetails()).containsEntry("state", "retrying").containsEntry("error", "CONNECTION")
                    .containsKeys("errorAt", "remedy");
            assertThat(away.getMessage().orElse("")).contains("Check host and port");
            assertThat(liveness(route).getState()).isEqualTo(HealthCheck.State.UP);
            proxy.resume();
            awaitReadiness(route, r -> r.getState() == HealthCheck.State.UP && r.getMessage().isEmpty());
        }
    }

    @Test
    void the_checks_of_a_consumer_go_with_it(TestDatabase database) throws Exception {
        Workload.create(database, 1);
        try (RouteUnderTest route = start(database, "", exchange -> {
        })) {
            route.awaitReady();
            assertThat(liveness(route).getState()).isEqualTo(HealthCheck.State.UP);
            route.context().getRouteController().stopRoute("cdc");
            assertThat(HealthCheckHelper.invokeLiveness(route.context(), "full"))
                    .noneMatch(result -> result.getCheck().getId().contains("pgcdc"));
        }
    }

    /** As camel-main does it, with the checks of consumers. */
    private static RouteUnderTest start(TestDatabase database, String options, Processor processor) throws Exception {
        RouteUnderTest route = new RouteUnderTest(database, options, new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:mypub" + (options.isEmpty() ? "" : "?" + options)).routeId("cdc").process(processor);
            }
        });
        HealthCheckRegistry registry = HealthCheckRegistry.get(route.context());
        registry.register(registry.resolveById("consumers"));
        route.start();
        return route;
    }

    private static void write(TestDatabase database, int megabytes) throws Exception {
        for (int i = 0; i < megabytes; i++) {
            database.execute("INSERT INTO noise SELECT repeat(i::text, 200) FROM generate_series(10000, 11000) i");
        }
    }

    private static HealthCheck.Result awaitReadiness(RouteUnderTest route, Predicate<HealthCheck.Result> condition) {
        AtomicReference<HealthCheck.Result> last = new AtomicReference<>();
        try {
            Awaitility.await().until(() -> {
                last.set(readiness(route));
                return condition.test(last.get());
            });
        } catch (ConditionTimeoutException e) {
            HealthCheck.Result seen = last.get();
            throw new AssertionError("At last: " + seen.getState() + " " + seen.getMessage() + " " + seen.getDetails(), e);
        }
        return last.get();
    }

    private static HealthCheck.Result readiness(RouteUnderTest route) {
        return HealthCheckHelper.invokeReadiness(route.context(), "full").stream()
                .filter(result -> result.getCheck().getId().equals("consumer:cdc"))
                .findFirst().orElseThrow();
    }

    static HealthCheck.Result liveness(RouteUnderTest route) {
        return HealthCheckHelper.invokeLiveness(route.context(), "full").stream()
                .filter(result -> result.getCheck().getId().startsWith("consumer:pgcdc-"))
                .findFirst().orElseThrow();
    }
}
