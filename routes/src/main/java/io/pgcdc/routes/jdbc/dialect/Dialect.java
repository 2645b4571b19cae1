package io.pgcdc.routes.jdbc.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

import io.pgcdc.model.Column;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;

/**
 * One kind of destination. Immutable, and safe for use by several threads.
 *
 * <p>
 * Rows go through a <i>stage</i>: a temporary table of the connection, made anew for each batch, with the columns
 * {@code op} (an integer), {@code absent} (text) and {@code c0}, {@code c1}, … Its rows are then brought into the
 * destination's table by a few statements on sets.
 */
public interface Dialect {

    /** How this kind of database is called, for messages. */
    String name();

    /** Whether one connection at a time may write. */
    boolean isSingleWriter();

    /** Whether names that differ in upper and lower case alone are the same, quoted or not. */
    boolean ignoresCase();

    /**
     * What names of tables are qualified with beside their schema, {@code null} if nothing: where that of a schema can
     * be that of a catalogue, too.
     */
    default String catalogue() {
        return null;
    }

    /** The name of a table in statements. */
    default String quoted(TableId table) {
        return TargetTable.quoted(catalogue(), table);
    }

    /** Begins a transaction of a connection that does not commit by itself; whatever values depend on is set here. */
    void begin(Statement statement) throws SQLException;

    /** The statement that makes a table, with its primary key. */
    default String create(TargetTable table) {
        return Statements.create(table);
    }

    /** What is put behind a query of one row that must stay as it is until the transaction ends; may be empty. */
    String forUpdate();

    /**
     * The type of the column that holds a source's column.
     *
     * @param key whether the column is part of the primary key
     */
    ColumnType typeOf(Column column, boolean key);

    /** The type that holds the text of any value. */
    ColumnType textType(boolean key);

    /** The type of {@code op}, an integer. */
    ColumnType integerType();

    /** Makes an empty stage in the place of an earlier one; returns how statements call it. */
    String createStage(Statement statement, List<ColumnType> columns) throws SQLException;

    /**
     * Loads rows into the stage: {@code op} as an Integer, {@code absent} as a String, and the portable values of
     * {@code c0}, {@code c1}, …
     *
     * @param  columns             the types of {@code c0}, {@code c1}, …
     * @param  rows                may be one array that is filled anew for each row
     * @throws UnfitValueException if a column can't hold a value
     */
    void load(Connection connection, List<ColumnType> columns, Iterator<Object[]> rows) throws SQLException;

    /**
     * The statements that delete the rows whose keys the stage has with {@code op} 0, and insert or replace those that
     * it has with {@code op} 1. The stage has each key once, in {@code c0}, {@code c1}, … as the table has its columns.
     *
     * @param deletes whether there is any {@code op} 0
     */
    default List<String> merge(TargetTable table, String stage, boolean deletes) {
        return List.of(Statements.merge(table, stage));
    }

    /**
     * The statement that deletes rows which are equal to a row of the stage in every column: of each, as many as minus
     * {@code op} says. Such rows of the stage have a number each in {@code absent}.
     */
    String deleteEqual(TargetTable table, String stage);

    /** The statement that empties a table. */
    default String truncate(TableId table) {
        return "DELETE FROM " + quoted(table);
    }

    /**
     * The statements that give a table another shape.
     *
     * @param  before         the table as it is
     * @param  after          the table as it is to be, under whatever name
     * @param  origins        for each column of {@code after} which one of {@code before} it was; -1 if it is new
     * @param  keyConstraint  the name of the primary key's constraint, {@code null} if there is none
     * @throws PgCdcException if the table has what would be lost
     */
    List<String> reshape(
            Connection connection, TargetTable before, TargetTable after, List<Integer> origins, String keyConstraint)
            throws SQLException;

    /**
     * Whether a column of another type has what PostgreSQL has made of its values after {@link #reshape}, if no USING
     * said otherwise.
     */
    default boolean keepsValues(Column before, Column after) {
        return Conversions.keepValues(before, after);
    }

    /**
     * The statements that make a column text, since it can't hold a value: what it held gets the text that its portable
     * values have, as have those that come.
     *
     * @param column the position in both
     */
    default List<String> widen(Connection connection, TargetTable before, TargetTable after, int column) throws SQLException {
        return reshape(connection, before, after, IntStream.range(0, after.columns().size()).boxed().toList(), null);
    }
}
