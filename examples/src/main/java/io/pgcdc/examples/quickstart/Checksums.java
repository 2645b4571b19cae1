package io.pgcdc.examples.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import io.pgcdc.model.TableId;

/**
 * A checksum over every row and column of a table, computed by each database itself: of texts that both sides write
 * alike, in an order that both sides have.
 */
final class Checksums {

    private static final String COLUMNS = """
            SELECT attname, atttypid::regtype::text FROM pg_attribute
            WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum""";

    private Checksums() {
    }

    /** @param value hexadecimal */
    record Checksum(long rows, String value) {

        @Override
        public String toString() {
            return String.format("%,d rows %s", rows, value.substring(0, Math.min(12, value.length())));
        }
    }

    static Checksum ofPostgres(Connection postgres, TableId table) throws SQLException {
        return query(postgres, table, columns(postgres, table), column -> column + "::text",
                column -> "(extract(epoch FROM " + column + ") * 1000000)::bigint::text",
                column -> "to_json(" + column + ")::text");
    }

    /** @param postgres knows the columns of the table */
    static Checksum ofDuckDb(Connection duckDb, Connection postgres, TableId table) throws SQLException {
        return query(duckDb, table, columns(postgres, table), column -> column + "::varchar",
                column -> "epoch_us(" + column + ")::varchar", column -> column + "::varchar");
    }

    private record TypedColumn(String quoted, String type) {
    }

    private static List<TypedColumn> columns(Connection postgres, TableId table) throws SQLException {
        try (PreparedStatement statement = postgres.prepareStatement(COLUMNS)) {
            statement.setString(1, table.quoted());
            try (ResultSet rows = statement.executeQuery()) {
                List<TypedColumn> columns = new ArrayList<>();
                while (rows.next()) {
                    columns.add(new TypedColumn(TableId.quote(rows.getString(1)), rows.getString(2)));
                }
                return columns;
            }
        }
    }

    private static Checksum query(
            Connection connection, TableId table, List<TypedColumn> columns, UnaryOperator<String> text,
            UnaryOperator<String> instant, UnaryOperator<String> array)
            throws SQLException {
        List<String> texts = new ArrayList<>();
        for (TypedColumn column : columns) {
            UnaryOperator<String> expression = column.type().endsWith("[]") ? array
                    : column.type().equals("timestamp with time zone") ? instant
                    : text;
            texts.add("coalesce(" + expression.apply(column.quoted()) + ", '\\N')");
        }
        String sql = "SELECT count(*), coalesce(md5(string_agg(row_sum, '' ORDER BY row_sum)), '') FROM (SELECT md5("
                     + String.join(" || '|' || ", texts) + ") AS row_sum FROM " + table.quoted() + ") AS sums";
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return new Checksum(row.getLong(1), row.getString(2));
        }
    }
}
