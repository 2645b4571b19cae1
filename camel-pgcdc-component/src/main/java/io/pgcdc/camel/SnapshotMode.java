package io.pgcdc.camel;

/**
 * What happens to the rows that are there before the first change. The constants are spelled as users write them in a
 * URI.
 */
public enum SnapshotMode {
    /** Copy every table once, then stream its changes. */
    initial,
    /** Stream the changes only. */
    never,
    /** Copy every table once, then complete. */
    initialOnly
}
