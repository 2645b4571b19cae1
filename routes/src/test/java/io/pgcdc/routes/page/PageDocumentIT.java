package io.pgcdc.routes.page;

import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Properties;

import io.pgcdc.routes.Document;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The properties that docs/operations.md shows are enough. */
@PostgresTest
class PageDocumentIT {

    @Test
    void the_properties_of_the_document_serve_the_page(TestDatabase source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE PUBLICATION orders FOR TABLE orders");
        Properties properties = new Properties();
        properties.load(new StringReader(Document.of("operations.md").block("page", "properties")));
        int port = PageServer.freePort();
        assertThat(properties).containsEntry("camel.server.port", "8080");
        properties.setProperty("camel.server.port", String.valueOf(port));
        properties.setProperty("camel.component.pgcdc.url", source.url());
        properties.setProperty("camel.component.pgcdc.username", source.username());
        if (source.password() != null) {
            properties.setProperty("camel.component.pgcdc.password", source.password());
        }
        Main main = new Main();
        main.setOverrideProperties(properties);
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:orders").to("log:orders");
            }
        });
        main.start();
        try {
            source.awaitCaughtUp("orders");
            assertThat(get(port, "/pgcdc")).startsWith("<!DOCTYPE html>");
            assertThat(get(port, "/pgcdc/status")).contains("\"pipeline\":\"orders\"", "\"control\":false");
        } finally {
            main.stop();
        }
    }

    private static String get(int port, String path) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }
}
