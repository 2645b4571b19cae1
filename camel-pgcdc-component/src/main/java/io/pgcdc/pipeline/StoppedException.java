package io.pgcdc.pipeline;

/** Unwinds a worker's stack when it has to stop. */
final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("stopped", null, false, false);
    }
}
