package io.pgcdc.routes.jdbc;

import io.pgcdc.routes.jdbc.dialect.Dialect;

/** What all writes of an endpoint share once it is known which database it writes to. */
record Sink(Dialect dialect, WriteMode mode, Layout layout, SinkStore store, TableShapes shapes,
        boolean acceptsMissingRows) {

    static Sink of(String name, PgCdcJdbcConfiguration options, Dialect dialect) {
        Layout layout = new Layout(dialect, options.getMode());
        SinkStore store = new SinkStore(name, options.getStateSchema(), dialect);
        TableNames names = new TableNames(options.getTargetSchema(), options.getTargetTable());
        // A changelog is history; nothing of it goes.
        boolean dropsColumns = options.isDropColumns() && options.getMode() == WriteMode.currentState;
        return new Sink(
                dialect, options.getMode(), layout, store, new TableShapes(dialect, layout, names, store, dropsColumns),
                options.isAcceptMissingRows());
    }
}
