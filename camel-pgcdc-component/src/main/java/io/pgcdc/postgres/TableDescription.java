package io.pgcdc.postgres;

import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.Lsn;

/**
 * What the catalogue knows of a table at some moment, which the log does not tell: numbers, defaults, what may be NULL.
 * The moment may be later than the change that is being read.
 *
 * @param at        a position of the log after every change of the catalogue that this shows
 * @param columns   the columns, published or not, in the order of their numbers; none if the table is gone
 * @param keyPast   whether the key is older than the transaction that was asked for
 * @param typeNames of the types that were asked for the names, {@code null} for one that is gone
 * @param highest   the highest number that a column ever had, also one that is gone; 0 if the table is gone
 */
public record TableDescription(Lsn at, List<Described> columns, boolean keyPast, List<String> typeNames, int highest) {

    /**
     * A column.
     *
     * @param column the column
     * @param past   whether the catalogue had it so before the transaction that was asked for, or by it. Told from the
     *               order of transaction ids: a table is not changed and redefined at once, so it is wrong only for a
     *               transaction that had begun to write elsewhere long before it redefined this table.
     */
    public record Described(Column column, boolean past) {
    }

    /** The same, taken as past. */
    public TableDescription asPast() {
        return new TableDescription(
                at, columns.stream().map(c -> new Described(c.column(), true)).toList(), true, typeNames, highest);
    }

    public boolean isPast() {
        return keyPast && columns.stream().allMatch(Described::past);
    }
}
