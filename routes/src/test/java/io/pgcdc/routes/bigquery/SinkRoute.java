package io.pgcdc.routes.bigquery;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.camel.PgCdcConsumer;
import io.pgcdc.routes.bigquery.fake.FakeBigQuery;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.google.bigquery.GoogleBigQueryConnectionFactory;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;

/** A Camel context with a route from {@code pgcdc:mypub} into the fake. */
final class SinkRoute implements AutoCloseable {

    static final String PUBLICATION = "mypub";

    private final CamelContext context = new DefaultCamelContext();
    private final TestDatabase database;
    private volatile String lastFailure = "";

    private SinkRoute(TestDatabase database, FakeBigQuery fake, RouteBuilder routes) throws Exception {
        this.database = database;
        PgCdcComponent component = new PgCdcComponent();
        component.getConfiguration().setUrl(database.url());
        component.getConfiguration().setUsername(database.username());
        component.getConfiguration().setPassword(database.password());
        component.getConfiguration().setPublicationCheckInterval(500);
        component.getConfiguration().setRetryDelay(50);
        component.getConfiguration().setRetryMaxDelay(200);
        context.addComponent("pgcdc", component);
        context.getRegistry().bind("bigQuery", fake.client());
        context.getRegistry().bind("writeClient", fake.writeClient());
        context.getRegistry().bind("connectionFactory", new GoogleBigQueryConnectionFactory(fake.client()));
        context.getShutdownStrategy().setTimeout(20);
        context.getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.ExchangeFailedEvent failed) {
                    lastFailure = String.valueOf(failed.getCause().getMessage());
                }
            }
        });
        context.addRoutes(routes);
    }

    /** A route with options of both its ends. */
    static SinkRoute start(TestDatabase database, FakeBigQuery fake, String sourceOptions, String sinkOptions)
            throws Exception {
        return start(database, fake, new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:" + PUBLICATION + "?" + sourceOptions).routeId("cdc")
                        .to("pgcdc-bigquery:" + FakeBigQuery.PROJECT + ":" + FakeBigQuery.DATASET + "?" + sinkOptions);
            }
        });
    }

    static SinkRoute start(TestDatabase database, FakeBigQuery fake, RouteBuilder routes) throws Exception {
        SinkRoute route = new SinkRoute(database, fake, routes);
        route.context.start();
        return route;
    }

    PgCdcConsumer consumer() {
        return (PgCdcConsumer) context.getRoute("cdc").getConsumer();
    }

    CamelContext context() {
        return context;
    }

    /** What an exchange failed with last. */
    String lastFailure() {
        return lastFailure;
    }

    /** Copies a table anew. */
    void resync(String table) {
        consumer().resyncTable(table);
    }

    void awaitCaughtUp() {
        database.awaitCaughtUp(PUBLICATION);
    }

    @Override
    public void close() {
        context.stop();
    }
}
