package io.pgcdc.camel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.SchemaChange;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;

/**
 * The rows of one table as exchanges leave them: by key, or where rows have none, as a bag in which a row that goes is
 * found by all of its values. Changes of rows that are not there are in order for a while: where a copy was broken off,
 * or a truncate made a table empty before it was read.
 */
final class MirroredTable {

    private static final int SHOWN_TEXT = 40;
    private static final int REMEMBERED = 12;

    private final TableId name;
    private final Map<Object, Map<String, Object>> byKey = new HashMap<>();
    private final List<Map<String, Object>> bag = new ArrayList<>();
    private final ArrayDeque<String> last = new ArrayDeque<>();
    private List<String> columns;

    MirroredTable(TableId name) {
        this.name = name;
    }

    int size() {
        return byKey.size() + bag.size();
    }

    void apply(ChangeEvent event, List<String> violations) {
        List<String> names = names(event.tableSchema());
        if (event.operation().isRow() && columns != null && !columns.equals(names)) {
            violations
                    .add(event + ": the columns told before are others: " + columns + " and " + names + ", last told " + last);
        }
        remember(event);
        columns = names;
        if (event.tableSchema().hasUniqueKey()) {
            applyByKey(event);
        } else {
            applyToBag(event);
        }
    }

    private void applyByKey(ChangeEvent event) {
        switch (event.operation()) {
            case READ, INSERT -> byKey.put(key(event.tableSchema(), event), event);
            case UPDATE -> {
                Object key = key(event.tableSchema(), event);
                Map<String, Object> old = event.before() == null
                        ? byKey.get(key)
                        : byKey.remove(key(event.tableSchema(), event.before()));
                byKey.put(key, merged(old == null ? byKey.get(key) : old, event));
            }
            case DELETE -> byKey.remove(key(event.tableSchema(), event));
            default -> clear();
        }
    }

    private void applyToBag(ChangeEvent event) {
        Map<String, Object> gone = switch (event.operation()) {
            case UPDATE -> event.before();
            case DELETE -> event;
            default -> null;
        };
        bag.remove(gone);
        switch (event.operation()) {
            case READ, INSERT, UPDATE -> bag.add(event);
            case DELETE -> {
            }
            default -> clear();
        }
    }

    private void clear() {
        byKey.clear();
        bag.clear();
    }

    private void remember(ChangeEvent event) {
        last.add(event.toString());
        if (last.size() > REMEMBERED) {
            last.remove();
        }
    }

    /** Gives the rows the columns that the table has from now on. */
    void reshape(SchemaChangeEvent event, UnaryOperator<String> defaults) {
        remember(event);
        SchemaChange change = event.change();
        Map<String, String> renamed = new HashMap<>();
        change.renamed().forEach(column -> renamed.put(column.after().name(), column.before().name()));
        Map<String, String> added = new HashMap<>();
        for (Column column : change.added()) {
            String expression = column.defaultExpression();
            added.put(column.name(), expression == null ? null : defaults.apply(expression));
        }
        UnaryOperator<Map<String, Object>> reshaped = row -> {
            Map<String, Object> next = new LinkedHashMap<>();
            for (String column : names(change.after())) {
                next.put(column, added.containsKey(column) ? added.get(column) : row.get(renamed.getOrDefault(column, column)));
            }
            return next;
        };
        byKey.replaceAll((key, row) -> reshaped.apply(row));
        bag.replaceAll(reshaped);
        columns = names(change.after());
    }

    /** In what it differs from another one, without regard to the order of columns. */
    List<String> differences(MirroredTable other) {
        List<String> differences = new ArrayList<>();
        byKey.forEach((key, row) -> {
            Map<String, Object> expected = other.byKey.get(key);
            if (!row.equals(expected)) {
                differences.add(name + " " + shown(key) + ": " + difference(row, expected));
            }
        });
        other.byKey.forEach((key, row) -> {
            if (!byKey.containsKey(key)) {
                differences.add(name + " " + shown(key) + ": is missing");
            }
        });
        Map<Map<String, Object>, Integer> rows = counted(bag);
        counted(other.bag).forEach((row, count) -> rows.merge(row, -count, Integer::sum));
        rows.forEach((row, count) -> {
            if (count != 0) {
                differences.add(name + ": a row is there " + Math.abs(count) + " times too " + (count > 0 ? "often" : "seldom")
                                + "; the nearest: " + difference(row, nearest(count > 0 ? other.bag : bag, row)));
            }
        });
        return differences;
    }

    /** The row of the bag that has the most values of a row; {@code null} if the bag is empty. */
    private static Map<String, Object> nearest(List<Map<String, Object>> bag, Map<String, Object> row) {
        return bag.stream()
                .max(Comparator.comparing(other -> row.entrySet().stream().filter(other.entrySet()::contains).count()))
                .orElse(null);
    }

    private static String difference(Map<String, Object> row, Map<String, Object> expected) {
        if (row == null || expected == null) {
            return row == null ? "is missing" : "is too many";
        }
        if (!row.keySet().equals(expected.keySet())) {
            return "columns " + row.keySet() + " instead of " + expected.keySet();
        }
        List<String> columns = new ArrayList<>();
        row.forEach((column, value) -> {
            if (!Objects.equals(value, expected.get(column))) {
                columns.add(column + " is " + shown(value) + " instead of " + shown(expected.get(column)));
            }
        });
        return String.join(", ", columns);
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.substring(0, Math.min(SHOWN_TEXT, text.length()));
    }

    private static Map<Map<String, Object>, Integer> counted(List<Map<String, Object>> rows) {
        Map<Map<String, Object>, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(row, 1, Integer::sum));
        return counts;
    }

    /** A large value that did not change is not in the event, which else is the map of its row. */
    private static Map<String, Object> merged(Map<String, Object> old, ChangeEvent event) {
        if (event.unchanged().isEmpty() || old == null) {
            return event;
        }
        Map<String, Object> row = new LinkedHashMap<>(old);
        row.putAll(event);
        return row;
    }

    private static Object key(TableSchema schema, Map<String, Object> row) {
        List<Object> key = new ArrayList<>();
        for (int i = 0; i < schema.keySize(); i++) {
            key.add(row.get(schema.columns().get(schema.keyPosition(i)).name()));
        }
        return key;
    }

    private static List<String> names(TableSchema schema) {
        return schema.columns().stream().map(Column::name).toList();
    }
}
