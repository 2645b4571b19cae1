package io.pgcdc.benchmarks;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.debezium.DebeziumConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/** The peer of the same Camel: a route from {@code debezium-postgres:} with its own defaults. Reads every value. */
final class DebeziumRoute implements Contender {

    private final boolean timed;
    private volatile Object kept;

    /** @param timed whether to look how long ago each change was committed */
    DebeziumRoute(boolean timed) {
        this.timed = timed;
    }

    @Override
    public Sample run(Task task) throws Exception {
        Meter meter = new Meter(task);
        Path offsets = Files.createTempFile("debezium", ".offsets");
        URI place = URI.create(task.url().substring("jdbc:".length()));
        String uri = "debezium-postgres:" + task.name() + "?databaseHostname=" + place.getHost() + "&databasePort="
                     + place.getPort() + "&databaseUser=" + task.user() + "&databasePassword=" + task.password()
                     + "&databaseDbname="
                     + place.getPath().substring(1) + "&topicPrefix=" + task.name() + "&pluginName=pgoutput&slotName="
                     + (task.isCopy() ? task.name() : task.slot()) + "&publicationName=" + task.publication()
                     + "&publicationAutocreateMode=disabled&snapshotMode=" + (task.isCopy() ? "initial" : "no_data")
                     + "&tombstonesOnDelete=false"
                     + "&offsetStorageFileName=" + offsets;
        try (CamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from(uri).process(exchange -> process(exchange, meter));
                }
            });
            context.start();
            return meter.await();
        } finally {
            Files.delete(offsets);
        }
    }

    private void process(Exchange exchange, Meter meter) {
        Object row = exchange.getMessage().getBody();
        if (row == null) {
            row = exchange.getMessage().getHeader(DebeziumConstants.HEADER_BEFORE);
        }
        if (row instanceof Struct values) {
            Object last = null;
            for (Field field : values.schema().fields()) {
                Object value = values.get(field);
                last = value == null ? last : value;
            }
            kept = last;
            if (timed) {
                Map<?, ?> source = exchange.getMessage().getHeader(DebeziumConstants.HEADER_SOURCE_METADATA, Map.class);
                Instant committed = Instant.EPOCH.plus(((Number) source.get("ts_us")).longValue(), ChronoUnit.MICROS);
                meter.latency(committed.until(Instant.now(), ChronoUnit.NANOS));
            }
            meter.count(1);
        }
    }
}
