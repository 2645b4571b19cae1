package io.pgcdc.routes.bigquery;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.pgcdc.model.TableSchema;

/** The SQL for tables that have a row for each change, and for views of the rows that are there now. */
final class ChangelogStatements {

    private ChangelogStatements() {
    }

    static String table(String dataset, String name, Layout layout, TableSchema schema) {
        String clustering = key(layout, schema)
                .filter(column -> column.type().keys())
                .limit(4)
                .map(column -> Names.quoted(column.name()))
                .collect(Collectors.joining(", "));
        return "CREATE TABLE IF NOT EXISTS " + Names.quoted(dataset + "." + name) + " ("
               + layout.columns().stream()
                       .map(column -> Names.quoted(column.name()) + " " + column.type())
                       .collect(Collectors.joining(", "))
               + ")" + (clustering.isEmpty() ? "" : " CLUSTER BY " + clustering);
    }

    /** The newest row of each key since the last truncate, unless that is a delete; without a key, all since then. */
    static String view(String dataset, String name, String changelog, Layout layout, TableSchema schema) {
        String from = Names.quoted(dataset + "." + changelog);
        String sequence = Names.quoted(Layout.SEQUENCE.name());
        String operation = Names.quoted(Layout.OPERATION.name());
        String since = sequence + " > (SELECT COALESCE(MAX(" + sequence + "), '') FROM " + from + " WHERE " + operation
                       + " = 'truncate')";
        String create = "CREATE OR REPLACE VIEW " + Names.quoted(dataset + "." + name) + " AS ";
        if (!schema.hasUniqueKey()) {
            return create + "SELECT " + columns(layout.columns()) + " FROM " + from + " WHERE " + since;
        }
        List<PhysicalColumn> columns = layout.columns().subList(Layout.LOG_COLUMNS.size(), layout.columns().size());
        return create + "SELECT " + columns(columns) + " FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "
               + columns(key(layout, schema).toList()) + " ORDER BY " + sequence + " DESC) AS `_pgcdc_rank` FROM " + from
               + " WHERE " + since + ") AS changes WHERE `_pgcdc_rank` = 1 AND " + operation + " <> 'delete'";
    }

    private static java.util.stream.Stream<PhysicalColumn> key(Layout layout, TableSchema schema) {
        return IntStream.range(0, schema.hasUniqueKey() ? schema.keySize() : 0)
                .mapToObj(i -> layout.columns().get(Layout.LOG_COLUMNS.size() + schema.keyPosition(i)));
    }

    private static String columns(List<PhysicalColumn> columns) {
        return columns.stream().map(column -> Names.quoted(column.name())).collect(Collectors.joining(", "));
    }
}
