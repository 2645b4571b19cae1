package io.pgcdc.routes.bigquery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableSchema;

/**
 * The columns of a table in BigQuery and its primary key. A table whose rows no key tells apart is a log: each change
 * is a row of its own, with what it is, its place in the order of changes, and when it was committed.
 */
record Layout(List<PhysicalColumn> columns, List<String> key) {

    static final PhysicalColumn OPERATION = new PhysicalColumn("_pgcdc_op", BigQueryType.STRING, 0);
    static final PhysicalColumn SEQUENCE = new PhysicalColumn("_pgcdc_seq", BigQueryType.STRING, 0);
    static final PhysicalColumn COMMIT_TIMESTAMP = new PhysicalColumn("_pgcdc_commit_ts", BigQueryType.TIMESTAMP, 0);
    static final List<PhysicalColumn> LOG_COLUMNS = List.of(OPERATION, SEQUENCE, COMMIT_TIMESTAMP);

    /** What BigQuery clusters a table by at most. */
    private static final int MAX_CLUSTERING = 4;

    Layout {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    /** The layout of a new table. */
    static Layout of(TableSchema schema, ColumnTypes types) {
        Layout layout = beginningWith(isLog(schema) ? LOG_COLUMNS : List.of(), schema, types);
        return new Layout(layout.columns, layout.keyOf(schema));
    }

    /** The layout of a table that has a row for each change; it has no key of BigQuery's. */
    static Layout ofChangelog(TableSchema schema, ColumnTypes types) {
        return beginningWith(LOG_COLUMNS, schema, types);
    }

    private static Layout beginningWith(List<PhysicalColumn> first, TableSchema schema, ColumnTypes types) {
        Layout layout = new Layout(first, List.of());
        for (Column column : schema.columns()) {
            layout = layout.with(layout.made(schema, column, types));
        }
        return layout;
    }

    static boolean isLog(TableSchema schema) {
        return !schema.hasUniqueKey();
    }

    /** The column that a new column of the source gets. */
    PhysicalColumn made(TableSchema schema, Column column, ColumnTypes types) {
        List<String> taken = columns.stream().map(PhysicalColumn::name).toList();
        return new PhysicalColumn(
                Names.plainColumn(column.name(), taken), types.of(schema, column), column.number());
    }

    Layout with(PhysicalColumn column) {
        List<PhysicalColumn> more = new ArrayList<>(columns);
        more.add(column);
        return new Layout(more, key);
    }

    Optional<PhysicalColumn> columnOf(Column column) {
        return columns.stream()
                .filter(physical -> !LOG_COLUMNS.contains(physical) && physical.isOf(column))
                .findFirst();
    }

    /** The names of the primary key that the shape of the source's table asks for. */
    List<String> keyOf(TableSchema schema) {
        if (isLog(schema)) {
            return List.of(SEQUENCE.name());
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < schema.keySize(); i++) {
            columnOf(schema.columns().get(schema.keyPosition(i))).ifPresent(column -> names.add(column.name()));
        }
        return names;
    }

    List<String> clustering() {
        return columns.stream()
                .filter(column -> key.contains(column.name()) && column.type().keys())
                .map(PhysicalColumn::name)
                .limit(MAX_CLUSTERING)
                .toList();
    }
}
