package io.pgcdc.state;

import java.util.LinkedHashMap;
import java.util.Map;

import io.pgcdc.model.TableId;
import io.pgcdc.postgres.PublicationMember;

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

    /** As long as a name can be. */
    private static final String GIVEN_UP = "/".repeat(64);

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
    /** Binds schemas and names of tables before and after, and the pipeline: one statement for each table of ours. */
    final String[] renameTables;
    /** Binds the pipeline, after the former. */
    final String[] settleNames;
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
        tables = "SELECT schema_name, table_name, state, slot_name, lsn, reason, relation_oid, membership FROM "
                 + schema + ".table_state WHERE pipeline = ? ORDER BY schema_name, table_name";
        saveTables = "INSERT INTO " + schema + ".table_state AS t (pipeline, schema_name, table_name, state, slot_name,"
                     + " lsn, reason, relation_oid, membership) SELECT ?, v.schema_name, v.table_name, v.state, v.slot_name,"
                     + " v.lsn::pg_lsn, v.reason, v.relation_oid, v.membership FROM unnest(?::text[], ?::text[], ?::text[],"
                     + " ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[])"
                     + " AS v (schema_name, table_name, state, slot_name, lsn, reason, relation_oid, membership)"
                     + " ON CONFLICT (pipeline, schema_name, table_name) DO UPDATE SET state = excluded.state,"
                     + " slot_name = excluded.slot_name, lsn = excluded.lsn, reason = excluded.reason,"
                     + " relation_oid = coalesce(excluded.relation_oid, t.relation_oid),"
                     + " membership = coalesce(excluded.membership, t.membership),"
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
                forgetRanges, removeShapes(schema, ".table_column"), removeShapes(schema, ".table_schema"),
                removeFrom(schema + ".table_state") };
        renameTables = new String[] { rename(schema + ".table_state"), rename(schema + ".copied_range") };
        settleNames = new String[] { settleName(schema + ".table_state"), settleName(schema + ".copied_range") };
        schemas = "SELECT t.schema_name, t.table_name, t.lsn, t.relation_oid, t.replica_identity, c.column_name,"
                  + " c.type_oid, c.type_name, c.type_modifier, c.nullable, c.identity, c.number, c.default_expression FROM ("
                  + "SELECT DISTINCT ON (relation_oid) * FROM " + schema + ".table_schema"
                  + " WHERE pipeline = ? AND lsn <= ?::pg_lsn ORDER BY relation_oid, lsn DESC) t"
                  + " LEFT JOIN " + schema + ".table_column c ON c.pipeline = t.pipeline"
                  + " AND c.relation_oid = t.relation_oid AND c.lsn = t.lsn ORDER BY t.relation_oid, c.position";
        saveSchemas = "INSERT INTO " + schema + ".table_schema (pipeline, schema_name, table_name, lsn, relation_oid,"
                      + " replica_identity) SELECT ?, v.schema_name, v.table_name, v.lsn::pg_lsn, v.relation_oid,"
                      + " v.replica_identity FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[])"
                      + " AS v (schema_name, table_name, lsn, relation_oid, replica_identity)"
                      + " ON CONFLICT (pipeline, relation_oid, lsn) DO UPDATE SET schema_name = excluded.schema_name,"
                      + " table_name = excluded.table_name, replica_identity = excluded.replica_identity";
        removeColumns = "DELETE FROM " + schema + ".table_column t USING unnest(?::bigint[], ?::text[])"
                        + " AS v (relation_oid, lsn) WHERE t.pipeline = ? AND t.relation_oid = v.relation_oid"
                        + " AND t.lsn = v.lsn::pg_lsn";
        saveColumns = "INSERT INTO " + schema + ".table_column (pipeline, relation_oid, lsn, position, column_name, type_oid,"
                      + " type_name, type_modifier, nullable, identity, number, default_expression)"
                      + " SELECT ?, v.relation_oid, v.lsn::pg_lsn, v.position, v.column_name, v.type_oid, v.type_name,"
                      + " v.type_modifier, v.nullable, v.identity, v.number, v.default_expression FROM unnest(?::bigint[],"
                      + " ?::text[], ?::int[], ?::text[], ?::bigint[], ?::text[], ?::int[], ?::bool[], ?::bool[], ?::int[],"
                      + " ?::text[]) AS v (relation_oid, lsn, position, column_name, type_oid, type_name, type_modifier,"
                      + " nullable, identity, number, default_expression)";
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
                                           + " lsn pg_lsn NOT NULL, reason text, relation_oid bigint, membership bigint,"
                                           + " updated_at timestamptz NOT NULL DEFAULT now()",
                "pipeline, schema_name, table_name");
        createTable(schema, "copied_range",
                "schema_name text NOT NULL, table_name text NOT NULL, from_block bigint NOT NULL,"
                                            + " to_block bigint NOT NULL, source text NOT NULL, horizon bigint NOT NULL,"
                                            + " updated_at timestamptz NOT NULL DEFAULT now()",
                "pipeline, schema_name, table_name, from_block");
        createTable(schema, "table_schema",
                "relation_oid bigint NOT NULL, lsn pg_lsn NOT NULL, schema_name text NOT NULL, table_name text NOT NULL,"
                                            + " replica_identity text NOT NULL",
                "pipeline, relation_oid, lsn");
        createTable(schema, "table_column",
                "relation_oid bigint NOT NULL, lsn pg_lsn NOT NULL, position int NOT NULL, column_name text NOT NULL,"
                                            + " type_oid bigint NOT NULL, type_name text, type_modifier int NOT NULL,"
                                            + " nullable boolean NOT NULL, identity boolean NOT NULL,"
                                            + " number int NOT NULL, default_expression text",
                "pipeline, relation_oid, lsn, position");
    }

    private void createTable(String schema, String table, String columns, String primaryKey) {
        createTables.put(table, "CREATE TABLE IF NOT EXISTS " + schema + '.' + table + " (pipeline text NOT NULL, "
                                + columns + ", PRIMARY KEY (" + primaryKey + ")); COMMENT ON TABLE " + schema + '.' + table
                                + " IS '" + PublicationMember.STATE_COMMENT + "'");
    }

    /** Names may be exchanged, so all are given up before one is taken: in between they are longer than any may be. */
    private static String rename(String table) {
        return "UPDATE " + table + " t SET schema_name = v.new_schema, table_name = '" + GIVEN_UP + "' || v.new_table"
               + " FROM unnest(?::text[], ?::text[], ?::text[], ?::text[]) AS v (schema_name, table_name, new_schema, new_table)"
               + " WHERE t.pipeline = ?" + SAME_TABLE;
    }

    private static String settleName(String table) {
        return "UPDATE " + table + " SET table_name = substr(table_name, " + (GIVEN_UP.length() + 1)
               + ") WHERE pipeline = ? AND starts_with(table_name, '" + GIVEN_UP + "')";
    }

    /**
     * The numbers first: nobody may have counted how many rows our tables have, and joined at will that takes minutes.
     */
    private static String removeShapes(String schema, String table) {
        return "DELETE FROM " + schema + table + " s USING (SELECT t.pipeline, t.relation_oid FROM "
               + "unnest(?::text[], ?::text[]) AS v (schema_name, table_name), "
               + schema + ".table_state t WHERE t.pipeline = ?" + SAME_TABLE
               + " OFFSET 0) g WHERE s.pipeline = g.pipeline AND s.relation_oid = g.relation_oid";
    }

    private static String removeFrom(String table) {
        return "DELETE FROM " + table + " t USING unnest(?::text[], ?::text[]) AS v (schema_name, table_name)"
               + " WHERE t.pipeline = ?" + SAME_TABLE;
    }
}
