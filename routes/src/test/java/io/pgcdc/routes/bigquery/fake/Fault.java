package io.pgcdc.routes.bigquery.fake;

/** What the write service does with a request instead of its work. */
public enum Fault {
    /** The connection breaks before anything is written. */
    UNAVAILABLE,
    ABORTED,
    INTERNAL,
    DEADLINE_EXCEEDED,
    /** Everything is written, and the connection breaks before that is said. */
    ACKNOWLEDGEMENT_LOST,
    /** The request is answered with an error of the quota; requests behind it are not. */
    RESOURCE_EXHAUSTED,
    /** The request is answered with an error of its first row. */
    ROW_ERROR,
    /** The request is never answered. */
    HANG,
    /** The connection is refused for good. */
    PERMISSION_DENIED,
    UNAUTHENTICATED,
    INVALID_ARGUMENT,
    /** The table is not known yet. */
    NOT_FOUND,
    /** A column is not known yet. */
    COLUMN_NOT_FOUND
}
