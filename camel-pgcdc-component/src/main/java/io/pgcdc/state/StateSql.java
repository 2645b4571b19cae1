package io.pgcdc.state;

import java.util.LinkedHashMap;
import java.util.Map;

import io.pgcdc.model.TableId;

/**
 * The SQL of {@link PostgresStateStore}: its tables, and what is done with them. Lists of tables are bound as one array
 * for each column, so that any number of them is one statement.
 */
final class StateSql {

    /** Held while tables are created; the number has no meaning, it is "pgcdc" in ASCII. */
    static final String LOCK = "SELECT pg_advisory_xact_lock(482770904163)";

    static final String SCHEMA_EXISTS = "SELECT 1 FROM pg_namespace WHERE nspname = CAST(? AS name)";

    static final String EXISTING_TABLES = "SELECT c.relname FROM pg_class c"
                                          + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                                          + " WHERE n.nspname = CAST(? AS name)";

    private static final String SAME_TABLE = " AND t.schema_name = v.schema_name AND t.table_name = v.table_name";

    final String createSchema;
    /** The tables by name, each with the SQL that creates it. */
    final Map<String, String> createTables = new LinkedHashMap<>();

    /** Binds the pipeline: one statement for each table. */
    final String[] forgetPipeline;
    final String pipeline;
    final String savePipeline;
    final String positions;
    final String savePosition;
    final String forgetSlot;
    final String tables;
    final String saveTables;
    /** Binds schemas and names of tables, and the pipeline: one statement for each table of ours. */
    final String[] removeTables;
    /** Binds schemas and names of tables, and the pipeline. */
    final String forgetRanges;
    final String ranges;
    final String saveRange;
    final String schemas;
    final String saveSchemas;
    final String removeColumns;
    final String saveColumns;

    StateSql(String schemaName) {
        String schema = TableId.quote(schemaName);
        createSchema = "CREATE SCHEMA IF NOT EXISTS " + schema;
        tablesIn(schema);

        forgetPipeline = createTables.keySet().stream()
                .map(table -> "DELETE FROM " + schema + '.' + table + " WHERE pipeline = ?").toArray(String[]::new);
        pipeline = "SELECT system_identifier, timeline, database, publication, publication_oid, slot_name FROM " + schema
                   + ".pipeline WHERE pipeline = ?";
        savePipeline = "INSERT INTO " + schema + ".pipeline (pipeline, system_identifier, timeline, database,"
                       + " publication, publication_oid, slot_name) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pipeline) DO UPDATE SET"
                       + " system_identifier = excluded.system_identifier, timeline = excluded.timeline,"
                       + " database = excluded.database, publication = excluded.publication,"
                       + " publication_oid = excluded.publication_oid,"
                       + " slot_name = excluded.slot_name";
        positions = "SELECT slot_name, position FROM " + schema + ".slot_position WHERE pipeline = ?";
        savePosition = "INSERT INTO " + schema + ".slot_position AS s (pipeline, slot_name, position)"
                       + " VALUES (?, ?, ?::pg_lsn) ON CONFLICT (pipeline, slot_name) DO UPDATE SET"
                       + " position = greatest(s.position, excluded.position), updated_at = excluded.updated_at"
                       + " WHERE s.position < excluded.position";
        forgetSlot = "DELETE FROM " + schema + ".slot_position WHERE pipeline = ? AND slot_name = ?";
        tables = "SELECT schema_name, table_name, state, slot_name, lsn, reason, identity FROM " + schema
                 + ".table_state WHERE pipeline = ? ORDER BY schema_name, table_name";
        saveTables = "INSERT INTO " + schema + ".table_state AS t (pipeline, schema_name, table_name, state, slot_name,"
                     + " lsn, reason, identity) SELECT ?, v.schema_name, v.table_name, v.state, v.slot_name, v.lsn::pg_lsn,"
                     + " v.reason, v.identity FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[],"
                     + " ?::text[], ?::text[]) AS v (schema_name, table_name, state, slot_name, lsn, reason, identity)"
                     + " ON CONFLICT (pipeline, schema_name, table_name) DO UPDATE SET state = excluded.state,"
                     + " slot_name = excluded.slot_name, lsn = excluded.lsn, reason = excluded.reason,"
                     + " identity = coalesce(excluded.identity, t.identity),"
                     + " updated_at = excluded.updated_at";
        forgetRanges = removeFrom(schema + ".copied_range");
        ranges = "SELECT source, from_block, to_block, horizon FROM " + schema + ".copied_range"
                 + " WHERE pipeline = ? AND schema_name = ? AND table_name = ? ORDER BY from_block";
        saveRange = "INSERT INTO " + schema + ".copied_range (pipeline, schema_name, table_name, from_block, to_block,"
                    + " source, horizon) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (pipeline, schema_name, table_name, from_block) DO UPDATE SET"
                    + " to_block = excluded.to_block, source = excluded.source, horizon = excluded.horizon,"
                    + " updated_at = now()";
        removeTables = new String[] {
                forgetRanges, removeFrom(schema + ".table_column"), removeFrom(schema + ".table_schema"),
                removeFrom(schema + ".table_state") };
        schemas = "SELECT t.schema_name, t.table_name, t.lsn, t.relation_oid, t.replica_identity, c.column_name,"
                  + " c.type_oid, c.type_name, c.type_modifier, c.nullable, c.identity FROM ("
                  + "SELECT DISTINCT ON (schema_name, table_name) * FROM " + schema + ".table_schema"
                  + " WHERE pipeline = ? AND lsn <= ?::pg_lsn ORDER BY schema_name, table_name, lsn DESC) t"
                  + " LEFT JOIN " + schema + ".table_column c ON c.pipeline = t.pipeline"
                  + " AND c.schema_name = t.schema_name AND c.table_name = t.table_name AND c.lsn = t.lsn"
                  + " ORDER BY t.schema_name, t.table_name, c.position";
        saveSchemas = "INSERT INTO " + schema + ".table_schema (pipeline, schema_name, table_name, lsn, relation_oid,"
                      + " replica_identity) SELECT ?, v.schema_name, v.table_name, v.lsn::pg_lsn, v.relation_oid,"
                      + " v.replica_identity FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[])"
                      + " AS v (schema_name, table_name, lsn, relation_oid, replica_identity)"
                      + " ON CONFLICT (pipeline, schema_name, table_name, lsn) DO UPDATE SET"
                      + " relation_oid = excluded.relation_oid, replica_identity = excluded.replica_identity";
        removeColumns = "DELETE FROM " + schema + ".table_column t USING unnest(?::text[], ?::text[], ?::text[])"
                        + " AS v (schema_name, table_name, lsn) WHERE t.pipeline = ?" + SAME_TABLE
                        + " AND t.lsn = v.lsn::pg_lsn";
        saveColumns = "INSERT INTO " + schema + ".table_column (pipeline, schema_name, table_name, lsn, position,"
                      + " column_name, type_oid, type_name, type_modifier, nullable, identity)"
                      + " SELECT ?, v.schema_name, v.table_name, v.lsn::pg_lsn, v.position, v.column_name, v.type_oid,"
                      + " v.type_name, v.type_modifier, v.nullable, v.identity FROM unnest(?::text[], ?::text[],"
                      + " ?::text[], ?::int[], ?::text[], ?::bigint[], ?::text[], ?::int[], ?::bool[], ?::bool[])"
                      + " AS v (schema_name, table_name, lsn, position, column_name, type_oid, type_name,"
                      + " type_modifier, nullable, identity)";
    }

    private void tablesIn(String schema) {
        createTable(schema, "pipeline",
                "system_identifier text NOT NULL, timeline int NOT NULL, database text NOT NULL,"
                                        + " publication text NOT NULL, publication_oid bigint NOT NULL,"
                                        + " slot_name text NOT NULL,"
                                        + " created_at timestamptz NOT NULL DEFAULT now()",
                "pipeline");
        createTable(schema, "slot_position",
                "slot_name text NOT NULL, position pg_lsn NOT NULL, updated_at timestamptz NOT NULL DEFAULT now()",
                "pipeline, slot_name");
        createTable(schema, "table_state",
                "schema_name text NOT NULL, table_name text NOT NULL, state text NOT NULL, slot_name text,"
                                           + " lsn pg_lsn NOT NULL, reason text, identity text,"
                                           + " updated_at timestamptz NOT NULL DEFAULT now()",
                "pipeline, schema_name, table_name");
        createTable(schema, "copied_range",
                "schema_name text NOT NULL, table_name text NOT NULL, from_block bigint NOT NULL,"
                                            + " to_block bigint NOT NULL, source text NOT NULL, horizon bigint NOT NULL,"
                                            + " updated_at timestamptz NOT NULL DEFAULT now()",
                "pipeline, schema_name, table_name, from_block");
        createTable(schema, "table_schema",
                "schema_name text NOT NULL, table_name text NOT NULL, lsn pg_lsn NOT NULL,"
                                            + " relation_oid bigint NOT NULL, replica_identity text NOT NULL",
                "pipeline, schema_name, table_name, lsn");
        createTable(schema, "table_column",
                "schema_name text NOT NULL, table_name text NOT NULL, lsn pg_lsn NOT NULL, position int NOT NULL,"
                                            + " column_name text NOT NULL, type_oid bigint NOT NULL, type_name text,"
                                            + " type_modifier int NOT NULL, nullable boolean NOT NULL,"
                                            + " identity boolean NOT NULL",
                "pipeline, schema_name, table_name, lsn, position");
    }

    private void createTable(String schema, String table, String columns, String primaryKey) {
        createTables.put(table, "CREATE TABLE IF NOT EXISTS " + schema + '.' + table + " (pipeline text NOT NULL, "
                                + columns + ", PRIMARY KEY (" + primaryKey + "))");
    }

    private static String removeFrom(String table) {
        return "DELETE FROM " + table + " t USING unnest(?::text[], ?::text[]) AS v (schema_name, table_name)"
               + " WHERE t.pipeline = ?" + SAME_TABLE;
    }
}
