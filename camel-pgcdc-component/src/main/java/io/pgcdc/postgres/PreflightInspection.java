package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.postgres.PreflightFinding.Severity;

/** Makes one {@link PreflightReport}: asks in turn the server, its settings, the publication, its tables, the state. */
final class PreflightInspection {

    private final PgReplicationClient client;
    private final PipelineNeeds needs;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final List<PreflightFinding> findings = new ArrayList<>();

    PreflightInspection(PgReplicationClient client, PipelineNeeds needs) {
        this.client = client;
        this.needs = needs;
    }

    PreflightReport report() {
        String place = client.connections().settings().where();
        try (Connection connection = client.connections().glancing()) {
            inspect(connection);
        } catch (SQLException e) {
            findings.add(failed(PostgresErrors.translate(e, "Can't check the server " + place)));
        } catch (PgCdcException e) {
            findings.add(failed(e));
        }
        inspectState();
        return new PreflightReport(needs.pipeline(), place, facts, findings);
    }

    private static PreflightFinding failed(PgCdcException e) {
        return PreflightFinding.of(e, "connection", Preflight.SERVER);
    }

    private void inspect(Connection connection) throws SQLException {
        findings.addAll(Preflight.server(connection));
        if (Catalog.majorVersion(connection) < Preflight.OLDEST) {
            // What follows asks for what an older server does not have.
            facts.put("version", "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion());
            return;
        }
        if (needs.slotFailover()) {
            findings.addAll(Preflight.failoverSlots(connection));
        }
        ServerInspection server = new ServerInspection(connection, needs, facts, findings);
        server.inspect();
        boolean pooled = server.inspectPooler();
        inspectReplication(connection, pooled);
        List<PreflightFinding> publication = Preflight.publication(connection, needs.publication());
        if (publication.isEmpty()) {
            new PublicationInspection(connection, needs, facts, findings).inspect();
            inspectAccess(connection);
            new TableInspection(connection, client, needs, findings).inspect();
        } else if (needs.tablesToPublish().isEmpty()) {
            findings.addAll(publication);
        } else {
            inspectCreation(connection);
        }
        server.inspectSlots(Integer.parseInt(facts.getOrDefault(PublicationInspection.TABLES, "1")));
    }

    /** Whether the server takes a replication connection from here is known only by making one. */
    private void inspectReplication(Connection connection, boolean pooled) throws SQLException {
        try {
            client.identifySystem();
            facts.put("replication connection", "accepted");
        } catch (PgCdcException e) {
            facts.put("replication connection", "refused");
            String user = Preflight.user(connection);
            boolean allowed = "t".equals(Preflight.single(
                    connection, "SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user"));
            PreflightFinding finding = PreflightFinding.of(e, "replication connection", Preflight.SERVER);
            if (pooled) {
                finding = finding.advise("The pooler in between does not pass it on: name the server itself in the option url");
            } else if (!allowed) {
                finding = new PreflightFinding(
                        Severity.BLOCKER, ErrorCode.PRIVILEGE, "replication privilege", Preflight.SERVER,
                        "The user " + user + " has no REPLICATION attribute",
                        List.of("ALTER ROLE " + user + " REPLICATION"), null);
            }
            findings.add(finding);
        }
    }

    /** Who only follows changes needs no right to read, but has none to copy a table again either. */
    private void inspectAccess(Connection connection) throws SQLException {
        for (PreflightFinding finding : Preflight.access(connection, needs.publication())) {
            findings.add(needs.copies() ? finding : finding.as(Severity.INFORMATION));
        }
    }

    /** The publication is not there yet, and is to be made. */
    private void inspectCreation(Connection connection) throws SQLException {
        String database = Preflight.single(connection, "SELECT current_database()");
        boolean may = "t".equals(Preflight.single(
                connection, "SELECT has_database_privilege(current_database(), 'CREATE')"));
        String where = "publication " + needs.publication();
        findings.add(may
                ? PreflightFinding.information(
                        "publication", where, "The publication does not exist yet; the start makes it (createPublication=true)")
                        .advise("The user has to own the tables")
                : PreflightFinding.blocker(
                        ErrorCode.PRIVILEGE, "publication", where,
                        "The publication does not exist, and the user may not create it in database " + database)
                        .run("GRANT CREATE ON DATABASE " + TableId.quote(database) + " TO "
                             + Preflight.user(connection))
                        .advise("the user has to own the tables, too"));
    }

    private void inspectState() {
        if (needs.state() == null) {
            return;
        }
        String place = needs.state().settings().where();
        try (Connection connection = needs.state().impatient()) {
            new StateInspection(connection, needs.stateSchema(), place, facts, findings).inspect();
        } catch (SQLException e) {
            findings.add(stateFailed(PostgresErrors.translate(e, "Can't check the state at " + place)));
        } catch (PgCdcException e) {
            // Where it is the same server it has been said.
            if (!place.equals(client.connections().settings().where())) {
                findings.add(stateFailed(e));
            }
        }
    }

    private static PreflightFinding stateFailed(PgCdcException e) {
        return PreflightFinding.of(e, "state", "state");
    }
}
