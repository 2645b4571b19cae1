package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.SchemaChange;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.TableId;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** Keeps tables by what exchanges tell and nothing else: columns are added, dropped and renamed as they say. */
final class FollowingSink {

    private final Map<TableId, Map<Object, Map<String, Object>>> tables = new HashMap<>();
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    synchronized void apply(Exchange exchange) {
        ChangeEvent event = exchange.getIn().getBody(ChangeEvent.class);
        if (event instanceof SchemaChangeEvent redefinition) {
            told.add(redefinition.change().toString());
            redefine(redefinition.change());
        } else if (event.table() != null) {
            told.add(event.operation().text() + " " + event.table() + " by " + event.key().keySet());
            change(event);
        }
    }

    private void redefine(SchemaChange change) {
        Map<Object, Map<String, Object>> rows = tables.remove(change.before().table());
        if (rows == null) {
            return;
        }
        Set<String> dropped = change.dropped().stream().map(Column::name).collect(Collectors.toSet());
        Map<String, String> renamed = change.renamed().stream()
                .collect(Collectors.toMap(each -> each.before().name(), each -> each.after().name()));
        rows.replaceAll((key, row) -> {
            Map<String, Object> now = new TreeMap<>();
            row.forEach((name, value) -> {
                if (!dropped.contains(name)) {
                    now.put(renamed.getOrDefault(name, name), value);
                }
            });
            change.added().forEach(column -> now.put(column.name(), null));
            return now;
        });
        tables.put(change.after().table(), rows);
    }

    private void change(ChangeEvent event) {
        Map<Object, Map<String, Object>> rows = tables.computeIfAbsent(event.table(), table -> new LinkedHashMap<>());
        switch (event.operation()) {
            case READ, INSERT -> rows.put(event.get("id"), new TreeMap<>(event));
            case UPDATE -> {
                if (event.before() != null && event.before().get("id") != null) {
                    rows.remove(event.before().get("id"));
                }
                rows.put(event.get("id"), new TreeMap<>(event));
            }
            case DELETE -> rows.remove(event.get("id"));
            case TRUNCATE -> rows.clear();
            default -> {
            }
        }
    }

    /** What it was told, a line each, without the values. */
    List<String> told() {
        synchronized (told) {
            return List.copyOf(told);
        }
    }

    private List<String> lastTold() {
        List<String> lines = told();
        return lines.subList(Math.max(0, lines.size() - 20), lines.size());
    }

    synchronized List<String> rows(TableId table) {
        return sorted(tables.getOrDefault(table, Map.of()).values());
    }

    static List<String> rowsOf(TestDatabase database, TableId table) {
        return sorted(database.rows("SELECT * FROM " + table.schema() + "." + table.name()).stream()
                .map(row -> (Map<String, Object>) new TreeMap<>(row))
                .toList());
    }

    private static List<String> sorted(Iterable<Map<String, Object>> rows) {
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(row.toString()));
        Collections.sort(lines);
        return lines;
    }

    /** Waits until these tables are equal to those of the source. */
    void awaitEqual(TestDatabase database, String... names) {
        for (String name : names) {
            int dot = name.indexOf('.');
            TableId table = new TableId(dot < 0 ? "public" : name.substring(0, dot), name.substring(dot + 1));
            Awaitility.await().untilAsserted(
                    () -> assertThat(rows(table)).as(() -> name + ", last told " + lastTold())
                            .isEqualTo(rowsOf(database, table)));
        }
    }
}
