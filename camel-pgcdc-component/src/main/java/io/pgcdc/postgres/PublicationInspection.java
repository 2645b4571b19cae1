package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.TableId;

/** What a publication publishes, apart from its tables one by one. */
final class PublicationInspection {

    static final String TABLES = "tables";

    private final Connection connection;
    private final PipelineNeeds needs;
    private final Map<String, String> facts;
    private final List<PreflightFinding> findings;

    PublicationInspection(Connection connection, PipelineNeeds needs, Map<String, String> facts,
                          List<PreflightFinding> findings) {
        this.connection = connection;
        this.needs = needs;
        this.facts = facts;
        this.findings = findings;
    }

    void inspect() throws SQLException {
        Publication publication = Catalog.publication(connection, needs.publication());
        facts.put("publication", needs.publication() + " of " + publication.operations() + "; " + publication.parameters());
        if (!publication.isComplete()) {
            findings.add(PreflightFinding.warning(
                    "operations", "publication " + needs.publication(),
                    "It publishes " + (publication.operations().isEmpty() ? "no operation" : "only " + publication.operations())
                                                                        + ": other changes are never told")
                    .run("ALTER PUBLICATION " + TableId.quote(needs.publication())
                         + " SET (publish = 'insert, update, delete, truncate')"));
        }
        String sql = "SELECT count(*), bool_or(b.puballtables), sum(pg_table_size(c.oid))::bigint" + Preflight.published();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, needs.publication());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                facts.put(TABLES, row.getString(1));
            }
        }
        inspectRoots();
    }

    /** Partitions that are told one by one because the publication is not by root. */
    private void inspectRoots() throws SQLException {
        String sql = "SELECT q.root, count(*) FROM (SELECT (SELECT format('%s.%s', rn.nspname, r.relname) FROM pg_class r"
                     + " JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = pg_partition_root(c.oid)) AS root"
                     + Preflight.published() + " AND c.relispartition AND NOT b.pubviaroot"
                     + ") q GROUP BY 1 ORDER BY 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, needs.publication());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    findings.add(PreflightFinding.information(
                            "partitions", row.getString(1),
                            "Its " + row.getInt(2) + " partition(s) are told as tables of their own, not as this table")
                            .run("ALTER PUBLICATION " + TableId.quote(needs.publication())
                                 + " SET (publish_via_partition_root = true)")
                            .advise("the SQL makes them one; a pipeline that runs copies the table again then"));
                }
            }
        }
    }
}
