package io.pgcdc.benchmarks;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.pgcdc.model.ChangeEvent;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A route from {@code pgcdc:} to a processor that counts, and that reads every value if it is to. */
class PgCdcRoute implements Contender {

    private final String options;
    private final boolean reads;
    private final boolean timed;

    PgCdcRoute(String options, boolean reads) {
        this(options, reads, false);
    }

    /** @param timed whether to look how long ago each change was committed */
    PgCdcRoute(String options, boolean reads, boolean timed) {
        this.options = options;
        this.reads = reads;
        this.timed = timed;
    }

    @Override
    public Sample run(Task task) throws Exception {
        Meter meter = new Meter(task);
        Reader reader = new Reader(meter, reads, timed);
        String uri = "pgcdc:" + task.publication() + "?url=" + task.url() + "&username=" + task.user() + "&password="
                     + task.password() + "&pipeline=" + task.name() + (options.isEmpty() ? "" : "&" + options)
                     + (task.isCopy() ? "&snapshotMode=" + task.snapshot() : "&snapshotMode=never&slotName=" + task.slot());
        try (CamelContext context = new DefaultCamelContext()) {
            prepare(context);
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from(uri).process(reader::process);
                }
            });
            context.start();
            return meter.await();
        }
    }

    /** Before there is a route in it. */
    void prepare(CamelContext context) {
    }

    /** Counts rows; what it reads goes nowhere, yet can't be left out. */
    private static final class Reader {
        private final Meter meter;
        private final boolean reads;
        private final boolean timed;
        private volatile Object kept;

        private Reader(Meter meter, boolean reads, boolean timed) {
            this.meter = meter;
            this.reads = reads;
            this.timed = timed;
        }

        private void process(Exchange exchange) {
            Object body = exchange.getMessage().getBody();
            if (body instanceof ChangeEvent event) {
                if (event.operation().isRow()) {
                    row(event);
                    meter.count(1);
                }
            } else {
                List<?> events = (List<?>) body;
                int rows = 0;
                for (Object each : events) {
                    ChangeEvent event = (ChangeEvent) each;
                    if (event.operation().isRow()) {
                        row(event);
                        rows++;
                    }
                }
                meter.count(rows);
            }
        }

        private void row(ChangeEvent event) {
            if (timed) {
                Instant now = Instant.now();
                meter.latency(event.transaction().commitTimestamp().until(now, ChronoUnit.NANOS));
            }
            if (reads) {
                Object last = null;
                for (int i = 0; i < event.schema().columns().size(); i++) {
                    Object value = event.value(i);
                    last = value == null ? last : value;
                }
                kept = last;
            }
        }
    }
}
