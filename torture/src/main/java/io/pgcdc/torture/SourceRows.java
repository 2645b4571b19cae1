package io.pgcdc.torture;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.testing.TestDatabase;

/** The rows of the source, as a plain SELECT gives them. */
final class SourceRows {

    private final TestDatabase database;

    SourceRows(TestDatabase database) {
        this.database = database;
    }

    /** By what tells the rows apart, with values as {@link ValueText}. */
    Map<List<String>, Map<String, String>> of(TortureTable table) {
        Map<List<String>, Map<String, String>> rows = new HashMap<>();
        try (Connection connection = database.connect();
             Statement statement = connection.createStatement();
             ResultSet result = statement.executeQuery("SELECT * FROM " + table.sqlName())) {
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.put(columns.getColumnName(i), ValueText.of(value(result, columns, i)));
                }
                rows.put(table.identityOf(row), row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException("the rows of " + table.sqlName() + " can't be read", e);
        }
    }

    private static Object value(ResultSet row, ResultSetMetaData columns, int i) throws SQLException {
        boolean moment
                = columns.getColumnType(i) == Types.TIMESTAMP || columns.getColumnType(i) == Types.TIMESTAMP_WITH_TIMEZONE;
        return moment ? row.getObject(i, OffsetDateTime.class) : row.getString(i);
    }
}
