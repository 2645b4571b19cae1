package io.pgcdc.camel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.file.cluster.FileLockClusterService;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.impl.cluster.ClusteredRoutePolicy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances with a cluster service between them, which says who leads: by {@code master:} and by a route policy.
 */
@PostgresTest
class ClusterServiceIT {

    private static final String CHECK = "consumer:pgcdc-";

    @TempDir
    Path locks;

    private final Model model = new Model();
    private final AtomicInteger atFirst = new AtomicInteger();
    private final AtomicInteger atSecond = new AtomicInteger();

    @Test
    void under_master_another_takes_over_and_the_health_of_both_is_right(TestDatabase database) throws Exception {
        Workload.create(database, 100);
        try (Workload workload = Workload.start(database, 1);
             TcpProxy proxy = TcpProxy.to(database.server());
             RouteUnderTest first = master(database, "first", proxy.url(database), counting(atFirst))) {
            Awaitility.await().until(() -> atFirst.get() > 0);
            try (RouteUnderTest second = master(database, "second", database.url(), counting(atSecond))) {
                Awaitility.await().until(() -> states(first).equals(List.of("running")));
                assertThat(states(second)).as("who does not lead has nothing to say").isEmpty();
                assertThat(PgCdcComponent.consumers(first.context())).hasSize(1);
                assertThat(PgCdcComponent.consumers(second.context())).isEmpty();
                assertThat(liveness(first)).containsExactly(CHECK + "mypub-liveness");
                assertThat(liveness(second)).isEmpty();

                proxy.refuse();
                proxy.cut();
                Awaitility.await().until(() -> isDown(first));
                assertThat(isDown(second)).isFalse();
                model.expectReplay();
                proxy.resume();
                Awaitility.await().until(
                        () -> states(first).equals(List.of("running")) && !isDown(first));
                assertThat(atSecond).hasValue(0);

                first.close();
                assertThat(PgCdcComponent.consumers(first.context())).as("of who does not lead any more").isEmpty();
                // The stop may have come while tables caught up, which begins again.
                model.expectReplay();

                Awaitility.await().until(
                        () -> atSecond.get() > 0 && states(second).equals(List.of("running")));
                assertThat(states(first)).as("who does not lead any more").isEmpty();
                workload.close();
                second.awaitCaughtUp();
                assertSame(database);
            }
        }
    }

    @Test
    void under_a_clustered_route_policy_another_takes_over_when_the_leader_dies(TestDatabase database)
            throws Exception {
        Workload.create(database, 100);
        try (Workload workload = Workload.start(database, 2)) {
            RouteUnderTest first = policy(database, "first", counting(atFirst));
            Awaitility.await().until(() -> states(first).equals(List.of("running")));
            first.awaitReady();
            try (RouteUnderTest second = policy(database, "second", counting(atSecond))) {
                Awaitility.await().during(Duration.ofSeconds(1))
                        .until(() -> second.consumer().status().state() == State.STOPPED);
                assertThat(isDown(second)).isFalse();
                assertThat(liveness(first)).containsExactly(CHECK + "cdc-liveness");
                assertThat(liveness(second)).isEmpty();

                first.kill();
                model.expectReplay();

                Awaitility.await().until(
                        () -> atSecond.get() > 0 && states(second).equals(List.of("running")));
                second.awaitReady();
                workload.close();
                second.awaitCaughtUp();
                assertSame(database);
            }
        }
    }

    private Processor counting(AtomicInteger count) {
        return exchange -> {
            count.incrementAndGet();
            model.apply(exchange);
        };
    }

    private RouteUnderTest master(TestDatabase database, String node, String url, Processor processor)
            throws Exception {
        return start(database, node, new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("master:ns:pgcdc:mypub?url=RAW(" + url + ")").routeId("cdc").process(processor);
            }
        });
    }

    private RouteUnderTest policy(TestDatabase database, String node, Processor processor) throws Exception {
        return start(database, node, new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                errorHandler(noErrorHandler());
                from("pgcdc:mypub").routeId("cdc").routePolicy(ClusteredRoutePolicy.forNamespace("ns"))
                        .process(processor);
            }
        });
    }

    private RouteUnderTest start(TestDatabase database, String node, RouteBuilder routes) throws Exception {
        RouteUnderTest route = new RouteUnderTest(database, "", routes);
        FileLockClusterService service = new FileLockClusterService();
        service.setId(node);
        service.setRoot(locks.toString());
        service.setAcquireLockDelay(100, TimeUnit.MILLISECONDS);
        service.setAcquireLockInterval(500, TimeUnit.MILLISECONDS);
        CamelContext context = route.context();
        context.addService(service);
        // As camel-main does it.
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        for (String repository : List.of("routes", "consumers")) {
            registry.register(registry.resolveById(repository));
        }
        route.start();
        return route;
    }

    /** What the checks of our consumers say of their pipelines. */
    private static List<Object> states(RouteUnderTest route) {
        return HealthCheckHelper.invokeReadiness(route.context()).stream()
                .filter(result -> result.getCheck().getId().startsWith(CHECK))
                .map(result -> result.getDetails().get("state"))
                .distinct()
                .toList();
    }

    private static List<String> liveness(RouteUnderTest route) {
        return HealthCheckHelper.invokeLiveness(route.context(), "full").stream()
                .filter(result -> result.getState() == HealthCheck.State.UP)
                .map(result -> result.getCheck().getId())
                .filter(id -> id.startsWith(CHECK))
                .toList();
    }

    private static boolean isDown(RouteUnderTest route) {
        return HealthCheckHelper.invokeReadiness(route.context()).stream()
                .anyMatch(result -> result.getState() == HealthCheck.State.DOWN);
    }

    private void assertSame(TestDatabase database) {
        for (String table : Workload.TABLES) {
            assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
        }
        assertThat(model.violations()).isEmpty();
    }
}
