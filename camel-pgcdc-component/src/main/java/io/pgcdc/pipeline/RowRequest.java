package io.pgcdc.pipeline;

import io.pgcdc.model.TableId;

/**
 * The wish to have rows of a table copied again.
 *
 * @param predicate names them, in SQL that was checked; it may hold values of rows, so it is told to nobody but the
 *                  server
 */
record RowRequest(TableId table, String predicate) {

    @Override
    public String toString() {
        return "rows of table " + table;
    }
}
