package io.pgcdc.routes.bigquery;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.camel.CamelContext;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What tools and the document see of the endpoint's options. */
class BigQueryOptionsTest {

    private static final Path DOCUMENT = Path.of("../docs/bigquery.md");
    private static final Pattern TABLE = Pattern.compile("(?s)(<!-- options -->\n).*?(<!-- /options -->)");

    private static CamelCatalog catalog;
    private static ComponentModel component;

    @BeforeAll
    static void addToCatalog() throws Exception {
        catalog = new DefaultCamelCatalog();
        try (InputStream json = BigQueryOptionsTest.class
                .getResourceAsStream("/META-INF/io/pgcdc/routes/bigquery/pgcdc-bigquery.json")) {
            catalog.addComponent("pgcdc-bigquery", BigQueryComponent.class.getName(),
                    new String(json.readAllBytes(), StandardCharsets.UTF_8));
        }
        component = catalog.componentModel("pgcdc-bigquery");
    }

    /** {@code -Dpgcdc.docs.write=true} writes it anew. */
    @Test
    void the_table_of_options_is_that_of_the_endpoint() throws Exception {
        StringBuilder table = new StringBuilder("| option | default | description |\n|---|---|---|\n");
        for (BaseOptionModel option : component.getEndpointParameterOptions()) {
            if (!option.getName().equals("lazyStartProducer")) {
                table.append("| `").append(option.getName()).append("` | ")
                        .append(option.getDefaultValue() == null ? "" : "`" + option.getDefaultValue() + "`").append(" | ")
                        .append(option.isSecret() ? "(secret) " : "").append(option.getDescription()).append(" |\n");
            }
        }
        String document = Files.readString(DOCUMENT);
        Matcher matcher = TABLE.matcher(document);
        assertThat(matcher.find()).isTrue();
        String expected = document.substring(0, matcher.end(1)) + table + document.substring(matcher.start(2));
        if (Boolean.getBoolean("pgcdc.docs.write")) {
            Files.writeString(DOCUMENT, expected);
        }
        assertThat(Files.readString(DOCUMENT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "pgcdc-bigquery:shop-project:warehouse",
            "pgcdc-bigquery:p:d?serviceAccountKey=file:key.json&maxStaleness=1h&retryTimeout=10m",
            "pgcdc-bigquery:p:d?unboundedNumeric=BIGNUMERIC&textColumns=public.a.b,public.a.c&maxRequestRows=500",
            "pgcdc-bigquery:p:d?bigQuery=#rest&writeClient=#writes" })
    void a_uri_is_valid_for_tools(String uri) {
        EndpointValidationResult result = catalog.validateEndpointProperties(uri, false, false, true);
        assertThat(result.isSuccess()).as(result.summaryErrorMessage(false)).isTrue();
    }

    @Test
    void the_key_is_secret_and_everything_is_described() {
        List<? extends BaseOptionModel> options = component.getEndpointOptions();
        assertThat(options).filteredOn(BaseOptionModel::isSecret).extracting(BaseOptionModel::getName)
                .containsExactly("serviceAccountKey");
        assertThat(options).allSatisfy(option -> assertThat(option.getDescription()).as(option.getName()).isNotBlank());
    }

    @Test
    @SuppressWarnings("unchecked")
    void the_kamelet_offers_options_of_the_endpoint_with_their_defaults() throws Exception {
        String kamelet = "/kamelets/pgcdc-bigquery-sink.kamelet.yaml";
        try (InputStream yaml = BigQueryOptionsTest.class.getResourceAsStream(kamelet)) {
            Map<String, Map<String, Object>> root
                    = (Map<String, Map<String, Object>>) new Load(LoadSettings.builder().build()).loadFromInputStream(yaml);
            Map<String, Object> definition = (Map<String, Object>) root.get("spec").get("definition");
            Map<String, Map<String, Object>> properties = (Map<String, Map<String, Object>>) definition.get("properties");
            Map<String, BaseOptionModel> options = new HashMap<>();
            component.getEndpointOptions().forEach(option -> options.put(option.getName(), option));
            assertThat(properties).allSatisfy((name, property) -> {
                assertThat(options).containsKey(name);
                assertThat(property.get("default")).isEqualTo(options.get(name).getDefaultValue());
                assertThat("password".equals(property.get("format"))).isEqualTo(options.get(name).isSecret());
            });
            assertThat((List<String>) definition.get("required")).containsExactly("project", "dataset");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "pgcdc-bigquery:project", "pgcdc-bigquery:p:d?maxRequestRows=0", "pgcdc-bigquery:p:d?maxRequestBytes=10000000",
            "pgcdc-bigquery:p:d?textColumns=orders.price" })
    void a_wrong_uri_is_refused_when_the_route_is_made(String uri) throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            assertThatThrownBy(() -> context.getEndpoint(uri)).isInstanceOf(ResolveEndpointFailedException.class);
        }
    }
}
