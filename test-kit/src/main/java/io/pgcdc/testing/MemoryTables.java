package io.pgcdc.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows by table and key, as changes leave them. It takes changes that it has had before, as an idempotent sink must.
 *
 * <p>
 * <i>Thread-safety:</i> none.
 */
final class MemoryTables {

    private final Map<String, Map<Object, Map<String, Object>>> tables = new LinkedHashMap<>();

    void apply(Change change) {
        if (change.table() == null) {
            return;
        }
        Map<Object, Map<String, Object>> rows = tables.computeIfAbsent(change.table(), name -> new LinkedHashMap<>());
        switch (change.operation()) {
            case "read", "insert" -> rows.put(key(change), change.row());
            case "update" -> {
                Object oldKey = oldKey(change);
                Map<String, Object> old = rows.get(oldKey);
                if (!oldKey.equals(key(change))) {
                    rows.remove(oldKey);
                }
                rows.put(key(change), merged(change, old));
            }
            case "delete" -> rows.remove(key(change));
            case "truncate" -> rows.clear();
            default -> {
                // no row of it changes
            }
        }
    }

    Map<Object, Map<String, Object>> rows(String table) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(tables.getOrDefault(table, Map.of())));
    }

    private static Object key(Change change) {
        return change.key().isEmpty() ? change.eventId() : compact(change.key().values());
    }

    private static Object oldKey(Change change) {
        if (change.key().isEmpty() || !change.before().keySet().containsAll(change.key().keySet())) {
            return key(change);
        }
        return compact(change.key().keySet().stream().map(change.before()::get).toList());
    }

    private static Object compact(java.util.Collection<Object> values) {
        return values.size() == 1 ? values.iterator().next() : Collections.unmodifiableList(new ArrayList<>(values));
    }

    /** The row with the values that were not sent, since they did not change, taken from the old one. */
    private static Map<String, Object> merged(Change change, Map<String, Object> old) {
        if (old == null || change.unchanged().isEmpty()) {
            return change.row();
        }
        Map<String, Object> row = new LinkedHashMap<>();
        old.forEach((column, value) -> {
            if (change.row().containsKey(column)) {
                row.put(column, change.row().get(column));
            } else if (change.unchanged().contains(column)) {
                row.put(column, value);
            }
        });
        List<String> added = change.row().keySet().stream().filter(column -> !row.containsKey(column)).toList();
        added.forEach(column -> row.put(column, change.row().get(column)));
        return Collections.unmodifiableMap(row);
    }
}
