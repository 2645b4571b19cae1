package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;

/** What must be true of a server before anything is started on it; each finding says the SQL that mends it. */
final class Preflight {

    private static final int OLDEST = 14;
    /** The first major whose standbys can decode the log themselves. */
    private static final int DECODING_STANDBYS = 16;
    /** The first major whose standbys keep copies of logical slots. */
    private static final int FAILOVER_SLOTS = 17;

    private Preflight() {
    }

    static void checkServer(Connection connection) throws SQLException {
        int version = Catalog.majorVersion(connection);
        if (version < OLDEST) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The server is PostgreSQL " + version,
                    "pgcdc needs PostgreSQL " + OLDEST + " or newer");
        }
        if (version < DECODING_STANDBYS && "t".equals(single(connection, "SELECT pg_is_in_recovery()"))) {
            // It may be promoted, so that this passes.
            String remedy = "Name the primary in the option url, or all hosts with targetServerType=primary; standbys "
                            + "can be read from PostgreSQL " + DECODING_STANDBYS + " on. It is tried again";
            throw new PgCdcException(
                    ErrorCode.SERVER_NOT_READY,
                    "The server is a standby of PostgreSQL " + version + ", which has no logical replication there",
                    remedy);
        }
        String level = single(connection, "SHOW wal_level");
        if (!"logical".equals(level)) {
            throw new PgCdcException(
                    ErrorCode.WAL_LEVEL, "The server's wal_level is '" + level + "', it must be 'logical'",
                    "Run: ALTER SYSTEM SET wal_level = 'logical'; then restart the server");
        }
    }

    static void checkFailoverSlots(Connection connection) throws SQLException {
        int version = Catalog.majorVersion(connection);
        if (version < FAILOVER_SLOTS) {
            String remedy = "It needs PostgreSQL " + FAILOVER_SLOTS + " or newer: leave slotFailover out, and after a "
                            + "failover copy again (slotLost=resync)";
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION,
                    "slotFailover=true is set, but PostgreSQL " + version + " has no failover slots", remedy);
        }
        if ("t".equals(single(connection, "SELECT pg_is_in_recovery()"))) {
            String remedy = "Name the primary in the option url, or all hosts with targetServerType=primary; to read from "
                            + "this standby leave slotFailover out. It is tried again";
            throw new PgCdcException(
                    ErrorCode.SERVER_NOT_READY,
                    "slotFailover=true is set, but the server is a standby, which can have no failover slots of its own",
                    remedy);
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
        String sql = "SELECT p.schemaname, p.tablename, " + ReadAccess.sql(Catalog.majorVersion(connection))
                     + " FROM pg_publication_tables p"
                     + " JOIN pg_namespace n ON n.nspname = p.schemaname"
                     + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename"
                     + " WHERE p.pubname = ? AND NOT " + Catalog.OF_STATE + " ORDER BY 1, 2";
        boolean empty = true;
        Map<TableId, ReadAccess> unreadable = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    empty = false;
                    ReadAccess access = ReadAccess.valueOf(row.getString(3));
                    if (access != ReadAccess.ALLOWED) {
                        unreadable.put(new TableId(row.getString(1), row.getString(2)), access);
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
            Map.Entry<TableId, ReadAccess> first = unreadable.entrySet().iterator().next();
            String what = "The user " + user + " may not read " + unreadable.size()
                          + " table(s) of the publication '" + publication + "': it " + first.getValue().what() + " "
                          + first.getKey();
            throw new PgCdcException(
                    ErrorCode.PRIVILEGE, what, "Run: " + first.getValue().remedy(first.getKey(), user));
        }
    }

    private static String single(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
