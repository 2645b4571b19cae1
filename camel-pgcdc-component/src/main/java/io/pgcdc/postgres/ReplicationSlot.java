package io.pgcdc.postgres;

import io.pgcdc.model.Lsn;

/**
 * A logical replication slot as {@code pg_replication_slots} shows it.
 *
 * @param name           its name, global to the server
 * @param plugin         its output plugin
 * @param database       the database that it decodes
 * @param activePid      the process that reads from it, 0 if none
 * @param confirmedFlush up to where its reader confirmed everything; zero while it is being created
 * @param walStatus      {@code reserved}, {@code extended}, {@code unreserved}, {@code lost}, or {@code null}
 */
public record ReplicationSlot(String name, String plugin, String database, int activePid, Lsn confirmedFlush,
        String walStatus) {

    /** Whether the server has removed log that the slot needs, so that nothing can be read from it any more. */
    public boolean isLost() {
        return "lost".equals(walStatus);
    }

    /** Whether the server still waits for running transactions to end before it can create the slot. */
    public boolean isBeingCreated() {
        return confirmedFlush.equals(Lsn.ZERO);
    }
}
