package io.pgcdc.routes.page;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.routes.page.FakePipelines.figures;
import static io.pgcdc.routes.page.FakePipelines.pipeline;
import static io.pgcdc.routes.page.FakePipelines.streaming;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the page's server answers, over HTTP. */
class PgCdcPageTest {

    private static final String PAUSE = "{\"operation\":\"pause\",\"pipeline\":\"shop\"}";

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakePipelines pipelines
            = new FakePipelines().say(millis -> pipeline("shop", "running", figures(millis), streaming("public.orders")));
    private PageServer server;

    @BeforeEach
    void start() throws Exception {
        server = PageServer.start(pipelines, true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(server.url() + path)).header("X-Asked", "yes").build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + "/control"))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> postJson(String body) throws Exception {
        return post(body, "Content-Type", "application/json");
    }

    /** The status line and all else that is answered to a request as it stands here, but for its body. */
    private String raw(String method, String headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((method + " /pgcdc/control HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + PAUSE.length() + "\r\n" + headers + "\r\n" + PAUSE)
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void the_page_is_one_file_that_runs_nothing_but_its_own_script() throws Exception {
        HttpResponse<String> page = get("");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'sha256-", "style-src 'sha256-", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(page.body()).doesNotContainPattern("(?i)<[^>]* on[a-z]+=").doesNotContainPattern("(src|href)=\"(?!data:)")
                .doesNotContain("innerHTML");
    }

    @Test
    void what_was_asked_is_not_sent_back() throws Exception {
        assertThat(get("/status").headers().map()).doesNotContainKeys("x-asked", "since", "user-agent", "host");
    }

    @Test
    void the_status_is_that_of_the_console_with_the_last_minutes_beside_it() throws Exception {
        await().until(() -> ((JsonArray) history("/status").get("at")).size() >= 2);
        JsonObject history = history("/status");
        JsonArray at = history.getCollection("at");
        assertThat(history.<JsonArray> getCollection("changes")).hasSameSizeAs(at);
        assertThat(history.<JsonArray> getCollection("changes").get(0)).isNull();
        assertThat(((Number) history.<JsonArray> getCollection("changes").get(1)).doubleValue()).isBetween(50.0, 800.0);
        assertThat((JsonArray) history("/status?since=" + at.get(0)).get("at")).doesNotContain(at.get(0));
        assertThat(status("/status").getString("now")).isNotBlank();
        assertThat(status("/status").getBoolean("control")).isTrue();
    }

    private JsonObject status(String path) throws Exception {
        return (JsonObject) Jsoner.deserialize(get(path).body());
    }

    private JsonObject history(String path) throws Exception {
        return ((JsonObject) status(path).<JsonArray> getCollection("pipelines").get(0)).getMap("history");
    }

    @Test
    void a_post_of_the_pages_own_steers() throws Exception {
        assertThat(postJson(PAUSE).statusCode()).isEqualTo(200);
        assertThat(postJson("{\"operation\":\"resume\",\"pipeline\":\"shop\"}").statusCode()).isEqualTo(200);
        assertThat(postJson("{\"operation\":\"resync\",\"pipeline\":\"shop\",\"table\":\"public.orders\"}").statusCode())
                .isEqualTo(200);
        assertThat(raw("POST", "Host: 127.0.0.1:" + server.port() + "\r\nOrigin: http://127.0.0.1:" + server.port()
                               + "\r\nSec-Fetch-Site: same-origin\r\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(pipelines.calls()).containsExactly("pause shop", "resume shop", "resync shop public.orders", "pause shop");
    }

    @Test
    void no_get_changes_anything() throws Exception {
        assertThat(get("/control").statusCode()).isEqualTo(405);
        assertThat(get("/control?operation=pause&pipeline=shop").statusCode()).isEqualTo(405);
        assertThat(raw("GET", "Host: 127.0.0.1:" + server.port() + "\r\n")).startsWith("HTTP/1.1 405 ");
        get("/status?operation=pause&pipeline=shop");
        get("?operation=pause&pipeline=shop");
        assertThat(pipelines.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "Host: 127.0.0.1:PORT\r\nOrigin: http://evil.example\r\n",
            "Host: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:1\r\n",
            "Host: 127.0.0.1:PORT\r\nOrigin: null\r\n",
            "Host: 127.0.0.1:PORT\r\nSec-Fetch-Site: cross-site\r\n",
            "Host: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT\r\nSec-Fetch-Site: same-site\r\n",
            // a name of the other site's own that points here
            "Host: evil.example:PORT\r\nOrigin: http://evil.example:PORT\r\nSec-Fetch-Site: same-origin\r\n",
            "Host: evil.example:PORT\r\n" })
    void what_another_site_makes_a_browser_send_is_refused(String headers) throws Exception {
        assertThat(raw("POST", headers.replace("PORT", String.valueOf(server.port())))).startsWith("HTTP/1.1 403 ");
        assertThat(pipelines.calls()).isEmpty();
    }

    @Test
    void another_site_is_not_given_leave_to_ask() throws Exception {
        assertThat(raw("OPTIONS", "Host: 127.0.0.1:" + server.port() + "\r\nOrigin: http://evil.example\r\n"
                                  + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n"))
                .doesNotContainIgnoringCase("access-control-allow");
        assertThat(pipelines.calls()).isEmpty();
    }

    @Test
    void a_form_is_refused() throws Exception {
        assertThat(post(PAUSE, "Content-Type", "text/plain").statusCode()).isEqualTo(403);
        assertThat(post("operation=pause&pipeline=shop", "Content-Type", "application/x-www-form-urlencoded").statusCode())
                .isEqualTo(403);
        assertThat(post(PAUSE).statusCode()).isEqualTo(403);
        assertThat(pipelines.calls()).isEmpty();
    }

    @Test
    void a_name_that_was_configured_is_trusted() throws Exception {
        server.close();
        server = PageServer.start(new PgCdcPage(pipelines),
                Map.of("pgcdc.page.control", "true", "pgcdc.page.hosts", "Pipelines.example, other"));
        assertThat(raw("POST", "Host: pipelines.example\r\nOrigin: https://pipelines.example\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(raw("POST", "Host: evil.example\r\nOrigin: https://evil.example\r\n")).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void without_control_every_post_is_refused() throws Exception {
        server.close();
        server = PageServer.start(new PgCdcPage(pipelines), Map.of());
        HttpResponse<String> answer = postJson(PAUSE);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("pgcdc.page.control");
        assertThat(status("/status").getBoolean("control")).isFalse();
        assertThat(pipelines.calls()).isEmpty();
    }

    @Test
    void what_can_not_be_done_is_told() throws Exception {
        pipelines.failWith(new PgCdcException(ErrorCode.CONFIGURATION, "The pipeline is standby", "Ask the other one"));
        HttpResponse<String> answer = postJson(PAUSE);
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("The pipeline is standby. Ask the other one");
        pipelines.failWith(new IllegalStateException("jdbc:postgresql://db/shop?password=planted"));
        assertThat(postJson(PAUSE).statusCode()).isEqualTo(500);
        assertThat(postJson(PAUSE).body()).doesNotContain("planted");
    }

    @Test
    void a_request_that_is_none_is_told() throws Exception {
        assertThat(postJson("pause").statusCode()).isEqualTo(400);
        assertThat(postJson("").statusCode()).isEqualTo(400);
        assertThat(postJson("[]").statusCode()).isEqualTo(400);
        assertThat(postJson("{\"operation\":\"dropSlot\",\"pipeline\":\"shop\"}").statusCode()).isEqualTo(400);
        assertThat(postJson("{\"operation\":\"pause\",\"pipeline\":\"" + "x".repeat(10_000) + "\"}").statusCode())
                .isEqualTo(400);
        assertThat(pipelines.calls()).isEmpty();
    }

    @Test
    void a_moment_that_is_none_is_as_none_said() throws Exception {
        for (String since : List.of("x", "1e99", "99999999999999999999", "", "1&since=2")) {
            assertThat(get("/status?since=" + since).statusCode()).as(since).isEqualTo(200);
        }
    }

    @Test
    void a_look_that_breaks_is_not_the_last() {
        AtomicInteger looks = new AtomicInteger();
        pipelines.say(millis -> {
            looks.incrementAndGet();
            throw new StackOverflowError();
        });
        await().until(() -> looks.get() >= 3);
    }

    @Test
    void a_runtime_that_adds_all_routes_it_finds_in_jars_does_not_serve_it_unasked() {
        assertThat(RoutesBuilder.class).matches(type -> !type.isAssignableFrom(PgCdcPage.class));
    }

    @Test
    void the_page_is_where_the_property_says() throws Exception {
        server.close();
        server = PageServer.start(new PgCdcPage(pipelines), Map.of("pgcdc.page.path", "/ops/cdc/"));
        URI page = URI.create("http://127.0.0.1:" + server.port() + "/ops/cdc");
        assertThat(client.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        assertThat(get("").statusCode()).isEqualTo(404);
    }

    @Test
    void what_is_kept_of_the_last_minutes_is_bounded() throws Exception {
        Samples samples = new Samples(10);
        for (int i = 1; i <= 25; i++) {
            samples.add(i * 2000L, (JsonObject) Jsoner.deserialize(
                    "{\"counters\":{\"changes\":{\"insert\":" + (i < 22
                            ? i * 10 : i - 22) + ",\"update\":0,\"delete\":0,\"truncate\":0,\"read\":0},\"bytes\":0}}"));
        }
        JsonObject history = samples.since(0);
        assertThat((JsonArray) history.get("at")).hasSize(10).startsWith(32_000L).endsWith(50_000L);
        // a pipeline that was started anew counts from zero again
        assertThat((JsonArray) history.get("changes")).startsWith(5.0, 5.0).endsWith(5.0, null, 0.5, 0.5, 0.5);
        assertThat((JsonArray) history.get("lagSeconds")).containsOnlyNulls();
        assertThat((JsonArray) samples.since(46_000).get("at")).containsExactly(48_000L, 50_000L);
    }
}
