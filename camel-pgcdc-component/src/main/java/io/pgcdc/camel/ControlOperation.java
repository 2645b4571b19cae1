package io.pgcdc.camel;

/** What a producer does, with the pipeline or with its database. */
public enum ControlOperation {
    /** Tells how the pipeline fares. */
    status,
    /** Reads and hands over nothing until {@link #resume}. */
    pause,
    /** Goes on after {@link #pause}. */
    resume,
    /** Copies a table again, or the rows of it that a condition names, while the rest stream on. */
    resyncTable,
    /** Goes on from a later position; what lies in between is lost. */
    skipTo,
    /** Adds tables to the publication. */
    addTable,
    /** Takes tables out of the publication. */
    dropTable,
    /** Writes a logical message into the server's log. */
    emitMessage,
    /** Checks the database for what the pipeline needs. */
    preflight,
    /** Drops the slots of a pipeline that is not needed any more, and forgets its state. */
    dropSlot
}
