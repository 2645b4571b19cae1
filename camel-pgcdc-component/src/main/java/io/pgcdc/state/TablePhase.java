package io.pgcdc.state;

/** How far a table has come. Waiting and catching up live in memory only, between COPIED and SYNC_DONE. */
public enum TablePhase {
    /** Nothing was read of it. */
    INIT,
    /** The same, but the destination has rows of it from before, which go first. */
    RESET,
    /** Its rows are being copied under the sync slot. */
    COPYING,
    /** Every row of its copy is complete at the destination; its sync slot holds the changes since. */
    COPIED,
    /** The changes of commits before its position are complete too; the apply worker owns those from there on. */
    SYNC_DONE,
    /** The apply worker owns it. */
    READY,
    /** It was given up; the reason says why. */
    ERROR,
    /** It has left the publication; should it come back, the destination may have rows of it from before. */
    GONE
}
