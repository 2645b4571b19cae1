package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.pgcdc.model.TableId;

/** What is there in the destination. */
final class Catalogue {

    private Catalogue() {
    }

    static boolean hasTable(Connection connection, TableId table) throws SQLException {
        return !strings(
                connection,
                "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
                table.schema(), table.name()).isEmpty();
    }

    /** The names of a table's columns, empty if there is no such table. */
    static List<String> columns(Connection connection, TableId table) throws SQLException {
        return strings(
                connection,
                "SELECT column_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
                            + " ORDER BY ordinal_position",
                table.schema(), table.name());
    }

    /** The name of the primary key's constraint, {@code null} if the table has none. */
    static String keyConstraint(Connection connection, TableId table) throws SQLException {
        List<String> names = strings(
                connection,
                "SELECT constraint_name FROM information_schema.table_constraints WHERE table_schema = ?"
                            + " AND table_name = ? AND constraint_type = 'PRIMARY KEY'",
                table.schema(), table.name());
        return names.isEmpty() ? null : names.get(0);
    }

    /** How many bytes a name may have, 0 if any number. */
    static int longestName(Connection connection) throws SQLException {
        return connection.getMetaData().getMaxTableNameLength();
    }

    /** Makes a schema if it is missing; to ask first takes no privilege. */
    static void createSchema(Connection connection, String schema) throws SQLException {
        try (ResultSet schemas = connection.getMetaData().getSchemas()) {
            while (schemas.next()) {
                if (schema.equals(schemas.getString("TABLE_SCHEM"))) {
                    return;
                }
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + TableId.quote(schema));
        }
    }

    private static List<String> strings(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                query.setString(i + 1, parameters[i]);
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
}
