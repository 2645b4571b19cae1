package io.pgcdc.examples.catalogue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a Kamelet or a route template takes, which Camel's catalogue can't be told.
 *
 * @param words the values that an option takes, or nothing if it takes any
 */
record KameletOptions(Map<String, Set<String>> words, Set<String> required) {

    static KameletOptions ofKamelet(JsonNode kamelet) {
        JsonNode definition = kamelet.at("/spec/definition");
        Map<String, Set<String>> words = new HashMap<>();
        definition.path("properties").fields()
                .forEachRemaining(option -> words.put(option.getKey(), texts(option.getValue().path("enum"))));
        return new KameletOptions(words, texts(definition.path("required")));
    }

    static KameletOptions ofTemplate(JsonNode template) {
        Map<String, Set<String>> words = new HashMap<>();
        Set<String> required = new HashSet<>();
        for (JsonNode parameter : template.path("parameters")) {
            words.put(parameter.get("name").asText(), Set.of());
            if (parameter.path("required").asBoolean(true) && !parameter.has("defaultValue")) {
                required.add(parameter.get("name").asText());
            }
        }
        return new KameletOptions(words, required);
    }

    List<String> problems(Map<String, String> given) {
        List<String> problems = new ArrayList<>();
        given.forEach((option, value) -> {
            if (!words.containsKey(option)) {
                problems.add("unknown option " + option);
            } else if (!words.get(option).isEmpty() && !words.get(option).contains(value) && !value.startsWith("{{")) {
                problems.add("option " + option + " takes one of " + words.get(option));
            }
        });
        required.stream().filter(option -> !given.containsKey(option))
                .forEach(option -> problems.add("missing option " + option));
        return problems;
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new HashSet<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
