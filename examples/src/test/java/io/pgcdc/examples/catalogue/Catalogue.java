package io.pgcdc.examples.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.routes.bigquery.BigQueryComponent;
import io.pgcdc.routes.jdbc.PgCdcJdbcComponent;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.tooling.model.ComponentModel;

/** Camel's catalogue, and in it this project's components, Kamelets and templates. */
final class Catalogue {

    /** What a page leaves to the reader, where it is more than the value of an option. */
    private static final Map<String, String> PLACEHOLDERS
            = Map.of("{{http.url}}", "http://localhost:8080/changes", "{{sink}}", "pgcdc-jdbc:orders");

    private final CamelCatalog components = new DefaultCamelCatalog();
    private final Map<String, KameletOptions> kamelets = new HashMap<>();

    Catalogue() {
        add("pgcdc", PgCdcComponent.class);
        add("pgcdc-jdbc", PgCdcJdbcComponent.class);
        add("pgcdc-bigquery", BigQueryComponent.class);
        for (Path file : ShownRoutes.kamelets()) {
            JsonNode kamelet = YamlRoutes.documents(ShownRoutes.read(file)).get(0);
            kamelets.put(kamelet.at("/metadata/name").asText(), KameletOptions.ofKamelet(kamelet));
        }
        for (Path file : ShownRoutes.templates()) {
            JsonNode template = YamlRoutes.documents(ShownRoutes.read(file)).get(0).at("/0/routeTemplate");
            kamelets.put(template.get("id").asText(), KameletOptions.ofTemplate(template));
        }
    }

    /** What is wrong with an endpoint: an option that is not known, a value that is none, one that is missing. */
    List<String> problems(Endpoint endpoint) {
        String uri = PLACEHOLDERS.entrySet().stream().reduce(endpoint.uri(),
                (text, placeholder) -> text.replace(placeholder.getKey(), placeholder.getValue()), (a, b) -> b);
        if (uri.startsWith("kamelet:")) {
            return kameletProblems(uri);
        }
        boolean consumer = endpoint.role() == Endpoint.Role.CONSUMER;
        boolean producer = endpoint.role() == Endpoint.Role.PRODUCER;
        List<String> problems = new ArrayList<>();
        EndpointValidationResult result = components.validateEndpointProperties(uri, true, consumer, producer);
        if (!result.isSuccess()) {
            problems.add(result.summaryErrorMessage(false));
        }
        ComponentModel component = components.componentModel(uri.substring(0, uri.indexOf(':')));
        if (component != null && (consumer && component.isProducerOnly() || producer && component.isConsumerOnly())) {
            problems.add("can't be a " + endpoint.role());
        }
        if (producer && uri.startsWith("pgcdc:") && !uri.contains("operation=")) {
            problems.add("missing option operation");
        }
        return problems;
    }

    private List<String> kameletProblems(String uri) {
        String[] parts = uri.substring("kamelet:".length()).split("\\?", 2);
        KameletOptions options = kamelets.get(parts[0]);
        if (parts[0].equals("source") || parts[0].equals("sink")) {
            return List.of(); // of a Kamelet itself: whatever stands beside it
        }
        if (options == null) {
            return List.of("unknown Kamelet " + parts[0]);
        }
        Map<String, String> given = new HashMap<>();
        for (String option : parts.length == 1 ? new String[0] : parts[1].split("&")) {
            String[] pair = option.split("=", 2);
            given.put(pair[0], pair[1]);
        }
        return options.problems(given);
    }

    private void add(String scheme, Class<?> component) {
        String json = "/META-INF/" + component.getPackageName().replace('.', '/') + "/" + scheme + ".json";
        try (InputStream stream = component.getResourceAsStream(json)) {
            components.addComponent(scheme, component.getName(), new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
