package io.pgcdc.routes.page;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.camel.PgCdcConsumer;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/** The page of a pipeline that runs, opened and pressed in a browser. */
@PostgresTest
class PageOnPostgresIT {

    private static Chromium chromium;

    private final Map<String, AtomicInteger> received = new ConcurrentHashMap<>();
    private final AtomicBoolean refusing = new AtomicBoolean();
    private PageServer server;

    @BeforeAll
    static void open() throws Exception {
        assumeThat(Chromium.isInstalled()).as(Chromium.MISSING).isTrue();
        chromium = Chromium.start().size(1280, 900);
    }

    @AfterAll
    static void quit() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void fill(TestDatabase source) {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY, item text)",
                "INSERT INTO orders SELECT i, 'tea' FROM generate_series(1, 1000) i",
                "CREATE TABLE invoices (id int PRIMARY KEY, total numeric)",
                "CREATE PUBLICATION shop FOR TABLE orders, invoices");
        source.createUser("planted_user", "planted-secret", "SUPERUSER");
    }

    private void start(TestDatabase source, boolean control) throws Exception {
        server = PageServer.prepare(new PgCdcPage().control(control));
        PgCdcComponent component = new PgCdcComponent();
        component.getConfiguration().setUrl(source.url() + (source.url().contains("?") ? "&" : "?") + "options=-c%20geqo=off");
        component.getConfiguration().setUsername("planted_user");
        component.getConfiguration().setPassword("planted-secret");
        component.getConfiguration().setRetryDelay(50);
        component.getConfiguration().setRetryMaxDelay(200);
        server.context().addComponent("pgcdc", component);
        server.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:shop?failurePolicy=isolateTable&maxRetries=1&includeSchemaChanges=false").routeId("cdc")
                        .process(PageOnPostgresIT.this::take);
            }
        });
        server.context().start();
        chromium.open(server.url());
    }

    private void take(Exchange exchange) {
        String table = exchange.getMessage().getHeader("CamelPgCdcTable", String.class);
        if (refusing.get() && table.equals("invoices")) {
            throw new IllegalStateException("the warehouse is closed");
        }
        received.computeIfAbsent(table + " " + exchange.getMessage().getHeader("CamelPgCdcOperation"),
                missing -> new AtomicInteger()).incrementAndGet();
    }

    private int received(String what) {
        return received.getOrDefault(what, new AtomicInteger()).get();
    }

    private State state() {
        return ((PgCdcConsumer) server.context().getRoute("cdc").getConsumer()).status().state();
    }

    @Test
    void a_pipeline_is_seen_to_copy_and_stream_and_is_paused_and_resynced_by_its_buttons(TestDatabase source) throws Exception {
        start(source, true);
        chromium.awaitText(".pipeline", "2 tables, all streaming");
        chromium.awaitText("h1", "All is well");
        assertThat(chromium.text(".pipeline")).contains("shop", "Running", "database " + source.name(), "1,000 rows copied");
        source.execute("INSERT INTO orders VALUES (1001, 'cake')");
        chromium.awaitText(".figure", "1 since the start");

        chromium.button("Pause shop").click();
        chromium.awaitText(".pipeline h2", "Paused");
        assertThat(state()).isEqualTo(State.PAUSED);
        source.execute("INSERT INTO orders SELECT i, repeat('x', 1000) FROM generate_series(1002, 1200) i");
        // the server was looked at since, and what is there is not read
        chromium.awaitText(".pipeline", "KiB of log");
        assertThat(received("orders insert")).isEqualTo(1);
        chromium.picture("postgres-paused");

        chromium.button("Resume shop").click();
        chromium.awaitText(".pipeline h2", "Running");
        await().until(() -> received("orders insert") == 200);

        server.context().getRouteController().suspendRoute("cdc");
        chromium.awaitText(".pipeline h2", "Paused");
        chromium.button("Resume shop").click();
        chromium.awaitText(".pipeline h2", "Running");

        chromium.button("Resync public.orders").click();
        chromium.button("Copy again").click();
        chromium.awaitText("#done", "public.orders is being copied again");
        await().until(() -> received("orders read") == 2200);
        assertThat(received("orders truncate")).isEqualTo(1);
        chromium.awaitText(".pipeline", "2 tables, all streaming");
        chromium.picture("postgres-running");
    }

    @Test
    void a_table_in_error_is_shown_with_its_mend_and_brought_back(TestDatabase source) throws Exception {
        start(source, true);
        chromium.awaitText(".pipeline", "2 tables, all streaming");
        refusing.set(true);
        source.execute("INSERT INTO invoices VALUES (1, 41.99)");
        chromium.awaitText("h1", "1 table needs attention");
        assertThat(chromium.text("#attention")).contains("public.invoices is in Error", "What to do").doesNotContain("41.99");
        chromium.picture("postgres-error");
        refusing.set(false);
        chromium.find(".problem .actions button").click();
        chromium.button("Copy again").click();
        chromium.awaitText("h1", "All is well");
        await().until(() -> received("invoices read") == 1);
    }

    @Test
    void nobody_steers_by_a_get_from_another_site_or_without_leave(TestDatabase source) throws Exception {
        start(source, false);
        chromium.awaitText(".pipeline", "2 tables, all streaming");
        assertThat(chromium.hasButton("Pause shop")).isFalse();
        assertThat(chromium.hasButton("Resync public.orders")).isFalse();
        String pause = "{\"operation\":\"pause\",\"pipeline\":\"shop\",\"routeId\":\"cdc\"}";
        assertThat(post(pause, "Content-Type", "application/json")).isEqualTo(403);
        server.close();

        start(source, true);
        chromium.awaitText(".pipeline", "2 tables, all streaming");
        assertThat(post(pause, "Content-Type", "application/json", "Sec-Fetch-Site", "cross-site")).isEqualTo(403);
        assertThat(post(pause, "Content-Type", "text/plain")).isEqualTo(403);
        assertThat(get("/control?operation=pause&pipeline=shop&routeId=cdc").statusCode()).isEqualTo(405);
        assertThat(state()).isEqualTo(State.RUNNING);
        assertThat(post(pause, "Content-Type", "application/json")).isEqualTo(200);
        assertThat(state()).isEqualTo(State.PAUSED);
        assertThat(post(pause.replace("shop", "other"), "Content-Type", "application/json")).isEqualTo(409);
    }

    @Test
    void nothing_of_a_connection_is_shown(TestDatabase source) throws Exception {
        start(source, true);
        chromium.awaitText(".pipeline", "2 tables, all streaming");
        assertThat(get("").body() + get("/status").body() + chromium.script("return document.documentElement.outerHTML"))
                .doesNotContain("planted", "jdbc:", "geqo", String.valueOf(URI.create(source.url().substring(5)).getPort()));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(server.url() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private int post(String body, String... headers) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(server.url() + "/control")).headers(headers)
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }
}
