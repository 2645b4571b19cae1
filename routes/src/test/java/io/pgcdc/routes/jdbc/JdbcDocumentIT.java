package io.pgcdc.routes.jdbc;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The page's options are those of the component, and its routes run. */
@PostgresTest
class JdbcDocumentIT {

    private static final String JSON = "/META-INF/io/pgcdc/routes/jdbc/pgcdc-jdbc.json";

    /** The route that the page shows in Java. */
    private static final class Shown extends RouteBuilder {
        @Override
        public void configure() {
            from("pgcdc:orders?batching=true")
                    .to("pgcdc-jdbc:orders?url={{sink.url}}");
        }
    }

    /** The Kamelet that the page shows in Java. */
    private static final class ShownKamelet extends RouteBuilder {
        @Override
        public void configure() {
            from("pgcdc:orders?batching=true")
                    .to("kamelet:pgcdc-jdbc-sink?name=orders&url={{sink.url}}");
        }
    }

    @Test
    void the_table_of_options_is_that_of_the_component() throws Exception {
        try (InputStream json = getClass().getResourceAsStream(JSON)) {
            JsonObject component = (JsonObject) Jsoner.deserialize(new String(json.readAllBytes(), StandardCharsets.UTF_8));
            Map<String, JsonObject> options = component.getMap("properties");
            JdbcDocument.assertSection("options",
                    options.entrySet().stream().map(option -> row(option.getKey(), option.getValue()))
                            .collect(Collectors.joining("", "| option | default | description |\n|---|---|---|\n", "")));
        }
    }

    @Test
    void the_kamelet_has_the_defaults_of_the_component() throws Exception {
        JsonObject options;
        try (InputStream json = getClass().getResourceAsStream(JSON)) {
            options = ((JsonObject) Jsoner.deserialize(new String(json.readAllBytes(), StandardCharsets.UTF_8)))
                    .getMap("properties");
        }
        try (InputStream yaml = getClass().getResourceAsStream("/kamelets/pgcdc-jdbc-sink.kamelet.yaml")) {
            String kamelet = new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(Pattern.compile("\n              (\\w+): \"\\{\\{").matcher(kamelet).results().map(m -> m.group(1)))
                    .isNotEmpty()
                    .allSatisfy(name -> {
                        Object value = ((JsonObject) options.get(name)).get("defaultValue");
                        assertThat(kamelet).containsPattern("\n      " + name + ":\n(        .*\n(          .*\n)*)*?"
                                                            + (value == null
                                                                    ? "        type: string\n"
                                                                    : "        default: \"?" + Pattern.quote(value.toString())
                                                                      + "\"?\n"));
                    });
        }
    }

    private static String row(String name, JsonObject option) {
        Object value = option.get("defaultValue");
        return "| `" + name + "` | "
               + (value != null ? "`" + value + '`' : Boolean.TRUE.equals(option.get("required")) ? "required" : "")
               + " | " + (Boolean.TRUE.equals(option.get("secret")) ? "(secret) " : "") + option.getString("description")
               + " |\n";
    }

    @Test
    void the_route_in_java_is_one_that_runs_here() throws Exception {
        String code = Files.readString(fromRoot("routes/src/test/java/io/pgcdc/routes/jdbc/JdbcDocumentIT.java"));
        assertThat(JdbcDocument.blocks("java")).isNotEmpty().allSatisfy(block -> {
            assertThat(code).containsIgnoringWhitespaces(block);
            if (!block.contains("kamelet:")) {
                assertThat(Files.readString(fromRoot("README.md"))).containsIgnoringWhitespaces(block);
            }
        });
    }

    private static Path fromRoot(String file) {
        Path inRoot = Path.of(file);
        return Files.exists(Path.of("docs")) ? inRoot : Path.of("..").resolve(inRoot);
    }

    @ParameterizedTest
    @CsvSource({
            "java, 0, orders", "yaml, 0, orders", "xml, 0, orders", "yaml, 1, orders_log",
            "java, 1, orders", "yaml, 2, orders", "xml, 1, orders" })
    void every_route_of_the_page_runs(String language, int number, String table, TestDatabase source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY, item text)", "INSERT INTO orders VALUES (1, 'tea')",
                "CREATE PUBLICATION orders FOR TABLE orders");
        try (SinkDatabase sink = SinkDatabase.create(SinkDatabase.Kind.DUCKDB);
             CamelContext context = new DefaultCamelContext()) {
            PgCdcComponent component = new PgCdcComponent();
            component.getConfiguration().setUrl(source.url());
            component.getConfiguration().setUsername(source.username());
            component.getConfiguration().setPassword(source.password());
            context.addComponent("pgcdc", component);
            context.getPropertiesComponent().addInitialProperty("sink.url", sink.url());
            if (language.equals("java")) {
                context.addRoutes(number == 0 ? new Shown() : new ShownKamelet());
            } else {
                PluginHelper.getRoutesLoader(context).loadRoutes(
                        ResourceHelper.fromString("route." + language, JdbcDocument.blocks(language).stream()
                                .filter(block -> block.contains("pgcdc:orders")).toList().get(number)));
            }
            context.start();
            source.awaitCaughtUp("orders");
            assertThat(sink.text("SELECT count(*) FROM public." + table + " WHERE item = 'tea'")).isEqualTo("1");
        }
    }
}
