package io.pgcdc.pipeline;

import io.pgcdc.model.PgCdcException;

/**
 * Hears of a pipeline: of its own failures, not of those of the destination, and of its progress. Called on the
 * pipeline's thread.
 */
@FunctionalInterface
public interface PipelineListener {

    /** @param retried whether the pipeline tries again by itself */
    void failed(PgCdcException error, boolean retried);

    /** The pipeline has looked at the server: every two seconds while it runs. To be answered at once. */
    default void looked() {
    }
}
