package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.TableId;

/** Whether the state can be kept in a schema: it is there and may be used, or may be created. */
final class StateInspection {

    private static final String CHECK = "state";

    private final Connection connection;
    private final String schema;
    private final String place;
    private final Map<String, String> facts;
    private final List<PreflightFinding> findings;

    StateInspection(Connection connection, String schema, String place, Map<String, String> facts,
                    List<PreflightFinding> findings) {
        this.connection = connection;
        this.schema = schema;
        this.place = place;
        this.facts = facts;
        this.findings = findings;
    }

    void inspect() throws SQLException {
        facts.put("state", "schema " + schema + " at " + place);
        String where = "schema " + schema;
        if ("on".equals(Preflight.single(connection, "SHOW transaction_read_only"))) {
            findings.add(PreflightFinding.blocker(
                    ErrorCode.STATE, CHECK, where,
                    "The state can't be kept at " + place + ": the server is a standby or read-only")
                    .advise("Set stateUrl to the primary or to another database"));
            return;
        }
        String user = Preflight.user(connection);
        String sql = "SELECT n.oid IS NOT NULL, coalesce(has_schema_privilege(n.oid, 'USAGE'), false),"
                     + " coalesce(has_schema_privilege(n.oid, 'CREATE'), false),"
                     + " has_database_privilege(current_database(), 'CREATE'), current_database(),"
                     + " (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r' AND "
                     + Catalog.OF_STATE
                     + "), (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r' AND "
                     + Catalog.OF_STATE
                     + " AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')"
                     + " AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')))"
                     + " FROM (SELECT CAST(? AS name) AS name) s LEFT JOIN pg_namespace n ON n.nspname = s.name";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                boolean exists = row.getBoolean(1);
                if (!exists) {
                    if (!row.getBoolean(4)) {
                        findings.add(PreflightFinding.blocker(
                                ErrorCode.PRIVILEGE, CHECK, where,
                                "The schema for the state is not there, and the user may not create it in database "
                                                                   + row.getString(5))
                                .run("CREATE SCHEMA " + TableId.quote(schema) + " AUTHORIZATION " + user));
                    }
                    return;
                }
                boolean complete = row.getInt(6) > 0;
                if (!row.getBoolean(2) || !complete && !row.getBoolean(3)) {
                    findings.add(PreflightFinding.blocker(
                            ErrorCode.PRIVILEGE, CHECK, where, "The user may not use the schema for the state, or create in it")
                            .run("GRANT USAGE, CREATE ON SCHEMA " + TableId.quote(schema) + " TO " + user));
                }
                if (row.getInt(7) > 0) {
                    findings.add(PreflightFinding.blocker(
                            ErrorCode.PRIVILEGE, CHECK, where, "The user may not read and write the tables of the state")
                            .run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + TableId.quote(schema)
                                 + " TO " + user));
                }
            }
        }
    }
}
