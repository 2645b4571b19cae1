package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;

/**
 * How a pipeline fares, at one moment.
 *
 * @param state     what it does
 * @param slot      its apply slot, {@code null} before it is known
 * @param received  up to where the apply worker has read
 * @param confirmed up to where everything is complete, stored and told to the server
 * @param inFlight  changes handed over and not complete
 * @param skipped   changes and rows left out since the pipeline was created (failurePolicy skip)
 * @param tables    its tables, by name
 * @param error     the last error, {@code null} if there was none since it runs
 */
public record PipelineStatus(State state, String slot, Lsn received, Lsn confirmed, int inFlight, long skipped,
        List<Table> tables, PgCdcException error) {

    /** Nothing is known yet, or nothing runs. */
    static PipelineStatus idle(State state, long skipped, PgCdcException error) {
        return new PipelineStatus(state, null, Lsn.ZERO, Lsn.ZERO, 0, skipped, List.of(), error);
    }

    /** A pipeline that was never started. */
    public static PipelineStatus stopped() {
        return idle(State.STOPPED, 0, null);
    }

    /** What a pipeline does. */
    public enum State {
        STOPPED,
        STARTING,
        /** Another instance reads from the slot; this one takes over when that goes. */
        STANDBY,
        RUNNING,
        /** It waits to try again after an error. */
        RETRYING,
        /** Everything that was asked for is done (initialOnly). */
        COMPLETED,
        /** It has given up; a start tries again. */
        FAILED
    }

    /** What a user sees of a table. */
    public enum TableStage {
        INIT,
        COPY,
        STREAMING,
        ERROR
    }

    /**
     * One table.
     *
     * @param rowsCopied    rows read by its copy, in steps of about a thousand
     * @param estimatedRows how many the planner thought it has, -1 if it was never told
     * @param error         why it is in Error and what brings it back, without any row value; else {@code null}
     */
    public record Table(TableId table, TableStage stage, long rowsCopied, long estimatedRows, String error) {
    }
}
