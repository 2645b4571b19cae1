package io.pgcdc.routes.bigquery.fake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables and views of the one dataset. */
final class FakeTables {

    private static final Pattern SELECT = Pattern.compile("SELECT (.*) FROM `([^`]+)`");
    private static final Pattern COLUMN = Pattern.compile("`([^`]+)`(?: AS `([^`]+)`)?");

    private final String prefix;
    private final Map<String, FakeTable> tables = new ConcurrentSkipListMap<>();

    FakeTables(String project, String dataset) {
        this.prefix = project + "." + dataset + ".";
    }

    String nameOf(String qualified) {
        if (!qualified.startsWith(prefix)) {
            throw Refusal.notFound("Dataset of " + qualified);
        }
        return qualified.substring(prefix.length());
    }

    FakeTable find(String name) {
        return tables.get(name);
    }

    FakeTable get(String name) {
        FakeTable found = tables.get(name);
        if (found == null) {
            throw Refusal.notFound("Table " + prefix + name);
        }
        return found;
    }

    void put(FakeTable table) {
        tables.put(table.name(), table);
    }

    void drop(String name) {
        tables.remove(name);
    }

    void dropView(String name) {
        if (tables.containsKey(name) && !get(name).isView()) {
            throw Refusal.invalid(name + " is not a view");
        }
        drop(name);
    }

    Collection<FakeTable> all() {
        return tables.values();
    }

    void requireSelectable(FakeTable view) {
        rows(view);
    }

    /** The rows of a table, or of a view that selects columns of a table. */
    List<Map<String, Object>> rows(FakeTable table) {
        if (!table.isView()) {
            return new ArrayList<>(table.rows());
        }
        Matcher select = SELECT.matcher(table.query());
        if (!select.matches()) {
            throw Refusal.invalid("Syntax error: " + table.query());
        }
        FakeTable from = get(nameOf(select.group(2)));
        Map<String, String> shown = new LinkedHashMap<>();
        Matcher column = COLUMN.matcher(select.group(1));
        while (column.find()) {
            String source = column.group(1);
            from.column(source).orElseThrow(() -> Refusal.invalid("Unrecognized name: " + source));
            String alias = column.group(2) == null ? source : column.group(2);
            if (shown.keySet().stream().anyMatch(alias::equalsIgnoreCase)
                    || alias.toUpperCase(Locale.ROOT).startsWith("_CHANGE_")) {
                throw Refusal.invalid("Column name not allowed: " + alias);
            }
            shown.put(alias, source);
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Map<String, Object> row : from.rows()) {
            Map<String, Object> selected = new LinkedHashMap<>();
            shown.forEach((alias, source) -> selected.put(alias, row.get(source)));
            rows.add(selected);
        }
        return rows;
    }
}
