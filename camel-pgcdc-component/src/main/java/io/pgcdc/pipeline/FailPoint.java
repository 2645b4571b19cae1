package io.pgcdc.pipeline;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The moments at which a crash, an error or a pause would hurt most: what tests do there, the pipeline has to bear.
 * Only with the system property {@code pgcdc.failpoints} set at the start of the JVM; without it they cost nothing.
 *
 * <p>
 * The property's value is {@code on}, for tests that {@linkplain #onReached set an action} themselves, or
 * {@code kill:<name>:<n>}, which ends the JVM when the failpoint is reached for the n-th time, as {@code kill -9}
 * would.
 */
public enum FailPoint {
    /** The server has created a slot, nothing is stored of it. */
    SLOT_CREATED,
    /** Every row of a range of a table was handed over, not all of them are complete. */
    RANGE_COPIED,
    /** Every row of a range is complete, which is not stored yet. */
    RANGE_ACKNOWLEDGED,
    /** Tables were stored as COPIED. */
    COPIED_STORED,
    /** The apply worker has set the target of a unit. */
    TARGET_SET,
    /** A unit's tables were stored as SYNC_DONE and its slot was forgotten, but exists. */
    SYNC_DONE_STORED,
    /** A unit's slot was dropped. */
    SLOT_DROPPED,
    /** A window of commits was handed over whole, not all of it need be complete. */
    COMMIT_DELIVERED,
    /** A position was stored, and not confirmed to the server yet. */
    POSITION_STORED,
    /** A status update was sent. */
    STATUS_SENT;

    private static final String PROPERTY = "pgcdc.failpoints";
    private static final boolean ENABLED = System.getProperty(PROPERTY) != null;
    private static volatile Consumer<FailPoint> action = killer(System.getProperty(PROPERTY, ""));

    /** What the reaching thread does from now on, {@code null} for nothing; it may throw or wait. */
    public static void onReached(Consumer<FailPoint> newAction) {
        if (!ENABLED) {
            throw new IllegalStateException("Start the JVM with -D" + PROPERTY + "=on to use failpoints");
        }
        action = newAction;
    }

    void reached() {
        if (ENABLED) {
            Consumer<FailPoint> current = action;
            if (current != null) {
                current.accept(this);
            }
        }
    }

    private static Consumer<FailPoint> killer(String value) {
        String[] parts = value.split(":");
        if (!"kill".equals(parts[0])) {
            return null;
        }
        FailPoint deadly = valueOf(parts[1]);
        AtomicInteger left = new AtomicInteger(Integer.parseInt(parts[2]));
        return point -> {
            if (point == deadly && left.decrementAndGet() == 0) {
                Runtime.getRuntime().halt(137);
            }
        };
    }
}
