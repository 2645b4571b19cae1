package io.pgcdc.pipeline;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/**
 * The moments at which a crash, an error or a pause would hurt most: what tests do there, the pipeline has to bear.
 * Only with the system property {@code pgcdc.failpoints} set at the start of the JVM; without it, and with {@code off},
 * they cost nothing.
 *
 * <p>
 * The property's value is {@code on}, for tests that {@linkplain #onReached set an action} themselves, or
 * {@code kill:<name>:<n>}, which ends the JVM when the failpoint is reached for the n-th time, as {@code kill -9}
 * would.
 */
public enum FailPoint {
    /** The server has created a slot, nothing is stored of it. */
    SLOT_CREATED,
    /** A copy that was broken off goes on, or rows are copied again, and there is no snapshot yet. */
    SNAPSHOT_WANTED,
    /** Tables were stored as COPYING; no row of them was read. */
    COPYING_STORED,
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
    /** A position to skip to was stored, and not confirmed to the server yet. */
    SKIP_STORED,
    /** A status update was sent. */
    STATUS_SENT;

    private static final String PROPERTY = "pgcdc.failpoints";
    private static final String OFF = "off";
    private static final Pattern KILL = Pattern.compile("kill:([A-Z_]+):([1-9]\\d{0,8})");
    private static final boolean ENABLED;
    private static final PgCdcException PROBLEM;
    private static volatile Consumer<FailPoint> action;

    static {
        boolean enabled = false;
        PgCdcException problem = null;
        try {
            action = killer(System.getProperty(PROPERTY, OFF));
            enabled = isOn(System.getProperty(PROPERTY, OFF));
        } catch (PgCdcException e) {
            // Thrown from here it would be told only once, and as the want of a class from then on.
            problem = e;
        }
        ENABLED = enabled;
        PROBLEM = problem;
    }

    /** Throws if the system property has a value that it can't have; says which it can. */
    static void requireValidSetting() {
        if (PROBLEM != null) {
            throw PROBLEM;
        }
    }

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

    static boolean isOn(String value) {
        return !value.equals(OFF);
    }

    /** What the value lets the reaching thread do, {@code null} for nothing. */
    static Consumer<FailPoint> killer(String value) {
        if (value.equals(OFF) || value.equals("on")) {
            return null;
        }
        Matcher kill = KILL.matcher(value);
        FailPoint deadly = kill.matches()
                ? Stream.of(values()).filter(point -> point.name().equals(kill.group(1))).findFirst().orElse(null)
                : null;
        if (deadly == null) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The system property " + PROPERTY + " has the unknown value " + value,
                    "Allowed are: off, on, and kill:NAME:N for the N-th time of a failpoint; their names are "
                                                                                                                    + Stream.of(
                                                                                                                            values())
                                                                                                                            .map(FailPoint::name)
                                                                                                                            .collect(
                                                                                                                                    Collectors
                                                                                                                                            .joining(
                                                                                                                                                    ", ")));
        }
        AtomicInteger left = new AtomicInteger(Integer.parseInt(kill.group(2)));
        return point -> {
            if (point == deadly && left.decrementAndGet() == 0) {
                Runtime.getRuntime().halt(137);
            }
        };
    }
}
