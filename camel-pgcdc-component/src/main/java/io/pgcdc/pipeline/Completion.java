package io.pgcdc.pipeline;

/** The answer to one hand-over. Thread-safe; the first of {@link #done()} and {@link #failed} counts. */
public interface Completion {

    /** What was handed over is complete: it need never be sent again. */
    void done();

    /** What was handed over has failed and must be handed over again. */
    void failed(Throwable cause);

    /**
     * Tells that what was handed over only lies waiting to be joined by more (an aggregation), or no longer does. What
     * is held can't overtake a redelivery, so nobody waits for it before one.
     */
    void held(boolean held);

    /**
     * Whether nothing of the same table that came before in the stream was open when this was handed over: all of it
     * had ended well, or was given up. Then whoever keeps the position of what it has done may move it up to here.
     * False for rows of a copy, which have no order.
     */
    default boolean isInOrder() {
        return false;
    }
}
