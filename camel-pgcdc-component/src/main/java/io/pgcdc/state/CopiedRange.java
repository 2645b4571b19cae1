package io.pgcdc.state;

import java.util.Objects;

import io.pgcdc.model.TableId;

/**
 * A part of a table's heap whose rows, as one snapshot showed them, are complete at the destination.
 *
 * @param table     the table
 * @param source    what was read, as text: the file of the heap, the columns, the filter. Blocks mean nothing in
 *                  another
 * @param fromBlock the first block
 * @param toBlock   the block behind the last, or -1 for everything from the first on
 * @param horizon   the oldest transaction id that was not finished for the snapshot, without its epoch: row versions of
 *                  this one or later ones may not have been read
 */
public record CopiedRange(TableId table, String source, long fromBlock, long toBlock, long horizon) {

    public CopiedRange {
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(source, "source");
    }

    /** The same of a table that has another name now. */
    CopiedRange of(TableId newName) {
        return new CopiedRange(newName, source, fromBlock, toBlock, horizon);
    }
}
