package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/**
 * The condition, in SQL, that names rows of a table. It goes into a statement as it is, so it has to be one expression
 * and nothing else. Only the server's own parser knows, and it is asked: the statement is given to it as a value, and a
 * cursor is opened for it, which takes a single query, in a transaction that may write nothing. No row is read.
 *
 * <p>
 * A text that closes the bracket around it and goes on behind, as {@code true) OR (true} would to get around a row
 * filter, is no expression between brackets of another kind. So it is tried between both kinds.
 */
final class RowPredicate {

    private static final String STATEMENT = "SELECT set_config('pgcdc.statement', ?, true)";
    private static final String OPEN
            = "DO $$ DECLARE c refcursor; BEGIN OPEN c FOR EXECUTE current_setting('pgcdc.statement'); CLOSE c; END $$";

    private RowPredicate() {
    }

    /** @throws PgCdcException of kind CONFIGURATION if it is no condition on the rows of the table */
    static void check(Connection connection, PublishedTable table, String predicate) throws SQLException {
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        try {
            parse(connection, "SELECT FROM " + TableCopy.source(table) + " WHERE " + condition(table, predicate));
            parse(connection, "SELECT FROM " + TableCopy.source(table) + " WHERE (ARRAY[\n" + predicate + "\n])[1]");
        } catch (SQLException e) {
            if (PostgresErrors.code(e) != ErrorCode.SQL) {
                throw e;
            }
            // What the server says quotes the condition, and that may hold values of rows.
            String remedy
                    = "Write what may stand behind WHERE, with the table's columns by their names and everything else with "
                      + "its schema, such as: customer_id = 42 AND created_at > '2026-01-01'. What the server has against it "
                      + "tells: SELECT count(*) FROM " + table.table().quoted() + " WHERE …";
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION,
                    "The predicate for table " + table.table() + " is no condition on its rows (SQLSTATE " + e.getSQLState()
                                             + ")",
                    remedy);
        } finally {
            connection.rollback();
        }
    }

    /** What stands behind WHERE; a line of its own, for it may end in a comment. */
    static String condition(PublishedTable table, String predicate) {
        return (table.rowFilter() == null ? "" : "(" + table.rowFilter() + ") AND ") + "(\n" + predicate + "\n)";
    }

    private static void parse(Connection connection, String sql) throws SQLException {
        try (PreparedStatement setting = connection.prepareStatement(STATEMENT);
             Statement open = connection.createStatement()) {
            setting.setString(1, sql);
            setting.execute();
            open.execute(OPEN);
        }
    }
}
