package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;
import io.pgcdc.model.TablePattern;
import io.pgcdc.model.TableSchema;

/** The queries on the system catalogue (PostgreSQL documentation, chapters "System Catalogs" and "System Views"). */
final class Catalog {

    /** The first major version whose publications have column lists and row filters. */
    static final int COLUMN_LISTS = 15;
    /** The first one with publications for all tables of a schema. */
    private static final int SCHEMA_PUBLICATIONS = 15;

    /** The first one whose streams notice that a table became a partition of a published one. */
    private static final int STREAMS_NOTICE_ATTACHED = 15;
    /** The first one whose streams notice that a schema has got another name. */
    static final int STREAMS_NOTICE_SCHEMA_NAMES = 18;
    /** Tables of state stores are not replicated, whosever they are. */
    static final String OF_STATE = "coalesce(obj_description(c.oid, 'pg_class') = '" + PublicationMember.STATE_COMMENT
                                   + "', false)";

    /**
     * Where c is a partition, the steps from it upwards: i is the entry of pg_inherits, t the row type, which is as old
     * as the table.
     */
    private static final String STEPS
            = " FROM pg_partition_ancestors(c.oid) a JOIN pg_inherits i ON i.inhrelid = a.relid"
              + " JOIN pg_class k ON k.oid = a.relid JOIN pg_type t ON t.oid = k.reltype";
    /** CREATE TABLE … PARTITION OF makes both in one transaction, two commands apart; ATTACH comes later. */
    private static final String BY_ATTACH = "(i.xmin <> t.xmin OR i.cmin::text::bigint - t.cmin::text::bigint > 2)";
    private static final String SUM_OF_STEPS = "sum(i.xmin::text::bigint)";
    /**
     * The entry of pg_depend that has a table in its schema: another one after each SET SCHEMA. The casts keep from
     * looking through all that is in the schema, for each table.
     */
    private static final String IN_SCHEMA
            = "d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0"
              + " AND d.refclassid::bigint = 'pg_namespace'::regclass::bigint AND d.refobjid::bigint = c.relnamespace::bigint";
    private static final String THROUGH_SCHEMA_OF_ROOT
            = " FROM pg_partition_ancestors(c.oid) a JOIN pg_class k ON k.oid = a.relid AND a.relid <> c.oid"
              + " JOIN pg_publication_namespace s ON s.pnpubid = b.oid AND s.pnnspid = k.relnamespace"
              + " JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = k.oid AND d.objsubid = 0"
              + "   AND d.refclassid::bigint = 'pg_namespace'::regclass::bigint"
              + "   AND d.refobjid::bigint = k.relnamespace::bigint WHERE true";

    /** The index k whose columns identify the rows of c: PostgreSQL takes no deferrable primary key for that. */
    static final String KEY = "CASE c.relreplident WHEN 'i' THEN k.indisreplident ELSE k.indisprimary AND k.indimmediate END";

    /**
     * The text of d, a column's default. It names no columns, so the server need not look at their table, which would
     * be to wait for a lock on it (PostgreSQL documentation, "System Catalog Information Functions").
     */
    static final String DEFAULT = "pg_get_expr(d.adbin, 0)";

    /**
     * What rows of c from before column a have there. A partitioned table keeps no such value, its partitions do.
     * array_to_string prints the one element without the quotes and escapes of an array. Types that users made are left
     * out, but for enums: whoever reads the value has codecs of the built-in ones only.
     */
    static final String MISSING_VALUE
            = "(SELECT array_to_string(m.attmissingval, '') FROM pg_attribute m JOIN pg_type t ON t.oid = m.atttypid"
              + " WHERE m.atthasmissing AND NOT m.attisdropped AND m.attname = a.attname AND m.atttypid = a.atttypid"
              + " AND (t.oid < 16384 OR t.typtype = 'e')"
              + " AND (m.attrelid = c.oid OR c.relkind = 'p' AND m.attrelid IN (SELECT relid FROM pg_partition_tree(c.oid)))"
              + " LIMIT 1)";

    private Catalog() {
    }

    static int majorVersion(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion();
    }

    /**
     * The published tables with their published columns, by name.
     *
     * @param only the numbers of the tables to look at, or {@code null} for all
     */
    static List<PublishedTable> publishedTables(Connection connection, String publication, Collection<Long> only)
            throws SQLException {
        try (PreparedStatement statement
                = connection.prepareStatement(publishedColumns(majorVersion(connection), only != null))) {
            statement.setFetchSize(0);
            statement.setString(1, publication);
            if (only != null) {
                statement.setArray(2, connection.createArrayOf("bigint", only.toArray()));
            }
            List<PublishedTable> tables = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                boolean more = row.next();
                while (more) {
                    long oid = row.getLong("oid");
                    TableId table = new TableId(row.getString("nspname"), row.getString("relname"));
                    ReplicaIdentity identity = ReplicaIdentity.of(row.getString("relreplident").charAt(0));
                    long membership = row.getLong("membership");
                    boolean partitioned = row.getBoolean("partitioned");
                    String filter = row.getString("rowfilter");
                    long fileNode = row.getLong("file_node");
                    long heap = row.getLong("heap_bytes");
                    long bytes = row.getLong("table_bytes");
                    long rows = row.getLong("estimated_rows");
                    int keySize = row.getInt("key_size");
                    List<Column> columns = new ArrayList<>();
                    do {
                        if (row.getString("attname") != null) {
                            columns.add(column(row));
                        }
                        more = row.next();
                    } while (more && row.getLong("oid") == oid);
                    tables.add(new PublishedTable(
                            new TableSchema(table, oid, identity, keyed(identity, columns, keySize)), membership, partitioned,
                            filter,
                            fileNode, (heap + 8191) / 8192, bytes, rows));
                }
            }
            return tables;
        }
    }

    private static Column column(ResultSet row) throws SQLException {
        return new Column(
                row.getString("attname"), row.getLong("atttypid"), row.getString("type_name"), row.getInt("atttypmod"),
                !row.getBoolean("attnotnull"), row.getBoolean("identity"), row.getInt("attnum"),
                row.getString("default_expression"));
    }

    /**
     * Under REPLICA IDENTITY FULL a table without a primary key is identified by all of its columns. Columns that are
     * not the whole key, for others of it are not published, identify nothing.
     */
    private static List<Column> keyed(ReplicaIdentity identity, List<Column> columns, int keySize) {
        long published = columns.stream().filter(Column::identity).count();
        boolean all = identity == ReplicaIdentity.FULL && (published == 0 || published < keySize);
        boolean none = published < keySize && !all;
        return all || none ? columns.stream().map(column -> column.identity(all)).toList() : columns;
    }

    private static String publishedColumns(int majorVersion, boolean only) {
        boolean lists = majorVersion >= COLUMN_LISTS;
        return "SELECT c.oid, n.nspname, c.relname, c.relreplident, c.relkind = 'p' AS partitioned,"
               + (lists ? " p.rowfilter," : " NULL::text AS rowfilter,")
               + " CASE WHEN m.amname = 'heap' AND has_table_privilege(c.oid, 'SELECT') THEN pg_relation_filenode(c.oid)::bigint"
               + "   ELSE 0 END AS file_node,"
               + ' ' + membership(majorVersion) + " AS membership,"
               + " s.heap_bytes, s.table_bytes, c.reltuples::bigint AS estimated_rows,"
               + " a.attnum, a.attname, a.atttypid, format_type(a.atttypid, a.atttypmod) AS type_name, a.atttypmod,"
               + " " + DEFAULT + " AS default_expression,"
               + " a.attnotnull, coalesce(a.attnum = ANY((k.indkey::int2[])[0:k.indnkeyatts - 1]), false) AS identity,"
               + " k.indnkeyatts AS key_size"
               + " FROM pg_publication_tables p JOIN pg_publication b ON b.pubname = p.pubname"
               + " JOIN pg_namespace n ON n.nspname = p.schemaname"
               + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename"
               + " CROSS JOIN LATERAL (SELECT sum(pg_relation_size(t.oid))::bigint AS heap_bytes,"
               + "   sum(pg_table_size(t.oid))::bigint AS table_bytes"
               + "   FROM (SELECT c.oid WHERE c.relkind <> 'p'"
               + "     UNION ALL SELECT l.relid FROM pg_partition_tree(c.oid) l WHERE c.relkind = 'p' AND l.isleaf) t) s"
               + " LEFT JOIN pg_am m ON m.oid = c.relam"
               + " LEFT JOIN pg_index k ON k.indrelid = c.oid AND " + KEY
               + " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND "
               // From 15 on the view tells the published columns, from 18 on stored generated ones among them.
               + (lists ? "a.attname = ANY(p.attnames)" : "a.attgenerated = ''")
               + " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = ''"
               + " WHERE p.pubname = ? AND NOT " + OF_STATE
               + (only ? " AND c.oid::bigint = ANY(?)" : "")
               + " ORDER BY n.nspname, c.relname, a.attnum";
    }

    /**
     * The entry that has the table in the publication: its own, its schema's, that of a table that it is a partition
     * of, or of such a table's schema. For all but the first in the upper half the transactions since when it is in
     * that schema, or that partition.
     */
    private static String membership(int majorVersion) {
        boolean schemas = majorVersion >= SCHEMA_PUBLICATIONS;
        String since = " % 2147483648 * 4294967296";
        return "coalesce((SELECT r.oid::bigint FROM pg_publication_rel r WHERE r.prpubid = b.oid AND r.prrelid = c.oid)"
               + (schemas
                       ? ", (SELECT s.oid::bigint + d.xmin::text::bigint" + since
                         + " FROM pg_publication_namespace s, pg_depend d"
                         + "   WHERE s.pnpubid = b.oid AND s.pnnspid = c.relnamespace AND " + IN_SCHEMA + ")"
                       : "")
               + ", (SELECT min(r.oid::bigint) + (SELECT " + SUM_OF_STEPS + STEPS + ")" + since
               + "   FROM pg_publication_rel r JOIN pg_partition_ancestors(c.oid) a ON a.relid = r.prrelid"
               + "   WHERE r.prpubid = b.oid)"
               + (schemas
                       ? ", (SELECT min(s.oid::bigint) + ((SELECT " + SUM_OF_STEPS + STEPS + ") + sum(d.xmin::text::bigint))"
                         + since + THROUGH_SCHEMA_OF_ROOT + ")"
                       : "")
               + ", 0)";
    }

    /** What a stream that is open does not notice: it has kept in mind that the table is not published. */
    private static String unnoticed(int majorVersion) {
        if (majorVersion < STREAMS_NOTICE_ATTACHED) {
            return " c.relispartition AND EXISTS (SELECT" + STEPS + " WHERE " + BY_ATTACH + ")";
        }
        // Ages count back from now, so that they compare over a wrap-around.
        return " NOT b.puballtables AND c.relispartition"
               + " AND NOT EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = b.oid AND s.pnnspid = c.relnamespace)"
               + " AND EXISTS (SELECT" + THROUGH_SCHEMA_OF_ROOT
               + "   AND age(d.xmin) < (SELECT age(t.xmin) FROM pg_type t WHERE t.oid = c.reltype))";
    }

    /** The tables that a publication has, without a look at their columns. */
    static List<PublicationMember> members(Connection connection, String publication) throws SQLException {
        String sql = "SELECT n.nspname, c.relname, c.oid::bigint, " + membership(majorVersion(connection)) + ","
                     + " n.oid::bigint, " + ReadAccess.sql(majorVersion(connection)) + ", c.relkind = 'p',"
                     + unnoticed(majorVersion(connection))
                     + " FROM pg_publication_tables p JOIN pg_publication b ON b.pubname = p.pubname"
                     + " JOIN pg_namespace n ON n.nspname = p.schemaname"
                     + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename WHERE p.pubname = ?"
                     + " AND NOT " + OF_STATE;
        List<PublicationMember> members = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    members.add(new PublicationMember(
                            new TableId(row.getString(1), row.getString(2)),
                            new TableIdentity(row.getLong(3), row.getLong(4)), row.getLong(5),
                            ReadAccess.valueOf(row.getString(6)), row.getBoolean(7), row.getBoolean(8)));
                }
            }
        }
        return members;
    }

    /** The types of the published columns, with their names. */
    static Map<Long, String> publishedTypes(Connection connection, String publication) throws SQLException {
        String sql = "SELECT DISTINCT t.oid::bigint, s.nspname || '.' || t.typname FROM pg_publication_tables p"
                     + " JOIN pg_namespace n ON n.nspname = p.schemaname"
                     + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename"
                     + " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND "
                     + (majorVersion(connection) >= COLUMN_LISTS ? "a.attname = ANY(p.attnames)" : "a.attgenerated = ''")
                     + " JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace s ON s.oid = t.typnamespace"
                     + " WHERE p.pubname = ? AND NOT " + OF_STATE;
        Map<Long, String> types = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    types.put(row.getLong(1), row.getString(2));
                }
            }
        }
        return types;
    }

    /** The leaves of the partitioned tables with these numbers. */
    static List<Partition> partitions(Connection connection, Collection<Long> roots) throws SQLException {
        String sql = "SELECT r.oid, c.oid::bigint, n.nspname, c.relname, coalesce(pg_relation_filenode(c.oid), 0)::bigint,"
                     + " s.attached, s.membership FROM unnest(?::bigint[]) r (oid)"
                     + " CROSS JOIN LATERAL pg_partition_tree(r.oid::oid::regclass) p"
                     + " JOIN pg_class c ON c.oid = p.relid JOIN pg_namespace n ON n.oid = c.relnamespace"
                     + " CROSS JOIN LATERAL (SELECT bool_or(" + BY_ATTACH + ") AS attached, " + SUM_OF_STEPS + " AS membership,"
                     + "   bool_or(i.inhdetachpending) AS detached" + STEPS
                     + "   WHERE a.relid <> r.oid::oid AND a.relid IN (SELECT relid FROM pg_partition_tree(r.oid::oid::regclass))) s"
                     + " WHERE p.isleaf AND c.oid <> r.oid::oid AND NOT s.detached";
        List<Partition> partitions = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("bigint", roots.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    partitions.add(new Partition(
                            row.getLong(1), row.getLong(2), new TableId(row.getString(3), row.getString(4)), row.getLong(5),
                            row.getBoolean(6), row.getLong(7)));
                }
            }
        }
        return partitions;
    }

    static Publication publication(Connection connection, String name) throws SQLException {
        String sql = "SELECT oid::bigint, concat_ws(', ', CASE WHEN pubinsert THEN 'insert' END,"
                     + " CASE WHEN pubupdate THEN 'update' END, CASE WHEN pubdelete THEN 'delete' END,"
                     + " CASE WHEN pubtruncate THEN 'truncate' END), 'publish_via_partition_root = ' || pubviaroot"
                     + " || coalesce(', publish_generated_columns = ' || CASE to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN 'stored'"
                     + "   WHEN 'n' THEN 'none' END, ''), p.xmin::text FROM pg_publication p WHERE pubname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? new Publication(row.getLong(1), row.getString(2), row.getString(3), row.getString(4))
                        : Publication.NONE;
            }
        }
    }

    static boolean publicationExists(Connection connection, String publication) throws SQLException {
        return publication(connection, publication).oid() != 0;
    }

    static void createPublication(Connection connection, String publication, Collection<TablePattern> patterns)
            throws SQLException {
        Set<TableId> wanted = new LinkedHashSet<>();
        for (TablePattern pattern : patterns) {
            List<TableId> found = matching(connection, pattern);
            if (found.isEmpty()) {
                throw new PgCdcException(
                        ErrorCode.PUBLICATION, "The option tables names " + pattern + ", and there is no such table to publish",
                        "Create it first, or correct the option; views, foreign, unlogged and temporary tables can't be published");
            }
            wanted.addAll(found);
        }
        String name = TableId.quote(publication);
        try (Statement statement = connection.createStatement()) {
            if (!publicationExists(connection, publication)) {
                statement.execute("CREATE PUBLICATION " + name + " FOR TABLE " + list(wanted));
                return;
            }
            wanted.removeAll(covered(connection, publication, wanted));
            if (!wanted.isEmpty()) {
                statement.execute("ALTER PUBLICATION " + name + " ADD TABLE " + list(wanted));
            }
        }
    }

    /**
     * Those of the tables that the publication names, or holds by their schema or as all tables. Not to be found out
     * from pg_publication_tables, which lists the partitions of a partitioned table in its place.
     */
    static List<TableId> covered(Connection connection, String publication, Collection<TableId> tables)
            throws SQLException {
        boolean schemas = majorVersion(connection) >= SCHEMA_PUBLICATIONS;
        String sql = "SELECT n.nspname, c.relname FROM pg_publication p"
                     + " JOIN pg_class c ON p.puballtables"
                     + "   OR EXISTS (SELECT 1 FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = c.oid)"
                     + (schemas
                             ? "   OR EXISTS (SELECT 1 FROM pg_publication_namespace s"
                               + "     WHERE s.pnpubid = p.oid AND s.pnnspid = c.relnamespace)"
                             : "")
                     + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE p.pubname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            List<TableId> covered = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    covered.add(new TableId(row.getString(1), row.getString(2)));
                }
            }
            covered.retainAll(tables);
            return covered;
        }
    }

    /** Those of the tables that the publication names. */
    static List<TableId> named(Connection connection, String publication, Collection<TableId> tables) throws SQLException {
        String sql = "SELECT n.nspname, c.relname FROM pg_publication p JOIN pg_publication_rel r ON r.prpubid = p.oid"
                     + " JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE p.pubname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            List<TableId> named = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    named.add(new TableId(row.getString(1), row.getString(2)));
                }
            }
            named.retainAll(tables);
            return named;
        }
    }

    static String list(Collection<TableId> tables) {
        return tables.stream().map(TableId::quoted).collect(Collectors.joining(", "));
    }

    /** The tables that can be published and that a pattern names. */
    static List<TableId> matching(Connection connection, TablePattern pattern) throws SQLException {
        String sql = "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                     + " WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND n.nspname = ?"
                     + " AND " + (pattern.name() == null ? "NOT c.relispartition AND NOT " + OF_STATE : "c.relname = ?")
                     + " ORDER BY 1, 2";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, pattern.schema());
            if (pattern.name() != null) {
                statement.setString(2, pattern.name());
            }
            List<TableId> found = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(new TableId(row.getString(1), row.getString(2)));
                }
            }
            return found;
        }
    }
}
