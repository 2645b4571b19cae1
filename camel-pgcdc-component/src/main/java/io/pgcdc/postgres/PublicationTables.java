package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TablePattern;

/**
 * Adds tables to a publication that is there, and takes them out. All of what is asked for is done, or nothing. Whoever
 * does it has to own the publication, and to add a table that one, too.
 */
final class PublicationTables {

    private static final String DENIED = "42501";
    private static final String LOCKED = "55P03";
    /** ALTER PUBLICATION waits for what else alters a table or vacuums it; nobody is to wait for ever. */
    private static final String PATIENCE = "SET LOCAL lock_timeout = '10s'";

    private final Connection connection;
    private final String publication;

    PublicationTables(Connection connection, String publication) {
        this.connection = connection;
        this.publication = publication;
    }

    /**
     * Returns those that it had not.
     *
     * @param toCopy whether this user must be able to read them
     */
    List<TableId> add(Collection<TablePattern> patterns, boolean toCopy) throws SQLException {
        requirePublication();
        Set<TableId> wanted = existing(patterns);
        wanted.removeAll(Catalog.covered(connection, publication, wanted));
        if (!wanted.isEmpty()) {
            Set<Long> before = new HashSet<>();
            Catalog.members(connection, publication).forEach(member -> before.add(member.identity().relationOid()));
            alter("ADD TABLE", wanted, () -> {
                if (toCopy) {
                    requireReadable(before);
                }
            });
        }
        return List.copyOf(wanted);
    }

    /** Returns those that it had. */
    List<TableId> drop(Collection<TablePattern> patterns) throws SQLException {
        requirePublication();
        Set<TableId> wanted = existing(patterns);
        List<TableId> had = Catalog.covered(connection, publication, wanted);
        List<TableId> named = Catalog.named(connection, publication, wanted);
        List<TableId> others = new ArrayList<>(had);
        others.removeAll(named);
        if (!others.isEmpty()) {
            throw new PgCdcException(
                    ErrorCode.PUBLICATION,
                    "The publication '" + publication + "' does not name table " + others.get(0)
                                           + " itself, it has it by its schema or with all tables",
                    "Make it a publication of the tables that it is to have: ALTER PUBLICATION "
                                                                                                    + TableId.quote(publication)
                                                                                                    + " SET TABLE <schema.table>, … (one FOR ALL "
                                                                                                    + "TABLES can't be altered to that)");
        }
        if (!named.isEmpty()) {
            alter("DROP TABLE", named, () -> {
            });
        }
        return List.copyOf(named);
    }

    private interface Check {
        void run() throws SQLException;
    }

    private void alter(String what, Collection<TableId> tables, Check check) throws SQLException {
        String sql = "ALTER PUBLICATION " + TableId.quote(publication) + ' ' + what + ' ' + Catalog.list(tables);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(PATIENCE);
            statement.execute(sql);
            check.run();
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            if (DENIED.equals(e.getSQLState())) {
                throw denied(e, sql);
            }
            if (LOCKED.equals(e.getSQLState())) {
                throw new PgCdcException(
                        ErrorCode.SQL, "Can't alter the publication " + publication + ": " + PostgresErrors.describe(e),
                        "Somebody alters the publication or a table, or vacuums it; try again when that is over", e);
            }
            throw e;
        } catch (PgCdcException e) {
            connection.rollback();
            throw e;
        }
    }

    private PgCdcException denied(SQLException error, String sql) throws SQLException {
        String user = TableId.quote(connection.getMetaData().getUserName());
        String remedy = "Run it as the owner of the publication and of the tables: " + sql + "; or let a role that they both "
                        + "belong to be granted: GRANT <owner> TO " + user + "; ALTER PUBLICATION " + TableId.quote(publication)
                        + " OWNER TO " + user;
        return new PgCdcException(
                ErrorCode.PRIVILEGE, "Can't alter the publication " + publication + ": " + PostgresErrors.describe(error),
                remedy,
                error);
    }

    private void requirePublication() throws SQLException {
        if (!Catalog.publicationExists(connection, publication)) {
            throw new PgCdcException(
                    ErrorCode.PUBLICATION, "The publication '" + publication + "' does not exist in database "
                                           + connection.getCatalog(),
                    "Run: CREATE PUBLICATION " + TableId.quote(publication) + " FOR TABLE <schema.table>, …");
        }
    }

    private Set<TableId> existing(Collection<TablePattern> patterns) throws SQLException {
        Set<TableId> found = new LinkedHashSet<>();
        for (TablePattern pattern : patterns) {
            List<TableId> tables = Catalog.matching(connection, pattern);
            if (tables.isEmpty()) {
                throw new PgCdcException(
                        ErrorCode.CONFIGURATION, "There is no table " + pattern + " that can be published",
                        "Create it first, or correct the name; views, foreign, unlogged and temporary tables can't be published");
            }
            found.addAll(tables);
        }
        return found;
    }

    private void requireReadable(Set<Long> before) throws SQLException {
        for (PublicationMember member : Catalog.members(connection, publication)) {
            if (!before.contains(member.identity().relationOid()) && member.access() != ReadAccess.ALLOWED) {
                String user = TableId.quote(connection.getMetaData().getUserName());
                throw new PgCdcException(
                        ErrorCode.PRIVILEGE,
                        "Table " + member.table() + " was not added to the publication '" + publication + "': the user " + user
                                             + ' ' + member.access().what() + " it",
                        "Run: " + member.access().remedy(member.table(), user));
            }
        }
    }
}
