package io.pgcdc.state;

import java.util.Objects;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;

/**
 * How far one table of a pipeline has come.
 *
 * @param table    the table
 * @param phase    how far it is
 * @param syncSlot the sync slot of its unit, from COPYING until SYNC_DONE, else {@code null}
 * @param lsn      COPIED: the snapshot that its rows came from; SYNC_DONE: the first position that the apply worker
 *                 owns; ERROR: the change or the snapshot that it was given up at; else {@link Lsn#ZERO}
 * @param reason   ERROR: why, without any row value; else {@code null}
 * @param identity which table of this name it is, and since when it is in the publication, as the source's catalogue
 *                 numbers them; {@code null} if that was not looked up
 */
public record TableState(TableId table, TablePhase phase, String syncSlot, Lsn lsn, String reason,
        TableIdentity identity) {

    public TableState {
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(lsn, "lsn");
    }

    public static TableState of(TableId table, TablePhase phase) {
        return new TableState(table, phase, null, Lsn.ZERO, null, null);
    }

    /** The same under another name. */
    public TableState named(TableId newName) {
        return new TableState(newName, phase, syncSlot, lsn, reason, identity);
    }

    /** The same with the given identity. */
    public TableState identifiedBy(TableIdentity newIdentity) {
        return new TableState(table, phase, syncSlot, lsn, reason, newIdentity);
    }
}
