package io.pgcdc.routes.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.pgcdc.routes.Document;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The routes of docs/kafka.md, in each language. */
@PostgresTest
class KafkaDocumentIT {

    private static final Document DOCUMENT = Document.of("kafka.md");

    @BeforeEach
    void createTable(TestDatabase database) {
        database.execute("CREATE TABLE customer (id int PRIMARY KEY, name text)", "INSERT INTO customer VALUES (1, 'Ann')",
                "CREATE PUBLICATION shop FOR TABLE customer");
    }

    @ParameterizedTest
    @ValueSource(strings = { "kamelets", "template" })
    void the_yaml_route_runs(String name, TestDatabase database) throws Exception {
        try (KafkaRoute route = KafkaRoute.of(database, "route.yaml", DOCUMENT.block(name, "yaml"))) {
            assertWrites(route, database);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "kamelets", "template" })
    void the_xml_route_runs(String name, TestDatabase database) throws Exception {
        String root = name.equals("template") ? "templatedRoutes" : "routes";
        String text = "<" + root + " xmlns=\"http://camel.apache.org/schema/xml-io\">" + DOCUMENT.block(name, "xml") + "</"
                      + root + ">";
        try (KafkaRoute route = KafkaRoute.of(database, "route.xml", text)) {
            assertWrites(route, database);
        }
    }

    @Test
    void the_java_route_of_kamelets_runs(TestDatabase database) throws Exception {
        try (KafkaRoute route = KafkaRoute.of(database, new RouteBuilder() {
            @Override
            public void configure() {
                from("kamelet:pgcdc-source?publication=shop&batching=true")
                        .to("kamelet:pgcdc-kafka-sink?brokers={{kafka.brokers}}");
            }
        })) {
            assertWrites(route, database);
        }
    }

    @Test
    void the_java_route_of_the_template_runs(TestDatabase database) throws Exception {
        try (KafkaRoute route = KafkaRoute.of(database, new RouteBuilder() {
            @Override
            public void configure() {
                templatedRoute("pgcdc-to-kafka")
                        .parameter("publication", "shop")
                        .parameter("brokers", "{{kafka.brokers}}");
            }
        })) {
            assertWrites(route, database);
        }
    }

    /** {@link FromKafkaIT} has the others. */
    @ParameterizedTest
    @ValueSource(strings = { "kamelets", "template" })
    void the_java_routes_are_those_that_run_here(String name) throws Exception {
        assertRunsIn("KafkaDocumentIT", name);
    }

    @Test
    void every_route_of_the_document_is_tested() {
        assertThat(List.of(DOCUMENT.blocks("java"), DOCUMENT.blocks("yaml"), DOCUMENT.blocks("xml") - 1))
                .as("java, yaml, and xml without the dependencies").containsOnly(4L);
    }

    private static void assertWrites(KafkaRoute route, TestDatabase database) {
        route.awaitCaughtUp();
        database.execute("DELETE FROM customer");
        route.awaitCaughtUp();

        assertThat(KafkaBroker.shared().records("public.customer")).filteredOn(
                record -> new String(record.headers().lastHeader("pgcdc.database").value(), StandardCharsets.UTF_8)
                        .equals(database.name()))
                .extracting(record -> record.key() + " " + record.value())
                .containsExactly("{\"id\":1} {\"id\":1,\"name\":\"Ann\"}", "{\"id\":1} null");
    }

    static void assertRunsIn(String test, String name) throws IOException {
        Path source = Path.of("src/test/java/io/pgcdc/routes/kafka", test + ".java");
        Path here = Files.exists(source) ? source : Path.of("routes").resolve(source);

        assertThat(withoutSpace(Files.readString(here))).contains(withoutSpace(DOCUMENT.block(name, "java")));
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }
}
