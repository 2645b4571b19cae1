package io.pgcdc.pipeline;

/** Ends the copy of one table, which goes into Error; the others go on. */
final class TableGivenUp extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param reason without any row value */
    TableGivenUp(String reason) {
        super(reason, null, false, false);
    }
}
