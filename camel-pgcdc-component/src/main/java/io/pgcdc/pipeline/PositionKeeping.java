package io.pgcdc.pipeline;

/** When a position that moved though nothing was delivered is worth a write. */
final class PositionKeeping {

    /** So much log frees disk on the server: worth a write at once. Our own write makes a few hundred bytes. */
    static final long IDLE_BYTES = 16 << 10;
    /** Less than that waits, each time twice as long, so that an idle server becomes quiet. */
    static final long FIRST_IDLE_DELAY_MILLIS = 5_000;
    static final long LONGEST_IDLE_DELAY_MILLIS = 300_000;

    private PositionKeeping() {
    }
}
