package io.pgcdc.examples;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class PostgresToPostgresIT {

    private static final List<String> TABLES = List.of("customers", "orders", "order_items");

    @Test
    void a_copy_of_the_shop_follows_it_in_every_column(TestDatabase shop) throws Exception {
        try (var script = getClass().getResourceAsStream("quickstart/shop.sql")) {
            shop.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        try (TestDatabase copy = shop.server().createDatabase(); CamelContext camel = new DefaultCamelContext()) {
            set(camel, "pgcdc", shop);
            set(camel, "pgcdc-jdbc", copy);
            PluginHelper.getRoutesLoader(camel).loadRoutes(
                    ResourceHelper.resolveMandatoryResource(camel, "classpath:camel/postgres-to-postgres.camel.yaml"));
            camel.start();
            shop.awaitCaughtUp("shop_copy");
            shop.execute(
                    "UPDATE customers SET preferences = preferences || '{\"newsletter\": null}' WHERE id <= 100",
                    "BEGIN; DELETE FROM order_items WHERE order_id > 59000; DELETE FROM orders WHERE id > 59000; COMMIT",
                    "UPDATE customers SET id = id + 100000 WHERE id NOT IN (SELECT customer_id FROM orders)",
                    "ALTER TABLE orders ADD COLUMN currency text NOT NULL DEFAULT 'EUR'",
                    "INSERT INTO orders (customer_id, total, currency) VALUES (1, 12.50, 'CHF')");
            Awaitility.await().atMost(Duration.ofMinutes(2)).untilAsserted(
                    () -> TABLES
                            .forEach(table -> assertThat(checksum(copy, table)).as(table).isEqualTo(checksum(shop, table))));
        }
    }

    private static void set(CamelContext camel, String component, TestDatabase database) {
        var configurer = camel.getComponent(component).getComponentPropertyConfigurer();
        configurer.configure(camel, camel.getComponent(component), "url", database.url(), true);
        configurer.configure(camel, camel.getComponent(component), "username", database.username(), true);
        configurer.configure(camel, camel.getComponent(component), "password", database.password(), true);
    }

    private static String checksum(TestDatabase database, String table) {
        return database.query(
                "SELECT count(*) || ' ' || md5(string_agg(t::text, '|' ORDER BY t::text)) FROM " + table + " t", String.class);
    }
}
