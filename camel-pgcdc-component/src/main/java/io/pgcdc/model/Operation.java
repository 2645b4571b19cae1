package io.pgcdc.model;

/** What a {@link ChangeEvent} tells. */
public enum Operation {
    /** A row of the copy. */
    READ("read"),
    INSERT("insert"),
    UPDATE("update"),
    DELETE("delete"),
    /** A table was emptied. */
    TRUNCATE("truncate"),
    /** A logical message, written with {@code pg_logical_emit_message}. */
    MESSAGE("message"),
    /** A table got a new shape; its next change has it. */
    SCHEMA("schema"),
    /** A transaction of which something is told begins. */
    BEGIN("begin"),
    /** That transaction ended. */
    COMMIT("commit"),
    /** The copy of a table begins, or goes on after a restart. */
    COPY_START("copyStart"),
    /** The copy of a table is complete. */
    COPY_END("copyEnd");

    private final String text;

    Operation(String text) {
        this.text = text;
    }

    /** The name in the header {@code CamelPgCdcOperation}. */
    public String text() {
        return text;
    }

    /** Whether this is the change of one row, the copy's included. */
    public boolean isRow() {
        return switch (this) {
            case READ, INSERT, UPDATE, DELETE -> true;
            case TRUNCATE, MESSAGE, SCHEMA, BEGIN, COMMIT, COPY_START, COPY_END -> false;
        };
    }
}
