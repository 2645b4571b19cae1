package io.pgcdc.examples.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** The documents of a YAML file on the class path. */
final class Resources {

    private static final YAMLMapper YAML = new YAMLMapper(new YAMLFactory());

    private Resources() {
    }

    static List<JsonNode> of(String name) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        try (InputStream stream = Resources.class.getClassLoader().getResourceAsStream(name);
             var parser = YAML.getFactory().createParser(stream)) {
            YAML.readValues(parser, JsonNode.class).forEachRemaining(documents::add);
        }
        return documents;
    }

    static JsonNode ofKind(String name, String kind) throws IOException {
        return of(name).stream().filter(document -> document.get("kind").asText().equals(kind)).findFirst().orElseThrow();
    }

    static String text(JsonNode document) throws IOException {
        return YAML.writeValueAsString(document);
    }

    /** A schema as the API server has it, that knows no other members than those that it names. */
    static JsonNode closed(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            if (object.has("properties") && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
                object.put("additionalProperties", false);
            }
            object.forEach(Resources::closed);
        } else if (schema instanceof ArrayNode array) {
            array.forEach(Resources::closed);
        }
        return schema;
    }
}
