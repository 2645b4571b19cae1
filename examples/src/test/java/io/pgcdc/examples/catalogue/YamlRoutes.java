package io.pgcdc.examples.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;

/** Routes in Camel's YAML, by the schema that comes with its language. */
final class YamlRoutes {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonNode SCHEMA = schema();
    private static final JsonSchema VALIDATOR = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(SCHEMA);

    private YamlRoutes() {
    }

    static List<JsonNode> documents(String text) {
        try (var parser = YAML.getFactory().createParser(text)) {
            List<JsonNode> documents = new ArrayList<>();
            YAML.readValues(parser, JsonNode.class).forEachRemaining(documents::add);
            return documents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A Kamelet's template as the route template that Camel makes of it. */
    static String ofKamelet(String text) {
        JsonNode kamelet = documents(text).get(0);
        ArrayNode routes = YAML.createArrayNode();
        ObjectNode template = routes.addObject().putObject("routeTemplate");
        template.set("id", kamelet.at("/metadata/name"));
        template.setAll((ObjectNode) kamelet.at("/spec/template"));
        return routes.toString();
    }

    static List<String> problems(String text) {
        return VALIDATOR.validate(routes(text)).stream().map(ValidationMessage::getMessage).toList();
    }

    static List<Endpoint> endpoints(String text) {
        List<Endpoint> endpoints = new ArrayList<>();
        collect("", routes(text), endpoints);
        return endpoints;
    }

    /** A page may show a step alone, which stands in a route then. */
    private static JsonNode routes(String text) {
        JsonNode routes = documents(text).get(0);
        String first = routes.get(0).fieldNames().next();
        if (SCHEMA.at("/items/properties").has(first)) {
            return routes;
        }
        ArrayNode whole = YAML.createArrayNode();
        ObjectNode from = whole.addObject().putObject("from");
        from.put("uri", "direct:start").set("steps", routes);
        return whole;
    }

    private static void collect(String name, JsonNode node, List<Endpoint> endpoints) {
        if (node.isArray()) {
            node.forEach(element -> collect(name, element, endpoints));
        } else if (node.has("uri")) {
            endpoints.add(Endpoint.of(name, uri(node.get("uri").asText(), node.path("parameters"))));
        } else if (node.has("routeTemplateRef")) {
            String parameters = StreamSupport.stream(node.path("parameters").spliterator(), false)
                    .map(parameter -> parameter.get("name").asText() + "=" + parameter.get("value").asText())
                    .collect(Collectors.joining("&"));
            endpoints.add(Endpoint.producer(Endpoint.ofTemplate(node.get("routeTemplateRef").asText(), parameters)));
        } else if (node.isTextual() && List.of("to", "toD", "wireTap").contains(name)) {
            endpoints.add(Endpoint.producer(node.asText()));
        }
        node.fields().forEachRemaining(member -> collect(member.getKey(), member.getValue(), endpoints));
    }

    private static String uri(String uri, JsonNode parameters) {
        StringBuilder whole = new StringBuilder(uri);
        parameters.fields().forEachRemaining(
                parameter -> whole.append(whole.indexOf("?") < 0 ? '?' : '&')
                        .append(parameter.getKey()).append('=').append(parameter.getValue().asText()));
        return whole.toString();
    }

    private static JsonNode schema() {
        try (InputStream schema = YamlRoutes.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return new ObjectMapper().readTree(schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
