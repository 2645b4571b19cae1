package io.pgcdc.camel;

import io.pgcdc.model.Lsn;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;

/** A Camel context with one route from {@code pgcdc:mypub}, which can be stopped in order or abruptly. */
final class RouteUnderTest implements AutoCloseable {

    static final String PUBLICATION = "mypub";

    private final CamelContext context = new DefaultCamelContext();
    private final TestDatabase database;
    private boolean over;

    RouteUnderTest(TestDatabase database, String options, RouteBuilder routes) throws Exception {
        this.database = database;
        PgCdcComponent component = new PgCdcComponent();
        component.getConfiguration().setUrl(database.url());
        component.getConfiguration().setUsername(database.username());
        component.getConfiguration().setPassword(database.password());
        component.getConfiguration().setPublicationCheckInterval(500);
        component.getConfiguration().setRetryDelay(50);
        component.getConfiguration().setRetryMaxDelay(200);
        context.addComponent("pgcdc", component);
        context.getShutdownStrategy().setTimeout(20);
        context.addRoutes(routes);
    }

    /** A route that hands every exchange to a processor. */
    static RouteUnderTest start(TestDatabase database, String options, Processor processor) throws Exception {
        return start(database, PUBLICATION, options, processor);
    }

    /** A route from another publication. */
    static RouteUnderTest start(TestDatabase database, String publication, String options, Processor processor)
            throws Exception {
        RouteUnderTest route = new RouteUnderTest(database, options, new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:" + publication + (options.isEmpty() ? "" : "?" + options)).routeId("cdc").process(processor);
            }
        });
        route.start();
        return route;
    }

    void start() throws Exception {
        try {
            context.start();
        } catch (Exception e) {
            over = true;
            context.stop();
            throw e;
        }
    }

    CamelContext context() {
        return context;
    }

    PgCdcConsumer consumer() {
        return (PgCdcConsumer) context.getRoute("cdc").getConsumer();
    }

    String slot() {
        return "pgcdc_" + database.name() + "_" + PUBLICATION;
    }

    void awaitReady() {
        Awaitility.await().until(() -> {
            PipelineStatus status = consumer().status();
            return status.state() == PipelineStatus.State.RUNNING && status.tables().stream()
                    .allMatch(table -> table.stage() == PipelineStatus.TableStage.STREAMING);
        });
    }

    /** Waits until everything that is committed now is acknowledged. */
    void awaitCaughtUp() {
        database.awaitCaughtUp(slot());
    }

    /** Waits until the slot has gone so far by itself. */
    void awaitConfirmed(String lsn) {
        Lsn target = Lsn.parse(lsn);
        Awaitility.await().until(
                () -> Lsn.parse(database.confirmedFlush(slot())).compareTo(target) >= 0);
    }

    /** As if the process had died: no drain, no last position, no last status. */
    void kill() {
        over = true;
        consumer().abort();
        context.getShutdownStrategy().setTimeout(1);
        context.getShutdownStrategy().setShutdownNowOnTimeout(true);
        context.stop();
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            context.stop();
        }
    }
}
