package io.pgcdc.pipeline;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.pgcdc.model.Lsn;

/**
 * The tables that one table sync copies under one slot and one snapshot, and the agreement between its worker and the
 * apply worker on who applies which commits of them.
 *
 * <p>
 * The sync worker claims each transaction before it applies it. The apply worker, at a boundary of its own stream, sets
 * the target: no lower than that boundary (what is before it, it has skipped) and no lower than what is claimed. From
 * then on it is settled: commits before the target are the sync worker's, those from the target on the apply worker's,
 * and neither has to wait for the other until a change of these tables turns up behind the target.
 *
 * <p>
 * Thread-safe.
 */
final class SyncUnit {

    /**
     * The apply worker sets the target when the sync worker is no further behind than this, so that waits stay short.
     */
    static final long CLOSE_BYTES = 16L << 20;

    final List<TableProgress> tables;
    private volatile String slot;
    private volatile boolean catchingUp;
    private volatile boolean done;
    private volatile long target;
    private long claimed;
    private long floor;
    private boolean reachedTarget;

    SyncUnit(List<TableProgress> tables, String slot) {
        this.tables = new CopyOnWriteArrayList<>(tables);
        this.slot = slot;
        tables.forEach(table -> table.unit = this);
    }

    String slot() {
        return slot;
    }

    void slot(String name) {
        slot = name;
    }

    /** The copy is complete; the stream begins at a position, and must go on at least to the floor. */
    synchronized void beginCatchUp(long start, long atLeast) {
        claimed = start;
        floor = atLeast;
        catchingUp = true;
    }

    /** The sync worker asks for a transaction; false means that it has done all that is its own. */
    synchronized boolean claim(long commitLsn) {
        if (tables.isEmpty() || target != 0 && Lsn.compare(commitLsn, target) >= 0) {
            reachedTarget = true;
            return false;
        }
        claimed = Lsn.max(claimed, commitLsn + 1);
        return true;
    }

    /** The sync worker has read everything before the position; false means that this is all. */
    synchronized boolean reached(long boundary) {
        claimed = Lsn.max(claimed, boundary);
        reachedTarget |= tables.isEmpty() || target != 0 && Lsn.compare(boundary, target) >= 0;
        return !reachedTarget;
    }

    /**
     * Where the sync worker's part ends, and the apply worker's begins.
     *
     * @throws IllegalStateException if the sync worker has not read everything before it: there would be a gap
     */
    synchronized Lsn end() {
        if (!reachedTarget) {
            throw new IllegalStateException("catch-up from slot " + slot + " ended before its target");
        }
        return Lsn.of(target);
    }

    /** The apply worker has read everything before the position; sets the target if it is time. */
    synchronized void applyReached(long boundary) {
        if (catchingUp && target == 0 && Lsn.compare(claimed + CLOSE_BYTES, boundary) >= 0) {
            target = Lsn.max(Lsn.max(boundary, floor), claimed);
            FailPoint.TARGET_SET.reached();
        }
    }

    boolean isCatchingUp() {
        return catchingUp && !done;
    }

    /** Whether the apply worker will own these tables for the commit, though it may not yet. */
    boolean handsOverBefore(long commitLsn) {
        long position = target;
        return position != 0 && Lsn.compare(commitLsn, position) >= 0;
    }

    long target() {
        return target;
    }

    void finish() {
        tables.forEach(table -> table.ownedFrom = target);
        done = true;
        catchingUp = false;
    }

    boolean isDone() {
        return done;
    }
}
