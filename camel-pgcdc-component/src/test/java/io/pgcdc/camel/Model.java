package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.Position;
import io.pgcdc.model.TableId;
import org.apache.camel.Exchange;

/**
 * Keeps current-state tables in memory from what exchanges bring, and watches the order: the changes of a table never
 * go back in position, and no row of its copy comes after its first change, but where a replay was announced.
 */
final class Model {

    private final Map<TableId, Map<Object, Map<String, Object>>> tables = new HashMap<>();
    private final Map<TableId, Position> last = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<Operation, Long> counts = new HashMap<>();

    void apply(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof List<?> batch) {
            batch.forEach(event -> apply((ChangeEvent) event));
        } else {
            apply((ChangeEvent) body);
        }
    }

    synchronized void apply(ChangeEvent event) {
        counts.merge(event.operation(), 1L, Long::sum);
        Map<Object, Map<String, Object>> rows = tables.computeIfAbsent(event.table(), t -> new TreeMap<>());
        switch (event.operation()) {
            case READ, INSERT -> rows.put(event.get("id"), new LinkedHashMap<>(event));
            case UPDATE -> {
                if (event.before() != null && event.before().get("id") != null) {
                    rows.remove(event.before().get("id"));
                }
                rows.put(event.get("id"), new LinkedHashMap<>(event));
            }
            case DELETE -> rows.remove(event.get("id"));
            case TRUNCATE -> rows.clear();
            case MESSAGE, SCHEMA, BEGIN, COMMIT, COPY_START, COPY_END -> {
                return;
            }
        }
        Position before = last.get(event.table());
        if (event.operation() == Operation.READ) {
            if (before != null && before.compareTo(event.position()) >= 0) {
                violations.add(event.table() + ": a row of the copy after the change " + before);
            }
        } else {
            if (before != null && before.compareTo(event.position()) >= 0) {
                violations.add(event.table() + ": " + event.position() + " after " + before);
            }
            last.put(event.table(), event.position());
        }
    }

    /** After a restart what was not acknowledged comes again. */
    synchronized void expectReplay() {
        last.clear();
    }

    /** As if the destination had lost rows. */
    synchronized void lose(String table, LongPredicate ids) {
        tables.get(new TableId("public", table)).keySet().removeIf(id -> ids.test(((Number) id).longValue()));
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized long count(Operation operation) {
        return counts.getOrDefault(operation, 0L);
    }

    /** The names of the tables of which anything came. */
    synchronized List<String> tables() {
        return tables.keySet().stream().map(TableId::name).toList();
    }

    synchronized List<String> rows(String table) {
        List<String> text = new ArrayList<>();
        tables.getOrDefault(new TableId("public", table), Map.of()).values().forEach(row -> text.add(row.toString()));
        return text;
    }
}
