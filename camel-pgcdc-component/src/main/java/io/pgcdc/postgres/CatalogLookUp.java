package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.TableSchema;

/** Asks the catalogue about tables that the stream announces. Thread-safe. */
public final class CatalogLookUp {

    // age() counts back from now, so that a comparison holds over a wrap-around of transaction ids.
    private static final String COLUMNS
            = "SELECT a.attnum, a.attname, a.atttypid::bigint, format_type(a.atttypid, a.atttypmod), a.atttypmod,"
              + " a.attnotnull, " + Catalog.DEFAULT + ","
              + " coalesce(a.attnum = ANY((k.indkey::int2[])[0:k.indnkeyatts - 1]), false),"
              + " age(a.xmin) >= age(x.xid) AND coalesce(age(d.xmin) >= age(x.xid), true),"
              + " coalesce(age(k.xmin) >= age(x.xid), true), c.relnatts, " + Catalog.MISSING_VALUE
              + " FROM (SELECT ?::text::xid AS xid) x CROSS JOIN pg_class c"
              + " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
              + " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = ''"
              + " LEFT JOIN pg_index k ON k.indrelid = c.oid AND " + Catalog.KEY
              + " WHERE c.oid = ?::bigint::oid ORDER BY a.attnum";
    /** The snapshot's end and those that it has as running are wider than the number in the stream. */
    private static final String VISIBLE
            = "SELECT (pg_snapshot_xmax(s)::text::numeric - x.xid + 4294967296) % 4294967296 BETWEEN 1 AND 2147483647"
              + " AND NOT EXISTS (SELECT FROM pg_snapshot_xip(s) r WHERE r::text::numeric % 4294967296 = x.xid)"
              + " FROM pg_current_snapshot() s, (SELECT ?::bigint AS xid) x";
    private static final String TYPE_NAMES
            = "SELECT format_type(t.oid::oid, t.modifier) FROM unnest(?::bigint[], ?::int[]) WITH ORDINALITY"
              + " AS t (oid, modifier, position) ORDER BY t.position";
    private static final String UNKNOWN_TYPE = "???";

    private final KeptConnection connection;

    public CatalogLookUp(KeptConnection connection) {
        this.connection = connection;
    }

    /**
     * Whether a transaction that the stream has sent is over for those who ask. The stream may have it sooner: a commit
     * is written to the log first, and may wait for a standby then.
     */
    public boolean isVisible(long xid) {
        return connection.askTwice("Can't ask whether transaction " + xid + " is over", open -> {
            try (PreparedStatement statement = open.prepareStatement(VISIBLE)) {
                statement.setLong(1, xid);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getBoolean(1);
                }
            }
        });
    }

    /**
     * What the catalogue knows of an announced table now.
     *
     * @param xid the transaction that the announcement is for
     */
    public TableDescription describe(TableSchema announced, long xid) {
        return connection.askTwice("Can't look table " + announced.table() + " up", open -> describe(open, announced, xid));
    }

    private static TableDescription describe(Connection open, TableSchema announced, long xid) throws SQLException {
        List<TableDescription.Described> columns = new ArrayList<>();
        boolean keyPast = true;
        int highest = 0;
        try (PreparedStatement statement = open.prepareStatement(COLUMNS)) {
            statement.setString(1, Long.toString(xid));
            statement.setLong(2, announced.relationOid());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    columns.add(new TableDescription.Described(column(row), row.getBoolean(9)));
                    keyPast &= row.getBoolean(10);
                    highest = row.getInt(11);
                }
            }
        }
        List<String> names = typeNames(open, announced.columns());
        return new TableDescription(Lsn.parse(position(open)), List.copyOf(columns), keyPast, names, highest);
    }

    private static Column column(ResultSet row) throws SQLException {
        return new Column(
                row.getString(2), row.getLong(3), row.getString(4), row.getInt(5), !row.getBoolean(6), row.getBoolean(8),
                row.getInt(1), row.getString(7), row.getString(12));
    }

    private static List<String> typeNames(Connection connection, List<Column> columns) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TYPE_NAMES)) {
            statement.setArray(1, connection.createArrayOf("bigint", columns.stream().map(Column::typeOid).toArray()));
            statement.setArray(2, connection.createArrayOf("int", columns.stream().map(Column::typeModifier).toArray()));
            List<String> names = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String name = row.getString(1);
                    names.add(UNKNOWN_TYPE.equals(name) ? null : name);
                }
            }
            return names;
        }
    }

    private static String position(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + PgReplicationClient.POSITION);
             ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}
