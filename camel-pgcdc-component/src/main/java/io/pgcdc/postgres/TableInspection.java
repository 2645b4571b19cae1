package io.pgcdc.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.pgcdc.model.TableId;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;

/** The published tables one by one: replica identity and key, what of them is published, and types. */
final class TableInspection {

    private static final int PUBLISHED_GENERATED_COLUMNS = 18;
    private static final String IDENTITY = "replica identity";

    private final Connection connection;
    private final PgReplicationClient client;
    private final PipelineNeeds needs;
    private final List<PreflightFinding> findings;
    private final int version;
    private final String publication;

    TableInspection(Connection connection, PgReplicationClient client, PipelineNeeds needs,
                    List<PreflightFinding> findings)
                                                     throws SQLException {
        this.connection = connection;
        this.client = client;
        this.needs = needs;
        this.findings = findings;
        this.version = Catalog.majorVersion(connection);
        this.publication = TableId.quote(needs.publication());
    }

    /** A column whose type may have no codec. */
    private record TypedColumn(TableId table, String name, long type, String typeName) {
    }

    void inspect() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables())) {
            statement.setString(1, needs.publication());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    inspect(row, new TableId(row.getString("nspname"), row.getString("relname")));
                }
            }
        }
        inspectLeaves();
        inspectTypes();
    }

    private void inspect(ResultSet row, TableId table) throws SQLException {
        boolean refused = row.getBoolean("identity_wanted") && inspectIdentity(row, table);
        if (!refused && "f".equals(row.getString("relreplident")) && !row.getBoolean("has_primary_key")) {
            findings.add(PreflightFinding.information(
                    "key", table.toString(),
                    "It has no primary key: a row is known by all of its columns, and an interrupted copy begins anew")
                    .run("ALTER TABLE " + table.quoted() + " ADD PRIMARY KEY (<columns>)"));
        }
        List<String> hidden = texts(row, "hidden");
        String filter = row.getString("rowfilter");
        if (!hidden.isEmpty()) {
            findings.add(PreflightFinding.information(
                    "column list", table.toString(), "The publication leaves out column(s) " + String.join(", ", hidden))
                    .run(again(table, "", filter))
                    .advise("the SQL publishes them; a pipeline that runs copies the table again then"));
        }
        if (filter != null) {
            findings.add(PreflightFinding.information(
                    "row filter", table.toString(), "The publication has only rows WHERE " + filter)
                    .run(again(table, row.getString("column_list"), null))
                    .advise("the SQL publishes all; a pipeline that runs copies the table again then"));
        }
        inspectGenerated(row, table);
        if (needs.copies() && !row.getBoolean("whole_table") && row.getBoolean("readable")) {
            findings.add(PreflightFinding.information(
                    "copy connections", table.toString(),
                    "The user may read its columns but not the whole table, so it is copied in one piece over one connection")
                    .run("GRANT SELECT ON " + table.quoted() + " TO " + Preflight.user(connection)));
        }
    }

    /** Returns whether PostgreSQL refuses updates and deletes. */
    private boolean inspectIdentity(ResultSet row, TableId table) throws SQLException {
        String kind = row.getString("relreplident");
        if (!"f".equals(kind) && ("n".equals(kind) || !row.getBoolean("has_key"))) {
            findings.add(missingIdentity(table, row.getString("candidate")));
            return true;
        }
        List<String> hiddenKey = texts(row, "hidden_key");
        String list = row.getString("column_list");
        if ("f".equals(kind) && list != null) {
            findings.add(refused(
                    table, "The publication has a column list of it, and its replica identity is FULL, which is every column")
                    .run(again(table, "", row.getString("rowfilter"))));
            return true;
        }
        if (!"f".equals(kind) && !hiddenKey.isEmpty() && list != null) {
            findings.add(refused(
                    table, "The publication leaves out column(s) of its replica identity: " + String.join(", ", hiddenKey))
                    .run(again(table, with(list, hiddenKey), row.getString("rowfilter"))));
            return true;
        }
        List<String> filtered = texts(row, "filtered");
        if (!"f".equals(kind) && !filtered.isEmpty()) {
            findings.add(refused(
                    table, "The row filter looks at column(s) that are not in its replica identity: "
                           + String.join(", ", filtered))
                    .run("ALTER TABLE " + table.quoted() + " REPLICA IDENTITY FULL"));
            return true;
        }
        List<String> stored = texts(row, "stored");
        if ("f".equals(kind) && version >= PUBLISHED_GENERATED_COLUMNS && !stored.isEmpty()) {
            findings.add(refused(
                    table, "Its replica identity is FULL, and generated column(s) are not published: "
                           + String.join(", ", stored))
                    .run("ALTER PUBLICATION " + publication + " SET (publish_generated_columns = stored)"));
            return true;
        }
        return false;
    }

    private static PreflightFinding refused(TableId table, String why) {
        return PreflightFinding.warning(IDENTITY, table.toString(), why + ". PostgreSQL refuses its updates and deletes");
    }

    private static PreflightFinding missingIdentity(TableId table, String candidate) {
        return refused(table, "It has no replica identity")
                .run("ALTER TABLE " + table.quoted() + " REPLICA IDENTITY "
                     + (candidate == null ? "FULL" : "USING INDEX " + TableId.quote(candidate)))
                .advise(candidate == null ? "or give it a primary key" : null);
    }

    private void inspectGenerated(ResultSet row, TableId table) throws SQLException {
        List<String> stored = texts(row, "stored");
        List<String> virtual = texts(row, "virtual");
        if (!stored.isEmpty()) {
            PreflightFinding finding = PreflightFinding.information(
                    "generated columns", table.toString(),
                    "Generated column(s) are not published: " + String.join(", ", stored));
            findings.add(version >= PUBLISHED_GENERATED_COLUMNS
                    ? finding.run("ALTER PUBLICATION " + publication + " SET (publish_generated_columns = stored)")
                    : finding.advise("PostgreSQL publishes them from " + PUBLISHED_GENERATED_COLUMNS + " on"));
        }
        if (!virtual.isEmpty()) {
            findings.add(PreflightFinding.information(
                    "generated columns", table.toString(),
                    "Virtual generated column(s) are not published: " + String.join(", ", virtual))
                    .advise("PostgreSQL publishes stored ones only"));
        }
    }

    /**
     * Takes the table out of the publication and in again: there is no other way to change what is published of one.
     */
    private String[] again(TableId table, String columns, String filter) {
        return new String[] {
                "ALTER PUBLICATION " + publication + " DROP TABLE " + table.quoted(),
                "ALTER PUBLICATION " + publication + " ADD TABLE " + table.quoted()
                                                                                      + (columns == null || columns.isEmpty()
                                                                                              ? "" : " (" + columns + ")")
                                                                                      + (filter == null
                                                                                              ? ""
                                                                                              : " WHERE (" + filter + ")") };
    }

    private static String with(String list, List<String> columns) {
        return list + columns.stream().map(column -> ", " + TableId.quote(column)).collect(Collectors.joining());
    }

    /** Whatever the publication is by, PostgreSQL asks for the replica identity of the partition that a row is in. */
    private void inspectLeaves() throws SQLException {
        String sql = "SELECT DISTINCT ln.nspname, l.relname, " + candidate("l")
                     + " FROM (SELECT c.oid" + Preflight.published()
                     + " AND c.relkind = 'p' AND (b.pubupdate OR b.pubdelete)) r"
                     + " CROSS JOIN LATERAL pg_partition_tree(r.oid) t JOIN pg_class l ON l.oid = t.relid"
                     + " JOIN pg_namespace ln ON ln.oid = l.relnamespace"
                     + " WHERE t.isleaf AND l.oid <> r.oid AND l.relreplident <> 'f' AND (l.relreplident = 'n' OR NOT EXISTS"
                     + " (SELECT FROM pg_index k WHERE k.indrelid = l.oid AND "
                     + Catalog.KEY.replace("c.", "l.") + ")) ORDER BY 1, 2";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, needs.publication());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    findings.add(missingIdentity(new TableId(row.getString(1), row.getString(2)), row.getString(3)));
                }
            }
        }
    }

    /** The pipeline's own codecs decide which types they know. */
    private void inspectTypes() throws SQLException {
        String sql = "SELECT n.nspname, c.relname, a.attname, a.atttypid::bigint, format_type(a.atttypid, NULL)"
                     + Preflight.published().replace(
                             " WHERE ", " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
                                        + " AND NOT a.attisdropped AND " + publishedColumn() + " WHERE ")
                     + " ORDER BY n.nspname, c.relname, a.attnum";
        List<TypedColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, needs.publication());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    columns.add(new TypedColumn(
                            new TableId(row.getString(1), row.getString(2)), row.getString(3), row.getLong(4),
                            row.getString(5)));
                }
            }
        }
        Codecs codecs = Codecs.of(ValueStyle.PORTABLE, true, client::types);
        Map<Long, String> types = new HashMap<>();
        columns.forEach(column -> types.put(column.type(), null));
        codecs.learn(types);
        columns.stream().filter(column -> !codecs.isDecoded(column.type())).forEach(column -> findings.add(
                PreflightFinding.information(
                        "unknown type", column.table() + "." + column.name(),
                        "No codec knows its type " + column.typeName() + ", or a part of it: the value comes as "
                                                                              + (needs.unknownTypesToBytes()
                                                                                      ? "bytes" : "text"))
                        .advise("The option unknownTypesToBytes decides which")));
    }

    private String publishedColumn() {
        return version >= Catalog.COLUMN_LISTS ? "a.attname = ANY(p.attnames)" : "a.attgenerated = ''";
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : Arrays.asList((String[]) array.getArray());
    }

    private String tables() {
        boolean lists = version >= Catalog.COLUMN_LISTS;
        String key = "(k.indkey::int2[])[0:k.indnkeyatts - 1]";
        return "SELECT n.nspname, c.relname, c.relreplident::text, b.pubupdate OR b.pubdelete AS identity_wanted,"
               + " k.indexrelid IS NOT NULL AS has_key,"
               + " EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) AS has_primary_key,"
               + ' ' + candidate("c") + " AS candidate,"
               + (lists ? " p.rowfilter," : " NULL::text AS rowfilter,")
               + ' ' + (lists
                       ? "(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_publication_rel r"
                         + " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(r.prattrs::int2[])"
                         + " WHERE r.prpubid = b.oid AND r.prrelid = c.oid)"
                       : "NULL::text")
               + " AS column_list,"
               + columns("a.attgenerated = '' AND NOT (" + publishedColumn() + ")") + " AS hidden,"
               + columns("a.attgenerated = 's' AND NOT (" + publishedColumn() + ")") + " AS stored,"
               + columns("a.attgenerated = 'v'") + " AS virtual,"
               + columns("a.attnum = ANY(" + key + ") AND NOT (" + publishedColumn() + ")") + " AS hidden_key,"
               // Both column lists and filters depend on their columns; a filter can be told from them where there is no list.
               + (lists
                       ? columns("p.rowfilter IS NOT NULL AND NOT coalesce(a.attnum = ANY(" + key + "), false) AND EXISTS"
                                 + " (SELECT FROM pg_publication_rel r JOIN pg_depend d"
                                 + "   ON d.classid = 'pg_publication_rel'::regclass AND d.objid = r.oid"
                                 + "   AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum"
                                 + "   WHERE r.prpubid = b.oid AND r.prrelid = c.oid"
                                 + "   AND NOT coalesce(a.attnum = ANY(r.prattrs::int2[]), false))")
                       : " NULL::text[]")
               + " AS filtered,"
               + " has_table_privilege(c.oid, 'SELECT') OR c.relkind = 'p' AS whole_table, "
               + ReadAccess.sql(version) + " = 'ALLOWED' AS readable"
               + Preflight.published().replace(
                       " WHERE ", " LEFT JOIN pg_index k ON k.indrelid = c.oid AND " + Catalog.KEY + " WHERE ")
               + " ORDER BY n.nspname, c.relname";
    }

    private static String columns(String condition) {
        return " (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid"
               + " AND a.attnum > 0 AND NOT a.attisdropped AND " + condition + ")";
    }

    /** An index that the replica identity could be. */
    private static String candidate(String table) {
        return "(SELECT x.relname FROM pg_index u JOIN pg_class x ON x.oid = u.indexrelid WHERE u.indrelid = " + table
               + ".oid AND u.indisunique AND u.indimmediate AND u.indisvalid AND u.indpred IS NULL AND u.indexprs IS NULL"
               + " AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = u.indrelid"
               + "   AND a.attnum = ANY((u.indkey::int2[])[0:u.indnkeyatts - 1]) AND NOT a.attnotnull)"
               + " ORDER BY u.indisprimary DESC, u.indnatts, x.relname LIMIT 1)";
    }
}
