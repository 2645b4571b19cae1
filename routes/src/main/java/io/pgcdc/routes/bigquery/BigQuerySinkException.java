package io.pgcdc.routes.bigquery;

/**
 * Rows that did not get to BigQuery: what, of which table and where, and what to do. The message never holds a row's
 * value, and what BigQuery said about single rows is left out, for it may.
 */
public final class BigQuerySinkException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BigQuerySinkException(String what, String remedy, Throwable cause) {
        super(remedy == null ? what : what + ". " + remedy, cause);
    }

    BigQuerySinkException(String what, String remedy) {
        this(what, remedy, null);
    }
}
