package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.pgcdc.model.TableId;
import io.pgcdc.routes.jdbc.dialect.Dialect;

/** What is there in the destination. */
final class Catalogue {

    private Catalogue() {
    }

    static boolean hasTable(Connection connection, TableId table, Dialect dialect) throws SQLException {
        return !found(connection, "table_name", "tables", table, dialect, "").isEmpty();
    }

    /** The names of a table's columns, empty if there is no such table. */
    static List<String> columns(Connection connection, TableId table, Dialect dialect) throws SQLException {
        return found(connection, "column_name", "columns", table, dialect, " ORDER BY ordinal_position");
    }

    /** The name of the primary key's constraint, {@code null} if the table has none. */
    static String keyConstraint(Connection connection, TableId table, Dialect dialect) throws SQLException {
        List<String> names = found(
                connection, "constraint_name", "table_constraints", table, dialect, " AND constraint_type = 'PRIMARY KEY'");
        return names.isEmpty() ? null : names.get(0);
    }

    /** How many bytes a name may have, 0 if any number. */
    static int longestName(Connection connection) throws SQLException {
        return connection.getMetaData().getMaxTableNameLength();
    }

    private static List<String> found(
            Connection connection, String what, String view, TableId table, Dialect dialect, String more)
            throws SQLException {
        String same = dialect.ignoresCase() ? "lower(%s) = lower(?)" : "%s = ?";
        String sql
                = "SELECT " + what + " FROM information_schema." + view + " WHERE " + same.formatted("table_schema") + " AND "
                  + same.formatted("table_name") + (dialect.catalogue() == null ? "" : " AND table_catalog = ?") + more;
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, table.schema());
            query.setString(2, table.name());
            if (dialect.catalogue() != null) {
                query.setString(3, dialect.catalogue());
            }
            try (ResultSet rows = query.executeQuery()) {
                List<String> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
                return found;
            }
        }
    }

    /** Makes a schema if it is missing; to ask first takes no privilege. */
    static void createSchema(Connection connection, String schema) throws SQLException {
        String catalogue = connection.getCatalog();
        try (ResultSet schemas = connection.getMetaData().getSchemas()) {
            while (schemas.next()) {
                String of = schemas.getString("TABLE_CATALOG");
                if (schema.equals(schemas.getString("TABLE_SCHEM")) && (of == null || of.equals(catalogue))) {
                    return;
                }
            }
        }
        try (Statement statement = connection.createStatement()) {
            // One that differs in upper and lower case alone may be there.
            statement.execute("CREATE SCHEMA IF NOT EXISTS " + TableId.quote(schema));
        }
    }
}
