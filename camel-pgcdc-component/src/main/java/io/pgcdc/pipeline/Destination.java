package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.ChangeEvent;

/**
 * Where rows and changes go. The one seam between the engine and what uses it.
 *
 * <p>
 * The methods may be called from several threads at once, for different tables; changes of one table come from one
 * thread, in order, and after all rows of the table's copy are complete. An implementation answers each call exactly
 * once through the completion, during the call or later, on any thread and in any order. An exception counts as a
 * failed completion. What has failed is handed over again, with everything of the same stream that came after it.
 */
public interface Destination {

    /** Told before the first hand-over of each run: the identifier of the server that is read. */
    default void readsFrom(String systemIdentifier) {
    }

    /** Rows of the copy of one table, or one event about it (copyStart, copyEnd); never empty. */
    void writeTableRows(List<ChangeEvent> rows, Completion completion);

    /**
     * Changes in order; never empty. With batching all are of one table, or it is a single event about no row; without
     * batching it is always one.
     */
    void writeEvents(List<ChangeEvent> events, Completion completion);
}
