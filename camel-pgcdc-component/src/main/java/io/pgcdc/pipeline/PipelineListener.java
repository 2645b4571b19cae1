package io.pgcdc.pipeline;

import io.pgcdc.model.PgCdcException;

/** Hears of a pipeline's own failures, not of those of the destination. Called on the pipeline's thread. */
@FunctionalInterface
public interface PipelineListener {

    /** @param retried whether the pipeline tries again by itself */
    void failed(PgCdcException error, boolean retried);
}
