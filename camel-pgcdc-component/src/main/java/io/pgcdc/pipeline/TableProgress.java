package io.pgcdc.pipeline;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;
import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;

/**
 * One table as the running workers see it. Written by the worker that owns it at the time, read by all.
 */
final class TableProgress {

    /** No commit is the apply worker's: the highest unsigned position. */
    static final long NOT_OWNED = -1L;

    /** Its number in the catalogue, which tells it from others that have, or had, its name. */
    final long relationOid;
    /** Its name now; what is read of it from the log may have an older one. */
    volatile TableId table;
    /** Its name when this run of the pipeline began, or found it. */
    final TableId tableAtStart;
    /** Which table it is, and since when it is in the publication. */
    volatile TableIdentity identity;
    /** It has left the publication; what was committed before this position is still its own. 0 if it has not. */
    volatile long leavesAt;
    /** How its copy by this process fares, {@code null} if there was none. */
    volatile CopyProgress copy;
    /** The snapshot that its rows came from, 0 if they are not copied. */
    volatile long copiedAt;
    volatile long estimatedRows = -1;
    volatile long bytes;
    volatile boolean keyed = true;
    volatile TablePhase phase;
    /** The apply worker owns the table for commits at or after this position. */
    volatile long ownedFrom;
    /** Another one after each time that it was taken from its owner. */
    volatile Object ownership = new Object();
    volatile SyncUnit unit;
    /** The shape that was told last, and from where on it holds; {@code null} if none was. */
    volatile SchemaStore.Version told;
    /** ERROR: why. */
    volatile String reason;
    /** ERROR: what it was given up at. */
    volatile long failedLsn;
    /** How often it went into Error since it was READY last, and when. */
    volatile int failures;
    volatile long failedAt = System.nanoTime();

    /** @param state of a table that is identified */
    TableProgress(TableState state) {
        this.relationOid = state.identity().relationOid();
        this.identity = state.identity();
        this.table = state.table();
        this.tableAtStart = state.table();
        this.phase = state.phase();
        this.reason = state.reason();
        this.copiedAt = phase == TablePhase.COPIED ? state.lsn().value() : 0;
        this.ownedFrom = switch (phase) {
            case READY -> 0;
            case SYNC_DONE -> state.lsn().value();
            case INIT, RESET, COPYING, COPIED, ERROR, GONE -> NOT_OWNED;
        };
    }

    /** What the catalogue knows of it, but for its shape. */
    void measure(PublishedTable published) {
        bytes = published.bytes();
        estimatedRows = published.estimatedRows();
        keyed = published.schema().hasUniqueKey();
    }

    /** Whether the destination has got changes of it under the name last. */
    boolean isToldAs(TableId name) {
        SchemaStore.Version version = told;
        return version != null && version.schema().table().equals(name);
    }

    /** The name that the destination has rows of it under and that it does not have any more, or {@code null}. */
    TableId nameLeftBehind() {
        SchemaStore.Version version = told;
        return version == null || version.schema().table().equals(table) ? null : version.schema().table();
    }

    /** Whether no sync has it, now or soon. */
    boolean isSettled() {
        return phase == TablePhase.READY || phase == TablePhase.SYNC_DONE || phase == TablePhase.ERROR;
    }

    /** Nobody owns it any more, until it is synced again. */
    void detach() {
        ownedFrom = NOT_OWNED;
        ownership = new Object();
        SyncUnit owner = unit;
        unit = null;
        if (owner != null) {
            owner.tables.remove(this);
        }
    }

    /** It goes into Error. */
    void giveUp(String why, long lsn) {
        detach();
        failedLsn = lsn;
        reason = why;
        phase = TablePhase.ERROR;
        failures++;
        failedAt = System.nanoTime();
    }

    boolean appliesAt(long commitLsn) {
        long from = ownedFrom;
        return from != NOT_OWNED && Lsn.compare(commitLsn, from) >= 0;
    }
}
