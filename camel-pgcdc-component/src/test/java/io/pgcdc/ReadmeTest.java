package io.pgcdc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README's tables are those of the component, and its endpoint URIs are valid. After an option has changed,
 * {@code -Dpgcdc.readme.write=true} writes the tables anew.
 */
class ReadmeTest {

    private static final String JSON = "/META-INF/io/pgcdc/camel/pgcdc.json";
    private static final Pattern URI = Pattern.compile("pgcdc:[a-z][A-Za-z0-9_]*(\\?[^\\s\"'`)]*)?");

    private static JsonObject component;
    private static CamelCatalog catalog;

    @BeforeAll
    static void readComponent() throws Exception {
        try (InputStream json = ReadmeTest.class.getResourceAsStream(JSON)) {
            String text = new String(json.readAllBytes(), StandardCharsets.UTF_8);
            component = (JsonObject) Jsoner.deserialize(text);
            catalog = new DefaultCamelCatalog();
            catalog.addComponent("pgcdc", "io.pgcdc.camel.PgCdcComponent", text);
        }
    }

    @Test
    void the_table_of_options_is_that_of_the_component() throws IOException {
        assertSection("options", table("| option | default | description |", component.getMap("properties"), true));
    }

    @Test
    void the_table_of_headers_is_that_of_the_component() throws IOException {
        assertSection("headers", table("| header | type | description |", component.getMap("headers"), false));
    }

    @Test
    void every_endpoint_uri_is_valid() throws IOException {
        List<String> uris = URI.matcher(Files.readString(readme())).results()
                .map(match -> match.group().replace("&amp;", "&")).distinct().toList();

        assertThat(uris).isNotEmpty().allSatisfy(uri -> {
            EndpointValidationResult result = catalog.validateEndpointProperties(uri, false, true, false);
            assertThat(result.isSuccess()).as(uri + ": " + result.summaryErrorMessage(false)).isTrue();
        });
    }

    private static String table(String head, Map<String, JsonObject> rows, boolean options) {
        return rows.entrySet().stream()
                .map(row -> "| `" + row.getKey() + "` | " + (options ? value(row.getValue()) : type(row.getValue()))
                            + " | " + (Boolean.TRUE.equals(row.getValue().getBoolean("secret")) ? "(secret) " : "")
                            + row.getValue().getString("description").replace("|", "\\|") + " |")
                .collect(Collectors.joining("\n", head + "\n|---|---|---|\n", "\n"));
    }

    private static String value(JsonObject option) {
        Object value = option.get("defaultValue");
        if (value != null) {
            return "`" + value + '`';
        }
        return Boolean.TRUE.equals(option.getBoolean("required")) ? "required" : "";
    }

    private static String type(JsonObject header) {
        String type = header.getString("javaType");
        return "`" + type.substring(type.lastIndexOf('.') + 1) + '`';
    }

    private static void assertSection(String name, String expected) throws IOException {
        String open = "<!-- " + name + " -->\n";
        String text = Files.readString(readme());
        int from = text.indexOf(open) + open.length();
        int to = text.indexOf("<!-- /" + name + " -->");
        assertThat(text).contains(open);
        assertThat(to).as("the end of the section " + name).isGreaterThanOrEqualTo(from);
        if (Boolean.getBoolean("pgcdc.readme.write")) {
            Files.writeString(readme(), text.substring(0, from) + expected + text.substring(to));
            return;
        }
        assertThat(text.substring(from, to))
                .as("README.md between the markers '" + name + "'; -Dpgcdc.readme.write=true writes it")
                .isEqualTo(expected);
    }

    /** Maven runs tests in the module's directory, some editors in the root. */
    private static Path readme() {
        Path inRoot = Path.of("..", "README.md");
        return Files.exists(inRoot) && Files.exists(Path.of("..", "camel-pgcdc-component")) ? inRoot : Path.of("README.md");
    }
}
