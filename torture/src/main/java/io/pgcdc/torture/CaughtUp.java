package io.pgcdc.torture;

import io.pgcdc.testing.TestDatabase;

/** Waits for a route with nobody writing: a busy machine may make it slow, but it has to go on. */
final class CaughtUp {

    private CaughtUp() {
    }

    /**
     * Throws an AssertionError if the slot is not confirmed any further for a minute, and not as far as the log goes.
     */
    static void await(TestDatabase database) {
        while (true) {
            String before = confirmed(database);
            try {
                database.awaitCaughtUp(TortureTable.PUBLICATION);
                return;
            } catch (AssertionError e) {
                if (before.equals(confirmed(database))) {
                    throw e;
                }
            }
        }
    }

    private static String confirmed(TestDatabase database) {
        return database.query(
                "SELECT string_agg(confirmed_flush_lsn::text, ' ' ORDER BY slot_name) FROM pg_replication_slots"
                              + " WHERE database = current_database()",
                String.class);
    }
}
