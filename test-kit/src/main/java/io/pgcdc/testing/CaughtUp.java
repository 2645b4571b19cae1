package io.pgcdc.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The wait of {@link TestDatabase#awaitCaughtUp(String)}: looks at a pipeline from outside, by its slots and by the
 * state that it keeps in its source database.
 */
final class CaughtUp {

    private static final Duration INTERVAL = Duration.ofMillis(50); // each look is a connection of its own
    /**
     * A pipeline that is not busy puts off confirming a position that moved by less than 16 KiB of log, to come to rest
     * beside its own writes. After a wait of several of its rounds we write more than that, in a transaction that is
     * rolled back: nobody is sent it.
     */
    private static final Duration NUDGE_AFTER = Duration.ofMillis(500);
    private static final int NUDGE_BYTES = 32 << 10;
    private static final String NOT_LOOKED_YET = "the tables, which the pipeline has not looked at yet";

    private final TestDatabase database;
    private final String pipeline;

    private String target;
    // What the last look saw, for the error
    private String seen;
    private RuntimeException failure;

    /** @param pipeline its name, or that of its slot */
    CaughtUp(TestDatabase database, String pipeline) {
        this.database = database;
        this.pipeline = pipeline;
    }

    void await(Duration atMost) {
        long begun = System.nanoTime();
        Duration first = atMost.compareTo(NUDGE_AFTER) < 0 ? atMost : NUDGE_AFTER;
        if (Polling.until(first, INTERVAL, this::isReached)) {
            return;
        }
        nudge();
        Duration rest = atMost.minusNanos(System.nanoTime() - begun);
        if (!Polling.until(rest, INTERVAL, this::isReached)) {
            String message = "The pipeline %s has not caught up with %s within %s s: %s";
            throw new AssertionError(message.formatted(pipeline, database, atMost.toMillis() / 1000.0, seen), failure);
        }
    }

    private boolean isReached() {
        try {
            failure = null;
            return look();
        } catch (IllegalStateException e) { // a server that restarts comes back, perhaps within the time
            failure = e;
            seen = "the server does not answer";
            return false;
        }
    }

    private boolean look() {
        if (target == null) {
            target = database.currentLsn();
        }
        String slot = slotName(state());
        List<Map<String, Object>> found = database.rows("""
                SELECT s.confirmed_flush_lsn::text AS confirmed, coalesce(r.state IN ('catchup', 'streaming'), false) AS read,
                       pg_wal_lsn_diff('$target', s.confirmed_flush_lsn)::bigint AS behind
                  FROM pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid
                 WHERE s.slot_name = $slot AND s.confirmed_flush_lsn IS NOT NULL"""
                .replace("$target", target).replace("$slot", TestDatabase.literal(slot)));
        if (found.isEmpty()) {
            seen = "there is no slot " + slot + " that is ready; the slots of this database are " + database.slots()
                   + ". Has the route started, and does it stream (snapshotMode)?";
            return false;
        }
        // INVARIANT: after the slot, since a pipeline stores what there is to copy before it confirms anything it read
        State state = state();
        List<String> copying = state == null ? copySlots(slot) : state.copying;
        boolean read = (Boolean) found.get(0).get("read");
        long behind = (Long) found.get(0).get("behind");
        seen = "the slot " + slot + " has confirmed " + found.get(0).get("confirmed") + ", the server was at " + target
               + (behind > 0 ? ", " + behind + " bytes ahead" : "") + "; "
               + (read ? "" : "nobody reads the slot, does the route run? ")
               + (copying.isEmpty() ? "no copy is under way" : "not yet copied: " + copying)
               + ". An exchange that fails or never completes holds the slot back: look at the route's log";
        return behind <= 0 && read && copying.isEmpty();
    }

    /** The pipeline's slot and what it has to copy, or null where this database does not hold its state. */
    private State state() {
        List<Map<String, Object>> schemas = database.rows("""
                SELECT n.nspname AS name, quote_ident(n.nspname) AS quoted FROM pg_namespace n
                 WHERE EXISTS (SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                                WHERE c.relnamespace = n.oid AND c.relname = 'pipeline' AND a.attname = 'slot_name')
                   AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'table_state')
                 ORDER BY 1""");
        boolean begins = false;
        for (Map<String, Object> schema : schemas) {
            // A pipeline makes these tables, reads its slot and then stores itself.
            if (database.rows("SELECT FROM " + schema.get("quoted") + ".pipeline LIMIT 1").isEmpty()) {
                return State.NOT_STORED;
            }
            List<Map<String, Object>> known = database.rows("""
                    SELECT p.slot_name, t.schema_name || '.' || t.table_name AS copied, t.state
                      FROM $schema.pipeline p LEFT JOIN $schema.table_state t ON t.pipeline = p.pipeline
                     WHERE p.database = current_database() AND $name IN (p.pipeline, p.slot_name) ORDER BY 2"""
                    .replace("$schema", (String) schema.get("quoted")).replace("$name", TestDatabase.literal(pipeline)));
            if (!known.isEmpty()) {
                return State.of(known);
            }
            // A pipeline opens its stream before it stores anything: the schema that is empty is that of one that begins.
            begins |= database.rows("SELECT 1 AS one FROM " + schema.get("quoted") + ".pipeline LIMIT 1").isEmpty();
        }
        return begins ? new State(null, List.of(NOT_LOOKED_YET)) : null;
    }

    private String slotName(State state) {
        if (state != null && state.slot != null) {
            return state.slot;
        }
        boolean isSlot = database.slots().contains(pipeline) || pipeline.startsWith("pgcdc_");
        return isSlot ? pipeline : "pgcdc_" + database.name() + "_" + pipeline;
    }

    private List<String> copySlots(String slot) {
        return database.slots().stream().filter(name -> name.matches(slot + "_sync_[0-9]+")).toList();
    }

    private void nudge() {
        try {
            database.execute("BEGIN; SELECT pg_logical_emit_message(true, 'pgcdc-test-kit', repeat(' ', " + NUDGE_BYTES
                             + ")); ROLLBACK");
        } catch (IllegalStateException e) {
            failure = e;
        }
    }

    /**
     * @param slot    the slot's name, or {@code null} while nothing is stored
     * @param copying the tables whose copy, or the catch-up after it, has not ended, with their phase
     */
    private record State(String slot, List<String> copying) {

        static final State NOT_STORED = new State(null, List.of("the tables, which the pipeline has not stored yet"));

        static State of(List<Map<String, Object>> rows) {
            String slot = (String) rows.get(0).get("slot_name");
            if (rows.get(0).get("copied") == null) {
                return new State(slot, List.of(NOT_LOOKED_YET));
            }
            return new State(
                    slot, rows.stream()
                            .filter(row -> !List.of("SYNC_DONE", "READY", "ERROR", "GONE").contains(row.get("state")))
                            .map(row -> row.get("copied") + " (" + row.get("state") + ")")
                            .collect(Collectors.toList()));
        }
    }
}
