package io.pgcdc.routes.bigquery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.google.cloud.bigquery.TableId;
import io.pgcdc.model.Column;
import io.pgcdc.model.TableSchema;

/** The SQL that makes tables and views. */
final class Statements {

    private Statements() {
    }

    static String createTable(TableId table, Layout layout, long maxStalenessSeconds, Map<String, String> labels) {
        List<String> elements = new ArrayList<>();
        layout.columns().forEach(column -> elements.add(column(column, layout.key().contains(column.name()))));
        elements.add("PRIMARY KEY (" + names(layout.key()) + ") NOT ENFORCED");
        List<String> options = new ArrayList<>();
        if (maxStalenessSeconds > 0) {
            options.add("max_staleness = INTERVAL " + maxStalenessSeconds + " SECOND");
        }
        options.add(labels(labels));
        List<String> clustering = layout.clustering();
        return "CREATE TABLE " + name(table) + " (" + String.join(", ", elements) + ")"
               + (clustering.isEmpty() ? "" : " CLUSTER BY " + names(clustering))
               + " OPTIONS (" + String.join(", ", options) + ")";
    }

    static String addColumn(TableId table, PhysicalColumn column) {
        return "ALTER TABLE " + name(table) + " ADD COLUMN IF NOT EXISTS " + column(column, false);
    }

    static String expire(TableId table, int days) {
        return "ALTER TABLE " + name(table) + " SET OPTIONS (expiration_timestamp = "
               + "TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL " + days + " DAY))";
    }

    /** The rows as the source's table has them now: its columns under their present names. */
    static String select(TableId table, Layout layout, TableSchema schema) {
        List<String> columns = new ArrayList<>();
        List<String> taken = new ArrayList<>();
        if (Layout.isLog(schema)) {
            Layout.LOG_COLUMNS.forEach(column -> {
                columns.add(Names.quoted(column.name()));
                taken.add(column.name());
            });
        }
        for (Column column : schema.columns()) {
            layout.columnOf(column).ifPresent(physical -> {
                String shown = Names.column(column.name(), taken);
                taken.add(shown);
                columns.add(Names.quoted(physical.name())
                            + (shown.equals(physical.name()) ? "" : " AS " + Names.quoted(shown)));
            });
        }
        return "SELECT " + String.join(", ", columns) + " FROM " + name(table);
    }

    static String createView(TableId view, String query, Map<String, String> labels) {
        return "CREATE OR REPLACE VIEW " + name(view) + " OPTIONS (" + labels(labels) + ") AS " + query;
    }

    static String dropView(TableId view) {
        return "DROP VIEW IF EXISTS " + name(view);
    }

    static String name(TableId table) {
        return Names.quoted(table.getProject() + "." + table.getDataset() + "." + table.getTable());
    }

    private static String column(PhysicalColumn column, boolean required) {
        return Names.quoted(column.name()) + " " + column.type() + (required ? " NOT NULL" : "")
               + (column.description() == null ? "" : " OPTIONS (description = '" + column.description() + "')");
    }

    private static String names(List<String> names) {
        return names.stream().map(Names::quoted).collect(Collectors.joining(", "));
    }

    private static String labels(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(label -> "('" + label.getKey() + "', '" + label.getValue() + "')")
                .collect(Collectors.joining(", ", "labels = [", "]"));
    }
}
