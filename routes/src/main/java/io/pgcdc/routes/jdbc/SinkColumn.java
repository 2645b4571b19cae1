package io.pgcdc.routes.jdbc;

import io.pgcdc.model.Column;

/**
 * A column of a table of the destination.
 *
 * @param source which column of the source it holds
 * @param name   its name in the destination
 * @param isText whether it holds the text of its values, for its type could not hold one of them
 * @param isKept whether the source has dropped its column, and this one was kept
 */
record SinkColumn(Column source, String name, boolean isText, boolean isKept) {

    SinkColumn asText() {
        return new SinkColumn(source, name, true, isKept);
    }
}
