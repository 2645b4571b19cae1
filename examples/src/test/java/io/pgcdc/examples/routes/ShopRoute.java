package io.pgcdc.examples.routes;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.awaitility.Awaitility;

/** A running route of one of the files, which reads the publication {@code shop} of a database. */
final class ShopRoute implements AutoCloseable {

    private final CamelContext camel = new DefaultCamelContext();
    private final TestDatabase database;
    private final AtomicInteger failures = new AtomicInteger();

    /** @param properties what the file has placeholders for, and beans by {@code #name} */
    ShopRoute(String file, TestDatabase database, Map<String, Object> properties) throws Exception {
        this.database = database;
        PgCdcComponent pgcdc = new PgCdcComponent();
        pgcdc.getConfiguration().setUrl(database.url());
        pgcdc.getConfiguration().setUsername(database.username());
        pgcdc.getConfiguration().setPassword(database.password());
        pgcdc.getConfiguration().setRetryDelay(50);
        pgcdc.getConfiguration().setRetryMaxDelay(200);
        camel.addComponent("pgcdc", pgcdc);
        camel.getShutdownStrategy().setTimeout(20);
        camel.getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.ExchangeFailedEvent) {
                    failures.incrementAndGet();
                }
            }
        });
        properties.forEach((name, value) -> {
            if (value instanceof InterceptStrategy interceptor) {
                camel.getCamelContextExtension().addInterceptStrategy(interceptor);
            } else if (name.startsWith("#")) {
                camel.getRegistry().bind(name.substring(1), value);
            } else {
                camel.getPropertiesComponent().addInitialProperty(name, value.toString());
            }
        });
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.resolveMandatoryResource(camel, "classpath:routes/" + file));
        camel.start();
    }

    static void createShop(TestDatabase database) {
        database.execute("CREATE TABLE orders (id int PRIMARY KEY, item text, price numeric(10,2))",
                "INSERT INTO orders VALUES (1, 'tea', 2.50)", "CREATE PUBLICATION shop FOR TABLE orders");
    }

    /** Two changes of the one row. */
    static void change(TestDatabase database) {
        database.execute("UPDATE orders SET price = 3.00", "DELETE FROM orders");
    }

    void awaitFailure() {
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> failures.get() > 0);
    }

    /** Lets the destination take what is sent, and the exchange fail afterwards: the first few. */
    static InterceptStrategy losingAnswers(int count) {
        AtomicInteger left = new AtomicInteger(count);
        return (context, definition, target, next) -> definition instanceof ToDefinition
                ? new DelegateAsyncProcessor(exchange -> {
                    target.process(exchange);
                    if (left.getAndDecrement() > 0) {
                        throw new IOException("the answer got lost");
                    }
                })
                : target;
    }

    void awaitCaughtUp() {
        database.awaitCaughtUp("shop");
    }

    @Override
    public void close() {
        camel.stop();
    }
}
