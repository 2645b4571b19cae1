package io.pgcdc.pipeline;

import java.util.concurrent.atomic.AtomicLong;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableId;
import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.TablePhase;

/**
 * One table as the running workers see it. Written by the worker that owns it at the time, read by all.
 */
final class TableProgress {

    /** No commit is the apply worker's: the highest unsigned position. */
    static final long NOT_OWNED = -1L;

    final TableId table;
    final AtomicLong rowsCopied = new AtomicLong();
    /** The snapshot that its rows came from, 0 if they are not copied. */
    volatile long copiedAt;
    volatile long estimatedRows = -1;
    volatile long bytes;
    volatile boolean keyed = true;
    volatile TablePhase phase;
    /** The apply worker owns the table for commits at or after this position. */
    volatile long ownedFrom;
    volatile SyncUnit unit;
    /** The shape that was told last, and from where on it holds; {@code null} if none was. */
    volatile SchemaStore.Version told;
    /** ERROR: why. */
    volatile String reason;
    /** Which table of the name it is, as the catalogue numbers it; see {@link PublishedTable#identity()}. */
    volatile long relationOid;
    volatile String identity;
    /** How often it went into Error since it was READY last, and when. */
    volatile int failures;
    volatile long failedAt = System.nanoTime();

    TableProgress(TableId table, TablePhase phase, Lsn lsn) {
        this.table = table;
        this.phase = phase;
        this.copiedAt = phase == TablePhase.COPIED ? lsn.value() : 0;
        this.ownedFrom = switch (phase) {
            case READY -> 0;
            case SYNC_DONE -> lsn.value();
            case INIT, RESET, COPYING, COPIED, ERROR -> NOT_OWNED;
        };
    }

    /** The catalogue's numbers hold from now on. */
    void identify(PublishedTable table) {
        relationOid = table.schema().relationOid();
        identity = table.identity();
    }

    /** Nobody owns it any more, until it is synced again. */
    void detach() {
        ownedFrom = NOT_OWNED;
        SyncUnit owner = unit;
        unit = null;
        if (owner != null) {
            owner.tables.remove(this);
        }
    }

    /** It goes into Error. */
    void giveUp(String why) {
        detach();
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
