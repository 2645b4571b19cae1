package io.pgcdc.examples.routes;

import java.util.List;
import java.util.Map;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class ChangesToHttpIT {

    @Test
    void a_change_is_a_request_and_one_that_was_refused_comes_again_with_its_key(TestDatabase database) throws Exception {
        ShopRoute.createShop(database);
        try (WebServer service = new WebServer(2, 500);
             ShopRoute route = new ShopRoute(
                     "changes-to-http.camel.yaml", database, Map.of("http.url", service.url() + "/changes"))) {
            route.awaitCaughtUp();
            ShopRoute.change(database);
            route.awaitCaughtUp();

            assertThat(service.refused()).isEqualTo(2);
            assertThat(service.taken()).extracting(WebServer.Request::method).containsOnly("POST");
            assertThat(service.taken()).extracting(request -> request.body().replaceAll(".*\"op\":\"(.)\".*", "$1"))
                    .containsExactly("r", "u", "d");
            assertThat(service.taken().get(1).body()).contains("\"after\":{\"id\":1,\"item\":\"tea\",\"price\":3.00}");
            assertThat(service.taken().get(2).body()).contains("\"before\":{\"id\":1}");
            List<String> keys = service.taken().stream().map(request -> request.headers().getFirst("Idempotency-Key")).toList();
            assertThat(keys).doesNotHaveDuplicates().isSorted().allMatch(key -> key.startsWith("orders/"));
            assertThat(service.taken()).allSatisfy(request -> {
                assertThat(request.headers().getFirst("Content-Type")).startsWith("application/json");
                assertThat(request.headers().keySet()).noneMatch(name -> name.toLowerCase().startsWith("camel"));
            });
        }
    }
}
