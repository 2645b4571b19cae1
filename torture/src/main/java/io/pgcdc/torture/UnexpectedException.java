package io.pgcdc.torture;

/** Something that had to happen did not, or something happened that nobody caused. */
final class UnexpectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnexpectedException(String message) {
        super(message);
    }
}
