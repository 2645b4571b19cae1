package io.pgcdc.routes.bigquery;

import java.util.HashMap;
import java.util.Map;

import io.pgcdc.model.Position;
import io.pgcdc.model.TableSchema;

/**
 * A table in BigQuery that holds what the source's table has since its last truncate, or since it was last copied anew.
 * Guarded by the lock of its {@link SinkTable}.
 */
final class Generation {

    private final String table;
    private final Position begins;
    private final Map<TableSchema, Shape> shapes = new HashMap<>();
    private Layout layout;

    Generation(String table, Position begins, Layout layout) {
        this.table = table;
        this.begins = begins;
        this.layout = layout;
    }

    /** The name of the table. */
    String table() {
        return table;
    }

    Position begins() {
        return begins;
    }

    Layout layout() {
        return layout;
    }

    void layout(Layout newLayout) {
        this.layout = newLayout;
    }

    Map<TableSchema, Shape> shapes() {
        return shapes;
    }
}
