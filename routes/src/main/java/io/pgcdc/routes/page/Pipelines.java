package io.pgcdc.routes.page;

import java.util.Map;

/**
 * The pipelines of a Camel context, as the page needs them. Implementations may be called by several threads at once.
 */
interface Pipelines {

    /**
     * What the dev console {@code pgcdc} answers, as maps, collections, texts, numbers and booleans: {@code pipelines},
     * each with a map that is the caller's own. Asks no database.
     */
    Map<String, Object> status();

    /** Stops reading, and keeps the slot and the connection. */
    void pause(PipelineKey pipeline) throws Exception;

    /** Reads on. */
    void resume(PipelineKey pipeline) throws Exception;

    /**
     * Copies a table again while the others go on.
     *
     * @param table as the status names it
     */
    void resync(PipelineKey pipeline, String table) throws Exception;
}
