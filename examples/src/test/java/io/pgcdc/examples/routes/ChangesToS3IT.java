package io.pgcdc.examples.routes;

import java.util.Map;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class ChangesToS3IT {

    @Test
    void a_batch_is_an_object_and_one_that_was_refused_comes_again(TestDatabase database) throws Exception {
        ShopRoute.createShop(database);
        try (WebServer storage = new WebServer(1, 403);
             ShopRoute route = new ShopRoute(
                     "changes-to-s3.camel.yaml", database,
                     Map.of("s3.bucket", "warehouse", "s3.endpoint", storage.url(), "s3.accessKey", "key", "s3.secretKey",
                             "secret"))) {
            route.awaitCaughtUp();
            database.execute("BEGIN; UPDATE orders SET price = 3.00; DELETE FROM orders; COMMIT");
            route.awaitCaughtUp();

            assertThat(storage.refused()).isEqualTo(1);
            assertThat(storage.taken()).extracting(WebServer.Request::method).containsExactly("PUT", "PUT");
            assertThat(storage.taken()).extracting(WebServer.Request::path)
                    .allMatch(path -> path.matches("/warehouse/orders/[0-9A-F]{16}/[0-9A-F]{16}\\.json")).isSorted();
            assertThat(storage.taken().get(0).body()).startsWith("[{\"specversion\"")
                    .contains("\"type\":\"io.pgcdc.read\"", "\"data\":{\"id\":1,\"item\":\"tea\",\"price\":2.50}");
            assertThat(storage.taken().get(1).body()).contains("\"type\":\"io.pgcdc.update\"", "\"price\":3.00",
                    "\"type\":\"io.pgcdc.delete\"");
            assertThat(storage.taken()).allSatisfy(object -> assertThat(object.headers().getFirst("Content-Type"))
                    .isEqualTo("application/cloudevents-batch+json"));
        }
    }
}
