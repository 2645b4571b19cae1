package io.pgcdc.examples.quickstart;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** The page of the quick start. */
class StatusPageIT {

    @Test
    void what_is_pressed_on_the_page_does_not_keep_it_from_its_end(@TempDir Path directory) throws Exception {
        int port = freePort();
        Settings settings = new Settings(
                Optional.empty(), Optional.of(Duration.ofSeconds(15)), directory, Optional.empty(), OptionalInt.of(port));
        try (EmbeddedShop shop = EmbeddedShop.start(directory.resolve("postgres.log"));
             DuckDbFile file = DuckDbFile.open(settings.file())) {
            CompletableFuture<Integer> run = CompletableFuture.supplyAsync(() -> run(settings, shop, file));
            await().atMost(Duration.ofMinutes(2)).ignoreExceptions()
                    .until(() -> status(port).contains("\"tableStages\":{\"streaming\":3}"));
            press(port, "\"resync\",\"table\":\"public.customers\"");
            await().atMost(Duration.ofMinutes(2)).until(() -> status(port).contains("\"tableStages\":{\"streaming\":3}"));
            press(port, "\"pause\"");
            assertThat(status(port)).contains("\"state\":\"paused\"");
            assertThat(run.get(120, TimeUnit.SECONDS)).as("exit code").isZero();
            assertThatThrownBy(() -> status(port)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_port_that_is_taken_is_not_insisted_on_unless_it_was_asked_for() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> StatusPage.choose(OptionalInt.of(taken.getLocalPort())))
                    .hasMessageContaining("-Dpgcdc.port");
            assertThat(StatusPage.choose(OptionalInt.empty()).address()).matches("http://127.0.0.1:\\d+/pgcdc")
                    .doesNotContain(":" + taken.getLocalPort() + "/");
        }
    }

    private static int run(Settings settings, EmbeddedShop shop, DuckDbFile file) {
        try {
            return new ShopRun(settings, shop, file, new StopSignal()).run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String status(int port) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri(port, "status")).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    private static void press(int port, String operation) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri(port, "control"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"operation\":" + operation + ",\"pipeline\":\"shop\",\"routeId\":\"quickstart\"}"))
                .build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static URI uri(int port, String what) {
        return URI.create("http://127.0.0.1:" + port + "/pgcdc/" + what);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
