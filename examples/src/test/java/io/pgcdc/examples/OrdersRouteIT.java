package io.pgcdc.examples;

import java.util.Map;

import io.pgcdc.testing.MemoryDestination;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class OrdersRouteIT {

    @Test
    void a_change_that_the_destination_rejects_comes_again(TestDatabase shop) throws Exception {
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, item text)", "INSERT INTO orders VALUES (1, 'tea')",
                "CREATE PUBLICATION orders FOR TABLE orders");
        MemoryDestination destination = new MemoryDestination();
        destination.when(change -> change.operation().equals("update")).times(2).reject();
        try (CamelContext camel = new DefaultCamelContext()) {
            RouteBuilder.addRoutes(camel,
                    route -> route.from("pgcdc:orders?retryDelay=50&" + shop.options()).process(destination));
            camel.start();
            shop.awaitCaughtUp("orders");
            shop.execute("UPDATE orders SET item = 'cake'");
            shop.awaitCaughtUp("orders");
        }
        assertThat(destination.rows("public.orders")).isEqualTo(Map.of(1, Map.of("id", 1, "item", "cake")));
    }
}
