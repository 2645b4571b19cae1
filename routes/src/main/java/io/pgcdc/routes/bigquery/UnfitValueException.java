package io.pgcdc.routes.bigquery;

/** A value that its column can't hold as it is. Tells what the column can hold, never the value. */
final class UnfitValueException extends Exception {

    private static final long serialVersionUID = 1L;

    UnfitValueException(String whatFits) {
        super(whatFits, null, false, false);
    }
}
