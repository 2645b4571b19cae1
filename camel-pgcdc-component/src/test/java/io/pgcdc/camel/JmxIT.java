package io.pgcdc.camel;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the MBeans of consumer and endpoint say. */
@PostgresTest
class JmxIT {

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    @Test
    void consumer_and_endpoint_tell_state_positions_lag_counters_and_tables(TestDatabase database) throws Exception {
        Workload.create(database, 50);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
        })) {
            route.awaitReady();
            database.execute("INSERT INTO orders SELECT generate_series(1001, 1010), 1");
            route.awaitCaughtUp();
            Awaitility.await().until(() -> consumer(route, "LagSeconds").equals(0.0));
            assertThat(consumer(route, "PipelineState")).isEqualTo("RUNNING");
            assertThat((String) consumer(route, "PipelineStateSince")).startsWith("20");
            assertThat(consumer(route, "PipelineError")).isEqualTo("");
            assertThat(consumer(route, "LastPipelineError")).isEqualTo("");
            assertThat(consumer(route, "Slot")).isEqualTo(route.slot());
            assertThat(consumer(route, "ConfirmedLsn")).isEqualTo(route.consumer().status().confirmed().toString());
            assertThat((String) consumer(route, "ReceivedLsn")).contains("/");
            assertThat((String) consumer(route, "ServerLsn")).contains("/");
            assertThat((Long) consumer(route, "LagBytes")).isNotNegative();
            assertThat((Long) consumer(route, "RetainedBytes")).isPositive();
            assertThat(consumer(route, "SafeWalSize")).isEqualTo(-1L);
            assertThat(consumer(route, "InFlight")).isEqualTo(0);
            assertThat(consumer(route, "OldestUnacknowledgedSeconds")).isEqualTo(0.0);
            assertThat(((Map<?, ?>) consumer(route, "Changes")).get("read")).isEqualTo(150L);
            assertThat(((Map<?, ?>) consumer(route, "Changes")).get("insert")).isEqualTo(10L);
            assertThat(consumer(route, "CompletedExchanges")).isEqualTo(160L);
            assertThat(consumer(route, "FailedExchanges")).isEqualTo(0L);
            assertThat(consumer(route, "Retries")).isEqualTo(0L);
            assertThat(consumer(route, "Restarts")).isEqualTo(0L);
            assertThat(consumer(route, "Skipped")).isEqualTo(0L);
            assertThat(consumer(route, "TableStages")).isEqualTo(Map.of("streaming", 3));
            assertThat(consumer(route, "TablesInError")).isEqualTo(List.of());
            assertThat(consumer(route, "TablesUnderCopy")).isEqualTo(List.of());
            assertThat(new ObjectMapper().readTree((String) consumer(route, "StatusJson")).path("slot").asText())
                    .isEqualTo(route.slot());

            assertThat(endpoint(route, "Publication")).isEqualTo("mypub");
            assertThat(endpoint(route, "PipelineName")).isEqualTo("mypub");
            assertThat(endpoint(route, "PipelineState")).isEqualTo("RUNNING");
            assertThat(endpoint(route, "PipelineError")).isEqualTo("");
            assertThat(endpoint(route, "PipelineConfirmedLsn")).isEqualTo(consumer(route, "ConfirmedLsn"));
            assertThat((Long) endpoint(route, "LagBytes")).isNotNegative();
            assertThat((Double) endpoint(route, "LagSeconds")).isNotNegative();
            assertThat(endpoint(route, "TablesInError")).isEqualTo(List.of());
            assertThat((String) endpoint(route, "StatusJson")).contains(route.slot());
        }
    }

    @Test
    void a_table_in_error_and_a_copy_are_seen(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE a (id bigint PRIMARY KEY)", "CREATE TABLE b (id bigint PRIMARY KEY)",
                "INSERT INTO b SELECT generate_series(1, 5000)", "ANALYZE b", "CREATE PUBLICATION mypub FOR TABLE a, b");
        java.util.concurrent.Semaphore passes = new java.util.concurrent.Semaphore(2_000);
        try (RouteUnderTest route = RouteUnderTest.start(database, "failurePolicy=isolateTable", exchange -> {
            if ("a".equals(exchange.getIn().getHeader(PgCdcConstants.TABLE))) {
                throw new IllegalStateException();
            }
            passes.acquire();
        })) {
            Awaitility.await().until(
                    () -> consumer(route, "TablesUnderCopy").toString().matches("\\[.*public.b: \\d{4} rows, \\d+ %.*]"));
            passes.release(1 << 20);
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (1)");
            Awaitility.await().until(
                    () -> consumer(route, "TablesInError").toString().contains("public.a: The route failed"));
            assertThat(endpoint(route, "TablesInError")).isEqualTo(List.of("public.a"));
            assertThat(consumer(route, "TableStages")).isEqualTo(Map.of("error", 1, "streaming", 1));
        }
    }

    private Object consumer(RouteUnderTest route, String attribute) throws Exception {
        return server.getAttribute(bean(route, "consumers", "PgCdcConsumer*"), attribute);
    }

    private Object endpoint(RouteUnderTest route, String attribute) throws Exception {
        return server.getAttribute(bean(route, "endpoints", "*pgcdc*"), attribute);
    }

    private ObjectName bean(RouteUnderTest route, String type, String name) throws Exception {
        Set<ObjectName> found = server.queryNames(new ObjectName(
                "org.apache.camel:context=" + route.context().getName() + ",type=" + type + ",name=" + name), null);
        assertThat(found).hasSize(1);
        return found.iterator().next();
    }
}
