package io.pgcdc.routes.page;

import java.util.Map;

/**
 * Which pipeline: the name alone does not say, for pipelines of two databases may have the same.
 *
 * @param routeId may be {@code null}, for a consumer without a route of its own
 */
record PipelineKey(String pipeline, String routeId) {

    /** Of a pipeline of the status, or of a request that names one. */
    static PipelineKey of(Map<String, ?> pipeline) {
        return new PipelineKey(text(pipeline.get("pipeline")), text(pipeline.get("routeId")));
    }

    private static String text(Object value) {
        return value instanceof String text ? text : null;
    }
}
