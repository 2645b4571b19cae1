package io.pgcdc.routes.bigquery;

/** The columns that numeric without precision is kept in. */
public enum UnboundedNumeric {
    /** Text, which holds every value. */
    STRING,
    /** A number of 38 digits before and 38 behind the point; a value beyond that is refused. */
    BIGNUMERIC
}
