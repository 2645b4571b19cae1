package io.pgcdc.benchmarks;

import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** What a start takes without us. */
final class BareContext implements Contender {

    @Override
    public Sample run(Task task) throws Exception {
        Meter meter = new Meter(task);
        try (CamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("timer:once?delay=0&repeatCount=1").process(exchange -> meter.count(task.expected()));
                }
            });
            context.start();
            return meter.await();
        }
    }
}
