package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.TableId;
import org.apache.camel.Exchange;

/** Any tables as exchanges leave them. What comes again is known by its event id, and left out. */
final class MirroredTables {

    private final Map<TableId, MirroredTable> tables = new HashMap<>();
    private final Map<Operation, Long> counts = new TreeMap<>();
    private final Set<String> seen = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private final UnaryOperator<String> defaults;

    /** @param defaults what a column's default, an SQL expression, gives as text */
    MirroredTables(UnaryOperator<String> defaults) {
        this.defaults = defaults;
    }

    void apply(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof List<?> batch) {
            batch.forEach(event -> apply((ChangeEvent) event));
        } else {
            apply((ChangeEvent) body);
        }
    }

    private synchronized void apply(ChangeEvent event) {
        if (!seen.add(event.tableSchema().relationOid() + "/" + event.eventId())) {
            return;
        }
        counts.merge(event.operation(), 1L, Long::sum);
        if (event instanceof SchemaChangeEvent schema) {
            if (schema.change().tableRenamed() && tables.containsKey(schema.change().before().table())) {
                tables.put(event.table(), tables.remove(schema.change().before().table()));
            }
            table(event.table()).reshape(schema, defaults);
        } else {
            table(event.table()).apply(event, violations);
        }
    }

    private MirroredTable table(TableId name) {
        return tables.computeIfAbsent(name, MirroredTable::new);
    }

    /** What has come, by operation. */
    synchronized Map<Operation, Long> counts() {
        return new TreeMap<>(counts);
    }

    /** What no destination should have to bear. */
    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized int rows(TableId table) {
        return tables.containsKey(table) ? tables.get(table).size() : 0;
    }

    /** In what the rows of these tables differ from those of another mirror. */
    synchronized List<String> differences(Iterable<TableId> names, MirroredTables others) {
        List<String> differences = new ArrayList<>();
        for (TableId name : names) {
            differences.addAll(table(name).differences(others.table(name)));
        }
        return Collections.unmodifiableList(differences);
    }

    /** The tables that have rows. */
    synchronized TreeSet<TableId> filled() {
        TreeSet<TableId> filled = new TreeSet<>(tables.keySet());
        filled.removeIf(table -> rows(table) == 0);
        return filled;
    }
}
