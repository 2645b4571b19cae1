package io.pgcdc.camel;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

/** What Prometheus gets of a pipeline, beside the metrics of camel-micrometer, against the server's own figures. */
@PostgresTest
class MetricsIT {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Model model = new Model();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final Semaphore passes = new Semaphore(Integer.MAX_VALUE);

    @Test
    void a_scrape_has_the_servers_figures_within_a_refresh_and_what_was_delivered(TestDatabase database) throws Exception {
        Workload.create(database, 200);
        try (Workload workload = Workload.start(database, 99);
             RouteUnderTest route = start(database, "", model::apply)) {
            route.awaitReady();
            Scrape busy = awaitScrape(s -> s.value("camel_pgcdc_changes_total", "operation", "update") > 0);
            assertThat(busy.value("camel_pgcdc_state", "state", "running")).isEqualTo(1);
            workload.close();
            route.awaitCaughtUp();
            String caughtUp = database.query("SELECT pg_current_wal_flush_lsn()::text", String.class);

            Scrape scrape = awaitScrape(s -> s.value("camel_pgcdc_lag_seconds") == 0
                    && s.value("camel_pgcdc_lsn", "position", "server") >= Lsn.parse(caughtUp).value());
            for (Operation operation : Operation.values()) {
                assertThat(scrape.value("camel_pgcdc_changes_total", "operation", operation.text()))
                        .as(operation.text()).isEqualTo(model.count(operation));
            }
            assertThat(scrape.named("camel_pgcdc_table_copy_rows").stream().mapToDouble(Scrape.Sample::value).sum())
                    .isEqualTo(scrape.value("camel_pgcdc_changes_total", "operation", "read")).isGreaterThanOrEqualTo(600);
            assertThat(scrape.value("camel_pgcdc_exchanges_total", "outcome", "completed"))
                    .isEqualTo(scrape.value("camel_pgcdc_batches_total")).isPositive();
            assertThat(scrape.value("camel_pgcdc_exchanges_total", "outcome", "failed")).isZero();
            assertThat(scrape.value("camel_pgcdc_delivered_bytes_total")).isPositive();
            assertThat(scrape.value("camel_pgcdc_decode_seconds_total")).isPositive();
            assertThat(scrape.value("camel_pgcdc_in_flight")).isZero();
            assertThat(scrape.value("camel_pgcdc_oldest_unacknowledged_seconds")).isZero();

            double confirmed = scrape.value("camel_pgcdc_lsn", "position", "confirmed");
            assertThat(confirmed).isLessThanOrEqualTo(Lsn.parse(database.confirmedFlush(route.slot())).value());
            assertThat(Lsn.parse(database.confirmedFlush(route.slot())).value() - confirmed).isLessThan(100_000);
            double server = scrape.value("camel_pgcdc_lsn", "position", "server");
            assertThat(server).isLessThanOrEqualTo(
                    Lsn.parse(database.query("SELECT pg_current_wal_flush_lsn()::text", String.class)).value());
            assertThat(scrape.value("camel_pgcdc_lag_bytes")).isEqualTo(Math.max(0, server - confirmed), offset(100_000.0));
            assertThat(scrape.value("camel_pgcdc_slot_retained_bytes")).isEqualTo(
                    database.query("SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), restart_lsn)::float8"
                                   + " FROM pg_replication_slots WHERE slot_name = '" + route.slot() + "'",
                            Double.class),
                    offset(500_000.0));
            assertThat(scrape.value("camel_pgcdc_slot_wal_status", "status", "reserved")).isEqualTo(1);
            assertThat(scrape.value("camel_pgcdc_slot_safe_wal_bytes")).as("there is no limit").isNaN();
            assertThat(scrape.value("camel_pgcdc_server_read_seconds"))
                    .isEqualTo(System.currentTimeMillis() / 1e3, offset(10.0));
            assertThat(scrape.value("camel_pgcdc_tables", "stage", "streaming")).isEqualTo(3);
            assertThat(scrape.value("camel_pgcdc_table_copy_progress", "table", "public.orders")).isEqualTo(1);
            assertThat(scrape.named("camel_pgcdc_state")).allSatisfy(sample -> assertThat(sample.labels())
                    .containsEntry("pipeline", "mypub").containsEntry("routeId", "cdc").containsKey("camelContext"));
            assertThat(scrape.named("camel_exchanges_total")).as("of camel-micrometer").isNotEmpty();
            assertThat(names(scrape)).as("docs/operations.md lists them").isEqualTo(documented());
        }
        assertThat(names(Scrape.parse(registry.scrape()))).as("they go with the consumer").isEmpty();
    }

    @Test
    void a_table_stuck_in_error_is_seen_in_health_metrics_and_console(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE a (id bigint PRIMARY KEY)", "CREATE TABLE b (id bigint PRIMARY KEY)",
                "CREATE PUBLICATION mypub FOR TABLE a, b");
        failing.set(true);
        try (RouteUnderTest route = start(database, "failurePolicy=isolateTable", exchange -> {
            if (failing.get() && "a".equals(exchange.getIn().getHeader(PgCdcConstants.TABLE))) {
                throw new IllegalStateException("the secret value");
            }
        })) {
            route.awaitReady();
            database.execute("INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (1)");
            route.awaitCaughtUp();

            Scrape scrape = awaitScrape(
                    s -> s.value("camel_pgcdc_table_stage", "table", "public.a", "stage", "error") == 1
                            && Double.isNaN(s.value("camel_pgcdc_table_stage", "table", "public.a", "stage", "streaming")));
            assertThat(scrape.value("camel_pgcdc_table_stage", "table", "public.b", "stage", "streaming")).isEqualTo(1);
            assertThat(scrape.value("camel_pgcdc_tables", "stage", "error")).isEqualTo(1);

            HealthCheck.Result health = HealthCheckHelper.invokeReadiness(route.context(), "full").stream()
                    .filter(result -> result.getState() == HealthCheck.State.DOWN).findFirst().orElseThrow();
            assertThat(health.getMessage().orElse("")).contains("public.a", "resyncTable").doesNotContain("secret");
            assertThat(health.getDetails()).containsEntry("tablesInError", java.util.List.of("public.a"));

            String console = Consoles.text(route);
            assertThat(console).contains("public.a: error", "resyncTable").doesNotContain("secret");
            assertThat(route.consumer().report().toString()).contains("stage=error", "resyncTable").doesNotContain("secret");

            failing.set(false);
            route.consumer().resyncTable("public.a");
            route.awaitReady();
            awaitScrape(s -> s.value("camel_pgcdc_table_stage", "table", "public.a", "stage", "streaming") == 1
                    && Double.isNaN(s.value("camel_pgcdc_table_stage", "table", "public.a", "stage", "error")));
            assertThat(HealthCheckHelper.invokeReadiness(route.context(), "full"))
                    .allSatisfy(result -> assertThat(result.getState()).isEqualTo(HealthCheck.State.UP));
        }
    }

    @Test
    void of_very_many_tables_only_some_have_metrics_of_their_own_and_those_in_error_always(TestDatabase database)
            throws Exception {
        int count = MicrometerMeters.MOST_TABLES + 20;
        StringBuilder sql = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            sql.append("CREATE TABLE t").append(1000 + i).append(" (id bigint PRIMARY KEY);");
        }
        database.execute(sql + "CREATE PUBLICATION mypub FOR ALL TABLES");
        String last = "t" + (1000 + count);
        try (RouteUnderTest route = start(database, "failurePolicy=isolateTable", exchange -> {
            if (last.equals(exchange.getIn().getHeader(PgCdcConstants.TABLE))) {
                throw new IllegalStateException();
            }
        })) {
            route.awaitReady();
            database.execute("INSERT INTO " + last + " VALUES (1)");
            Scrape scrape = awaitScrape(
                    s -> s.value("camel_pgcdc_table_stage", "table", "public." + last, "stage", "error") == 1
                            && s.named("camel_pgcdc_table_stage").size() == MicrometerMeters.MOST_TABLES);
            assertThat(scrape.value("camel_pgcdc_tables", "stage", "streaming")).isEqualTo(count - 1.0);
        }
    }

    @Test
    void a_copy_is_followed_by_its_progress(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE b (id bigint PRIMARY KEY, t text)",
                "INSERT INTO b SELECT i, repeat('x', 500) FROM generate_series(1, 10000) i", "ANALYZE b",
                "CREATE PUBLICATION mypub FOR TABLE b");
        passes.drainPermits();
        passes.release(4_000);
        try (RouteUnderTest route = start(database, "", exchange -> passes.acquire())) {
            Scrape scrape = awaitScrape(
                    s -> s.value("camel_pgcdc_table_copy_rows", "table", "public.b") >= 4_000);
            assertThat(scrape.value("camel_pgcdc_table_copy_progress", "table", "public.b")).isBetween(0.3, 0.7);
            assertThat(scrape.value("camel_pgcdc_table_copy_bytes", "table", "public.b")).isGreaterThan(1_000_000);
            assertThat(scrape.value("camel_pgcdc_tables", "stage", "copy")).isEqualTo(1);
            passes.release(1 << 20);
            route.awaitReady();
        }
    }

    private RouteUnderTest start(TestDatabase database, String options, Processor processor) throws Exception {
        RouteUnderTest route = new RouteUnderTest(database, options, new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:mypub" + (options.isEmpty() ? "" : "?" + options)).routeId("cdc").process(processor);
            }
        });
        route.context().getRegistry().bind("prometheus", MeterRegistry.class, registry);
        MicrometerRoutePolicyFactory factory = new MicrometerRoutePolicyFactory();
        factory.setMeterRegistry(registry);
        route.context().addRoutePolicyFactory(factory);
        route.start();
        return route;
    }

    private Scrape awaitScrape(Predicate<Scrape> condition) {
        return Awaitility.await().until(() -> Scrape.parse(registry.scrape()), condition);
    }

    private static Set<String> names(Scrape scrape) {
        return scrape.samples().stream().map(Scrape.Sample::name).filter(name -> name.startsWith("camel_pgcdc_"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> documented() throws java.io.IOException {
        String page = java.nio.file.Files.readString(java.nio.file.Path.of("../docs/operations.md"));
        return java.util.regex.Pattern.compile("`(camel_pgcdc_[a-z_]+)").matcher(page).results()
                .map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }
}
