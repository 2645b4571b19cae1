package io.pgcdc.routes.jdbc;

/** What the tables of the destination are. Named as options are. */
public enum WriteMode {
    /** As the source's tables are now. */
    currentState,
    /** Every change a row. */
    changelog
}
