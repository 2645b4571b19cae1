package io.pgcdc.benchmarks;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.CamelContext;

/** The same with metrics, which somebody scrapes much more often than anybody does. */
final class ScrapedRoute extends PgCdcRoute {

    private static final long SCRAPE_MILLIS = 1_000;

    private volatile PrometheusMeterRegistry registry;

    ScrapedRoute(String options) {
        super(options, true);
    }

    @Override
    void prepare(CamelContext context) {
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        context.getRegistry().bind("metrics", MeterRegistry.class, registry);
    }

    @Override
    public Sample run(Task task) throws Exception {
        ScheduledExecutorService prometheus = Executors.newSingleThreadScheduledExecutor();
        prometheus.scheduleAtFixedRate(this::scrape, SCRAPE_MILLIS, SCRAPE_MILLIS, TimeUnit.MILLISECONDS);
        try {
            return super.run(task);
        } finally {
            prometheus.shutdownNow();
        }
    }

    private void scrape() {
        PrometheusMeterRegistry present = registry;
        if (present != null && present.scrape().isEmpty()) {
            throw new IllegalStateException("there are no metrics");
        }
    }
}
