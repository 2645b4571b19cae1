package io.pgcdc.examples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Replays a file of {@link NdjsonFiles} by key and tells how many rows the table has in the end. Lines that are there
 * twice change nothing.
 */
final class Recount {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Set<String> keys = new HashSet<>();

    private Recount() {
    }

    /** 0 if there is no such file. */
    static long liveRows(Path file) throws IOException {
        Recount recount = new Recount();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                recount.apply(MAPPER.readTree(line));
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
        return recount.keys.size();
    }

    private void apply(JsonNode change) {
        JsonNode key = change.path("key");
        String operation = change.path("op").asText();
        switch (operation) {
            case "read", "insert" -> keys.add(key.toString());
            case "update" -> {
                keys.remove(oldKey(key, change.path("before")).toString());
                keys.add(key.toString());
            }
            case "delete" -> keys.remove(key.toString());
            // a copy that starts again voids what was read before
            case "truncate", "copyStart" -> keys.clear();
            default -> throw new IllegalStateException("the file has an operation " + operation);
        }
    }

    /** The key before the change; PostgreSQL sends it only if it is another one. */
    private static JsonNode oldKey(JsonNode key, JsonNode before) {
        if (!before.isObject()) {
            return key;
        }
        ObjectNode old = MAPPER.createObjectNode();
        key.fieldNames().forEachRemaining(column -> old.set(column, before.path(column)));
        return old;
    }
}
