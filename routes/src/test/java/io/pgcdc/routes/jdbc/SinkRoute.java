package io.pgcdc.routes.jdbc;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.camel.PgCdcConsumer;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A running route from the publication {@code mypub} to a sink. */
final class SinkRoute implements AutoCloseable {

    static final String PUBLICATION = "mypub";

    private final CamelContext context = new DefaultCamelContext();
    private final TestDatabase source;

    private SinkRoute(TestDatabase source) {
        this.source = source;
    }

    /** @param options of both endpoints, those of the sink behind a bar: {@code batching=true|mode=changelog} */
    static SinkRoute start(TestDatabase source, SinkDatabase sink, String options) throws Exception {
        return start(source, sink, options, exchange -> {
        });
    }

    /** @param before what is done before the sink */
    static SinkRoute start(TestDatabase source, SinkDatabase sink, String options, Processor before) throws Exception {
        int bar = options.indexOf('|');
        String pgcdc = bar < 0 ? options : options.substring(0, bar);
        String jdbc = bar < 0 ? "" : options.substring(bar + 1);
        return start(source, new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:" + PUBLICATION + "?" + pgcdc).routeId("cdc")
                        .process(before)
                        .to("pgcdc-jdbc:test?" + sink.options() + (jdbc.isEmpty() ? "" : "&" + jdbc));
            }
        });
    }

    static SinkRoute start(TestDatabase source, RouteBuilder builder) throws Exception {
        SinkRoute route = new SinkRoute(source);
        PgCdcComponent component = new PgCdcComponent();
        component.getConfiguration().setUrl(source.url());
        component.getConfiguration().setUsername(source.username());
        component.getConfiguration().setPassword(source.password());
        component.getConfiguration().setPublicationCheckInterval(500);
        component.getConfiguration().setRetryDelay(50);
        component.getConfiguration().setRetryMaxDelay(200);
        route.context.addComponent("pgcdc", component);
        route.context.getShutdownStrategy().setTimeout(20);
        route.context.addRoutes(builder);
        route.context.start();
        return route;
    }

    CamelContext context() {
        return context;
    }

    PgCdcConsumer consumer() {
        return (PgCdcConsumer) context.getRoute("cdc").getConsumer();
    }

    void awaitCaughtUp() {
        source.awaitCaughtUp(PUBLICATION);
    }

    @Override
    public void close() {
        context.stop();
    }
}
