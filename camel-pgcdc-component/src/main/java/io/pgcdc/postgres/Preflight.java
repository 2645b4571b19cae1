package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;

/** What must be true of a server before anything is started on it; each finding says the SQL that mends it. */
final class Preflight {

    private static final int OLDEST = 14;

    private Preflight() {
    }

    static void checkServer(Connection connection) throws SQLException {
        int version = Catalog.majorVersion(connection);
        if (version < OLDEST) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The server is PostgreSQL " + version,
                    "pgcdc needs PostgreSQL " + OLDEST + " or newer");
        }
        String level = single(connection, "SHOW wal_level");
        if (!"logical".equals(level)) {
            throw new PgCdcException(
                    ErrorCode.WAL_LEVEL, "The server's wal_level is '" + level + "', it must be 'logical'",
                    "Run: ALTER SYSTEM SET wal_level = 'logical'; then restart the server");
        }
    }

    static void checkPublication(Connection connection, String publication, boolean copies) throws SQLException {
        if (!Catalog.publicationExists(connection, publication)) {
            throw new PgCdcException(
                    ErrorCode.PUBLICATION,
                    "The publication '" + publication + "' does not exist in database "
                                           + single(connection, "SELECT current_database()"),
                    "Run: CREATE PUBLICATION " + TableId.quote(publication) + " FOR TABLE <schema.table>, …");
        }
        String sql = "SELECT p.schemaname, p.tablename, has_any_column_privilege(c.oid, 'SELECT')"
                     + "   AND has_schema_privilege(n.oid, 'USAGE')"
                     + " FROM pg_publication_tables p JOIN pg_namespace n ON n.nspname = p.schemaname"
                     + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename"
                     + " WHERE p.pubname = ? ORDER BY 1, 2";
        boolean empty = true;
        List<TableId> unreadable = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    empty = false;
                    if (!row.getBoolean(3)) {
                        unreadable.add(new TableId(row.getString(1), row.getString(2)));
                    }
                }
            }
        }
        if (empty) {
            throw new PgCdcException(
                    ErrorCode.PUBLICATION, "The publication '" + publication + "' publishes no table",
                    "Run: ALTER PUBLICATION " + TableId.quote(publication) + " ADD TABLE <schema.table>, …");
        }
        if (copies && !unreadable.isEmpty()) {
            String user = TableId.quote(single(connection, "SELECT current_user"));
            TableId first = unreadable.get(0);
            String what = "The user " + user + " may not read " + unreadable.size()
                          + " table(s) of the publication '" + publication + "', the first is " + first;
            String remedy = "Run: GRANT USAGE ON SCHEMA " + TableId.quote(first.schema()) + " TO " + user
                            + "; GRANT SELECT ON " + first.quoted() + " TO " + user;
            throw new PgCdcException(ErrorCode.PRIVILEGE, what, remedy);
        }
    }

    private static String single(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
