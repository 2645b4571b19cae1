package io.pgcdc.routes.kafka;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A running route from the publication {@code shop} of a database to the tests' broker. */
final class KafkaRoute implements AutoCloseable {

    static final String PUBLICATION = "shop";

    private final CamelContext camel = new DefaultCamelContext();
    private final TestDatabase database;

    private final AtomicInteger failures = new AtomicInteger();

    private KafkaRoute(TestDatabase database) throws Exception {
        this.database = database;
        camel.getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.ExchangeFailedEvent) {
                    failures.incrementAndGet();
                }
            }
        });
        PgCdcComponent pgcdc = new PgCdcComponent();
        pgcdc.getConfiguration().setUrl(database.url());
        pgcdc.getConfiguration().setUsername(database.username());
        pgcdc.getConfiguration().setPassword(database.password());
        pgcdc.getConfiguration().setPublicationCheckInterval(500);
        pgcdc.getConfiguration().setRetryDelay(50);
        pgcdc.getConfiguration().setRetryMaxDelay(200);
        camel.addComponent("pgcdc", pgcdc);
        KafkaComponent kafka = new KafkaComponent();
        kafka.getConfiguration().setBrokers(KafkaBroker.shared().address());
        camel.addComponent("kafka", kafka);
        camel.getPropertiesComponent().addInitialProperty("kafka.brokers", KafkaBroker.shared().address());
        camel.getShutdownStrategy().setTimeout(20);
        load(ResourceHelper.resolveMandatoryResource(camel, "classpath:route-templates/pgcdc-to-kafka.camel.yaml"));
    }

    /** The template; topics are {@link #topic} unless the parameters say otherwise. */
    static KafkaRoute ofTemplate(TestDatabase database, Map<String, Object> parameters) throws Exception {
        KafkaRoute route = new KafkaRoute(database);
        TemplatedRouteBuilder.builder(route.camel, "pgcdc-to-kafka")
                .parameter("publication", PUBLICATION)
                .parameter("topic", database.name() + ".{schema}.{table}")
                .parameters(parameters)
                .add();
        return route.started();
    }

    static KafkaRoute of(TestDatabase database, RoutesBuilder routes) throws Exception {
        KafkaRoute route = new KafkaRoute(database);
        route.camel.addRoutes(routes);
        routes.addTemplatedRoutesToCamelContext(route.camel);
        return route.started();
    }

    /** @param name ends as the language's files do */
    static KafkaRoute of(TestDatabase database, String name, String text) throws Exception {
        KafkaRoute route = new KafkaRoute(database);
        route.load(ResourceHelper.fromString(name, text));
        return route.started();
    }

    private void load(Resource resource) throws Exception {
        PluginHelper.getRoutesLoader(camel).loadRoutes(resource);
    }

    private KafkaRoute started() {
        try {
            camel.start();
        } catch (RuntimeException e) {
            camel.stop();
            throw e;
        }
        return this;
    }

    static String topic(TestDatabase database, String table) {
        return database.name() + ".public." + table;
    }

    /** How many exchanges have failed so far. */
    int failures() {
        return failures.get();
    }

    void awaitCaughtUp() {
        database.awaitCaughtUp(PUBLICATION);
    }

    @Override
    public void close() {
        camel.stop();
    }
}
