package io.pgcdc.routes.jdbc;

import java.util.concurrent.atomic.AtomicInteger;

import org.apache.camel.builder.RouteBuilder;

/**
 * A route that fails now and then when the sink has written already: the pipeline does not know, and delivers again.
 */
final class FailingAfterwards {

    private final int every;
    private final AtomicInteger exchanges = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    FailingAfterwards(int every) {
        this.every = every;
    }

    int failures() {
        return failures.get();
    }

    RouteBuilder route(SinkDatabase sink, String options) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:" + SinkRoute.PUBLICATION + "?batching=true&maxBatchSize=40").routeId("cdc")
                        .to("pgcdc-jdbc:test?" + sink.options() + "&" + options)
                        .process(exchange -> {
                            if (exchanges.incrementAndGet() % every == 0) {
                                failures.incrementAndGet();
                                throw new IllegalStateException("fails after the sink has written");
                            }
                        });
            }
        };
    }
}
