package io.pgcdc.torture;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.camel.PgCdcAggregationStrategy;
import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.camel.PgCdcConstants;
import io.pgcdc.camel.PgCdcConsumer;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.pipeline.PipelineStatus.TableStage;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.impl.DefaultCamelContext;

/** The JVM that gets killed: one route from {@code pgcdc:torture} to the {@link Sink}. */
public final class RouteProcess {

    static final String PORT = "TORTURE_PORT";
    static final String INSTANCE = "TORTURE_INSTANCE";
    static final String ROUTE = "TORTURE_ROUTE";
    static final String OPTIONS = "TORTURE_OPTIONS";
    static final String URL = "TORTURE_URL";
    static final String USERNAME = "TORTURE_USERNAME";
    static final String PASSWORD = "TORTURE_PASSWORD";

    private static final String ID = "torture";
    /** The pipeline waits 250 ms at least between two runs; that must not be missed. */
    private static final long LOOK_NANOS = 10_000_000;
    private static final int LOOKS_PER_REPORT = 20;

    private final CamelContext context = new DefaultCamelContext();
    private final SinkLink sink;

    private RouteProcess(SinkLink sink) {
        this.sink = sink;
    }

    public static void main(String[] arguments) throws Exception {
        SinkLink sink = SinkLink.connect(Integer.parseInt(System.getenv(PORT)), Integer.parseInt(System.getenv(INSTANCE)));
        RouteProcess process = new RouteProcess(sink);
        Thread listener = new Thread(process::listen, "sink");
        listener.setDaemon(true);
        listener.start();
        process.start();
        process.watch();
    }

    private void start() throws Exception {
        PgCdcComponent component = new PgCdcComponent();
        component.getConfiguration().setUrl(System.getenv(URL));
        component.getConfiguration().setUsername(System.getenv(USERNAME));
        component.getConfiguration().setPassword(System.getenv(PASSWORD));
        component.getConfiguration().setRetryDelay(50);
        component.getConfiguration().setRetryMaxDelay(500);
        component.getConfiguration().setIncludeCopyMarkers(true);
        context.addComponent("pgcdc", component);
        context.getShutdownStrategy().setTimeout(20);
        HealthCheckRegistry health = HealthCheckRegistry.get(context);
        health.setEnabled(true);
        health.register(health.resolveById("consumers"));
        Variant.Route kind = Variant.Route.valueOf(System.getenv(ROUTE));
        String uri = "pgcdc:" + TortureTable.PUBLICATION + "?" + System.getenv(OPTIONS);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                var route = from(uri).routeId(ID);
                switch (kind) {
                    case DIRECT -> route.process(RouteProcess.this::deliver);
                    case THREADS -> route.threads(4, 4).process(RouteProcess.this::deliver);
                    case AGGREGATED -> route
                            .aggregate(header(PgCdcConstants.TABLE), new PgCdcAggregationStrategy())
                            .completionSize(20).completionTimeout(200).completionTimeoutCheckerInterval(50)
                            .process(RouteProcess.this::deliver);
                }
            }
        });
        context.start();
    }

    private void deliver(Exchange exchange) throws Exception {
        List<Delivered> events = new ArrayList<>();
        gather(exchange.getMessage().getBody(), events);
        sink.deliver(events);
    }

    private static void gather(Object body, List<Delivered> events) {
        if (body instanceof ChangeEvent event) {
            events.add(Delivered.of(event));
        } else {
            ((List<?>) body).forEach(member -> gather(member, events));
        }
    }

    /** Tells the sink how the pipeline fares, and at once when a run of it fails. */
    private void watch() throws Exception {
        PgCdcConsumer consumer = (PgCdcConsumer) context.getRoute(ID).getConsumer();
        Report told = Report.NONE;
        for (int look = 1; !context.isStopped(); look++) {
            PipelineStatus status = consumer.status();
            boolean copying = status.tables().isEmpty()
                    || status.tables().stream().anyMatch(table -> table.stage() != TableStage.STREAMING);
            Report report = new Report(
                    status.state(), isUp(), copying, peakHeap(),
                    ManagementFactory.getThreadMXBean().getPeakThreadCount());
            if (report.state() != told.state() && (report.is(State.RETRYING) || report.is(State.FAILED))) {
                sink.runFailed(status.error() == null
                        ? "" : status.error().code() + ", " + status.error().getMessage());
            }
            if (report.is(State.RETRYING) || report.is(State.STANDBY)) {
                sink.betweenRuns();
            }
            if (report.state() != told.state() || report.up() != told.up() || report.copying() != told.copying()
                    || look % LOOKS_PER_REPORT == 0) {
                sink.report(report);
                told = report;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isUp() {
        return HealthCheckHelper.invokeReadiness(context).stream()
                .noneMatch(result -> result.getState() == HealthCheck.State.DOWN);
    }

    private static long peakHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }

    private void listen() {
        try {
            sink.listen(new SinkLink.Commands() {
                @Override
                public void suspend() throws Exception {
                    context.getRouteController().suspendRoute(ID);
                }

                @Override
                public void resume() throws Exception {
                    context.getRouteController().resumeRoute(ID);
                }

                @Override
                public void stop() {
                    context.stop();
                    Runtime.getRuntime().exit(0);
                }

                @Override
                public void dieAt(String failPoint) {
                    dieOnceAt(FailPoint.valueOf(failPoint));
                }
            });
        } catch (Exception e) {
            // Whoever started this JVM is gone.
            Runtime.getRuntime().halt(3);
        }
    }

    private void dieOnceAt(FailPoint deadly) {
        AtomicBoolean armed = new AtomicBoolean(true);
        FailPoint.onReached(point -> {
            if (point == deadly && armed.compareAndSet(true, false)) {
                try {
                    sink.dying();
                } catch (IOException e) {
                    Runtime.getRuntime().halt(3);
                }
                throw new AssertionError("the torture run lets this thread die at " + point);
            }
        });
    }
}
