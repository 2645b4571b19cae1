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

/**
 * What must be true of a server before anything is started on it; each finding says the SQL that mends it. A start
 * stops at the first one; a report ({@link PreflightInspection}) has them all.
 */
final class Preflight {

    static final String SERVER = "server";

    static final int OLDEST = 14;
    /** The first major whose standbys can decode the log themselves. */
    private static final int DECODING_STANDBYS = 16;
    /** The first major whose standbys keep copies of logical slots. */
    private static final int FAILOVER_SLOTS = 17;

    private Preflight() {
    }

    /** Throws the first of these findings, if there is one. */
    static void require(List<PreflightFinding> findings) {
        findings.stream().findFirst().ifPresent(first -> {
            throw first.toException();
        });
    }

    static List<PreflightFinding> server(Connection connection) throws SQLException {
        List<PreflightFinding> findings = new ArrayList<>();
        int version = Catalog.majorVersion(connection);
        if (version < OLDEST) {
            findings.add(PreflightFinding.blocker(
                    ErrorCode.CONFIGURATION, "version", SERVER, "The server is PostgreSQL " + version)
                    .advise("pgcdc needs PostgreSQL " + OLDEST + " or newer"));
        }
        if (version < DECODING_STANDBYS && isStandby(connection)) {
            // It may be promoted, so that this passes.
            findings.add(PreflightFinding.blocker(
                    ErrorCode.SERVER_NOT_READY, "standby", SERVER,
                    "The server is a standby of PostgreSQL " + version + ", which has no logical replication there")
                    .advise("Name the primary in the option url, or all hosts with targetServerType=primary; standbys "
                            + "can be read from PostgreSQL " + DECODING_STANDBYS + " on. It is tried again"));
        }
        String level = single(connection, "SHOW wal_level");
        if (!"logical".equals(level)) {
            findings.add(PreflightFinding.blocker(
                    ErrorCode.WAL_LEVEL, "wal_level", SERVER,
                    "The server's wal_level is '" + level + "', it must be 'logical'")
                    .run("ALTER SYSTEM SET wal_level = 'logical'")
                    .advise("then restart the server"));
        }
        return findings;
    }

    static List<PreflightFinding> failoverSlots(Connection connection) throws SQLException {
        int version = Catalog.majorVersion(connection);
        if (version < FAILOVER_SLOTS) {
            return List.of(PreflightFinding.blocker(
                    ErrorCode.CONFIGURATION, "failover slots", SERVER,
                    "slotFailover=true is set, but PostgreSQL " + version + " has no failover slots")
                    .advise("It needs PostgreSQL " + FAILOVER_SLOTS + " or newer: leave slotFailover out, and after a "
                            + "failover copy again (slotLost=resync)"));
        }
        if (isStandby(connection)) {
            return List.of(PreflightFinding.blocker(
                    ErrorCode.SERVER_NOT_READY, "failover slots", SERVER,
                    "slotFailover=true is set, but the server is a standby, which can have no failover slots of its own")
                    .advise("Name the primary in the option url, or all hosts with targetServerType=primary; to read from "
                            + "this standby leave slotFailover out. It is tried again"));
        }
        return List.of();
    }

    /** Whether it is there and publishes a table. */
    static List<PreflightFinding> publication(Connection connection, String publication) throws SQLException {
        String where = "publication " + publication;
        if (!Catalog.publicationExists(connection, publication)) {
            return List.of(PreflightFinding.blocker(
                    ErrorCode.PUBLICATION, "publication", where,
                    "The publication '" + publication + "' does not exist in database "
                                                                 + single(connection, "SELECT current_database()"))
                    .run("CREATE PUBLICATION " + TableId.quote(publication) + " FOR TABLE <schema.table>, …"));
        }
        String sql = "SELECT EXISTS (SELECT" + published() + ")";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1)
                        ? List.of()
                        : List.of(PreflightFinding.blocker(
                                ErrorCode.PUBLICATION, "publication", where,
                                "The publication '" + publication + "' publishes no table")
                                .run("ALTER PUBLICATION " + TableId.quote(publication)
                                     + " ADD TABLE <schema.table>, …"));
            }
        }
    }

    /** The published tables that can't be copied, by name. */
    static List<PreflightFinding> access(Connection connection, String publication) throws SQLException {
        String sql = "SELECT n.nspname, c.relname, " + ReadAccess.sql(Catalog.majorVersion(connection))
                     + published() + " ORDER BY 1, 2";
        List<PreflightFinding> findings = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ReadAccess access = ReadAccess.valueOf(row.getString(3));
                    if (access != ReadAccess.ALLOWED) {
                        TableId table = new TableId(row.getString(1), row.getString(2));
                        String user = user(connection);
                        findings.add(PreflightFinding.blocker(
                                ErrorCode.PRIVILEGE, "read access", table.toString(),
                                "The user " + user + ' ' + access.what() + ' ' + table)
                                .run(access.statements(table, user).toArray(String[]::new)));
                    }
                }
            }
        }
        return findings;
    }

    /** Throws the first of the tables that can't be copied, and says how many there are. */
    static void requireAccess(Connection connection, String publication) throws SQLException {
        List<PreflightFinding> denied = access(connection, publication);
        if (!denied.isEmpty()) {
            PreflightFinding first = denied.get(0);
            String others = denied.size() == 1 ? "" : ", and " + (denied.size() - 1) + " other table(s) of the publication";
            throw new PgCdcException(first.code(), first.message() + others, first.remedy());
        }
    }

    /** The tables c, in schemas n, of the publication b as the view p has them; binds the publication's name. */
    static String published() {
        return " FROM pg_publication_tables p JOIN pg_publication b ON b.pubname = p.pubname"
               + " JOIN pg_namespace n ON n.nspname = p.schemaname"
               + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename"
               + " WHERE p.pubname = ? AND NOT " + Catalog.OF_STATE;
    }

    /** The present user as SQL wants it. */
    static String user(Connection connection) throws SQLException {
        return TableId.quote(single(connection, "SELECT current_user"));
    }

    static boolean isStandby(Connection connection) throws SQLException {
        return "t".equals(single(connection, "SELECT pg_is_in_recovery()"));
    }

    static String single(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
