package io.pgcdc.routes.jdbc.dialect;

/**
 * A type of a dialect, which only its own dialect can fill with values. Two are the same if SQL calls them the same.
 */
public interface ColumnType {

    /** How SQL calls it. */
    String sql();
}
