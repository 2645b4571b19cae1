package io.pgcdc.camel;

/**
 * What happens when the replication slot no longer stands where the acknowledged changes ended. The constants are
 * spelled as users write them in a URI.
 */
public enum SlotLostPolicy {
    /** Stop with an error that names the SQL to run. */
    fail,
    /** Make a new slot and copy every table again. */
    resync
}
