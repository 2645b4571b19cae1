package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.pgcdc.model.Column;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.pgoutput.CopyFraming;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * A connection that reads tables under one snapshot with {@code COPY … TO STDOUT} in binary format.
 *
 * <p>
 * For one thread, but for {@link #abort}.
 */
public final class TableCopy implements AutoCloseable {

    /** Takes the bytes of one row in COPY's binary format: those of an array, which is its own, from the start on. */
    @FunctionalInterface
    public interface RowReceiver {
        void row(byte[] message, int start);
    }

    /**
     * A part of a table's heap, in blocks.
     *
     * @param fromBlock the first block
     * @param toBlock   the block after the last, or -1 for everything from the first on
     * @param horizon   only row versions of this transaction and later ones, a transaction id without its epoch; -1 for
     *                  all
     */
    public record BlockRange(long fromBlock, long toBlock, long horizon) {

        /** The whole table. */
        public static final BlockRange ALL = new BlockRange(0, -1, -1);

        /** Every row version in a part of the heap. */
        public static BlockRange of(long fromBlock, long toBlock) {
            return new BlockRange(fromBlock, toBlock, -1);
        }

        /** Those that a snapshot with this {@link TableCopy#horizon} may not have shown. */
        public BlockRange since(long newHorizon) {
            return new BlockRange(fromBlock, toBlock, newHorizon);
        }

        String condition() {
            if (equals(ALL)) {
                return null;
            }
            return "ctid >= '(" + fromBlock + ",0)'::tid"
                   + (toBlock < 0 ? "" : " AND ctid < '(" + toBlock + ",0)'::tid")
                   // age() counts back from now, so a comparison holds over a wrap-around of transaction ids.
                   + (horizon < 0 ? "" : " AND age(xmin) <= age('" + horizon + "'::xid)");
        }
    }

    private final Connection connection;

    TableCopy(Connection connection) {
        this.connection = connection;
    }

    /**
     * Reads the rows of a table, or of a part of its heap, on the calling thread; returns how many there were.
     *
     * @param asText which of the table's columns are sent as text, by their positions
     */
    public long read(PublishedTable table, IntPredicate asText, BlockRange range, RowReceiver receiver) {
        try {
            return read(table, statement(table, asText, range), receiver);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "The copy of " + table.table() + " broke");
        }
    }

    /**
     * The same of those rows that a predicate names, which was {@linkplain PgReplicationClient#requirePredicate
     * checked}. It may still fail on a row; what the server says then may quote that, and is not told.
     */
    public long read(PublishedTable table, IntPredicate asText, String predicate, RowReceiver receiver) {
        try {
            return read(table, copy(table, asText, RowPredicate.condition(table, predicate)), receiver);
        } catch (SQLException e) {
            String remedy
                    = "If it is for the condition, correct that; what the server has against it tells: SELECT count(*) FROM "
                      + table.table().quoted() + " WHERE …; then ask again";
            throw new PgCdcException(
                    PostgresErrors.code(e),
                    "The copy of rows of " + table.table() + " by a condition broke (SQLSTATE " + e.getSQLState() + ")",
                    remedy);
        }
    }

    private long read(PublishedTable table, String sql, RowReceiver receiver) throws SQLException {
        long rows = 0;
        CopyFraming framing = new CopyFraming(table.table());
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
        try {
            for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
                int start = framing.rowStart(message);
                if (start >= 0) {
                    receiver.row(message, start);
                    rows++;
                }
            }
            framing.requireEnd();
        } finally {
            if (copy.isActive()) {
                // The receiver failed: what the server still sends is of no use, nor is the connection.
                abort();
            }
        }
        return rows;
    }

    static String statement(PublishedTable table, IntPredicate asText, BlockRange range) {
        String filter = table.rowFilter() == null ? null : "(" + table.rowFilter() + ")";
        String part = range.condition();
        return copy(table, asText, filter == null ? part : part == null ? filter : filter + " AND " + part);
    }

    private static String copy(PublishedTable table, IntPredicate asText, String where) {
        List<Column> columns = table.schema().columns();
        String values = IntStream.range(0, columns.size())
                .mapToObj(i -> value(TableId.quote(columns.get(i).name()), asText.test(i)))
                .collect(Collectors.joining(", "));
        return "COPY (SELECT " + values + " FROM " + source(table)
               + (where == null ? "" : " WHERE " + where) + ") TO STDOUT (FORMAT binary)";
    }

    /** What stands behind FROM: partitions are read through their root. */
    static String source(PublishedTable table) {
        return (table.partitioned() ? "" : "ONLY ") + table.table().quoted();
    }

    /**
     * concat() gives what the output function of any type gives, where a cast to text may give something else; and who
     * calls it needs no right on that function. To it NULL is nothing, hence the CASE: in this form it takes a row of
     * NULLs for a value.
     */
    private static String value(String column, boolean asText) {
        return asText ? "CASE WHEN " + column + " IS DISTINCT FROM NULL THEN concat(" + column + ") END" : column;
    }

    /**
     * The oldest transaction id that is not finished for the snapshot, without its epoch. Every row version of an older
     * one is shown or never will be; one of a subtransaction has an id above its transaction's.
     */
    public long horizon() {
        return query("SELECT pg_snapshot_xmin(pg_current_snapshot())::text", "the snapshot") & 0xFFFFFFFFL;
    }

    /**
     * The file of a table's heap, which can't be replaced as long as this connection's transaction lasts (VACUUM FULL,
     * CLUSTER, TRUNCATE and rewriting ALTER TABLE need a lock that this keeps from them).
     */
    public long lockFileNode(PublishedTable table) {
        lock(table);
        return query("SELECT pg_relation_filenode(" + table.schema().relationOid() + ")", "the file of a table");
    }

    /**
     * Whether the file of a table, or of a partition, was replaced since the snapshot was taken, or a name of it was
     * given away; when this returns, that can't happen any more. What a rewriting ALTER TABLE writes is invisible to
     * older snapshots: to them the table is empty. And names mean in a query what they mean now. The catalogue that a
     * query reads is that of the snapshot; pg_relation_filenode and pg_identify_object tell the present.
     */
    public boolean isReplaced(PublishedTable table) {
        lock(table);
        long oid = table.schema().relationOid();
        String named = "(SELECT a.attnum AS number, ARRAY[n.nspname, c.relname, a.attname]::text[] AS name FROM pg_class c"
                       + " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid"
                       + " WHERE c.oid = " + oid + " AND a.attnum > 0 AND NOT a.attisdropped) s";
        long elsewhere = query(
                "SELECT count(*) FROM " + named + " WHERE s.name IS DISTINCT FROM"
                               + " (pg_identify_object_as_address('pg_class'::regclass, " + oid + ", s.number)).object_names",
                "the names of a table");
        return elsewhere > 0 || query(
                "SELECT count(*) FROM pg_class c WHERE c.relfilenode <> 0 AND c.relfilenode <> pg_relation_filenode(c.oid)"
                                      + " AND (c.oid = " + oid + " OR c.oid IN (SELECT relid FROM pg_partition_tree(" + oid
                                      + ")))",
                "the file of a table")
                                > 0;
    }

    /**
     * Whether a column was added since the snapshot was taken, to be asked after {@link #isReplaced}. A commit is in
     * the log before others see it, so the position that goes with a snapshot does not tell whether the snapshot shows
     * it.
     */
    public boolean hasNewColumn(PublishedTable table) {
        return query(
                "SELECT count(" + presentColumn("oid", "(relnatts + 1)::int2") + ") FROM pg_class WHERE oid = "
                     + table.schema().relationOid(),
                "the columns of a table")
               > 0;
    }

    /**
     * Those of the tables, by their numbers, that had a column dropped since the snapshot was taken: from PostgreSQL 16
     * on {@code pg_publication_tables} tells the published columns of the present, so what it told before is not the
     * snapshot's shape.
     */
    public Set<Long> withDroppedColumn(Collection<Long> tables) {
        String sql = "SELECT DISTINCT attrelid::bigint FROM pg_attribute WHERE attrelid = ANY(?::bigint[]::oid[])"
                     + " AND attnum > 0 AND NOT attisdropped AND " + presentColumn("attrelid", "attnum") + " IS NULL";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("bigint", tables.toArray()));
            Set<Long> found = new HashSet<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(row.getLong(1));
                }
            }
            return found;
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the columns of tables");
        }
    }

    /** Something that is NULL if a column, by its number, is not there at present, whatever the snapshot shows. */
    private static String presentColumn(String table, String number) {
        return "has_column_privilege(" + table + ", " + number + ", 'SELECT')";
    }

    private void lock(PublishedTable table) {
        query("SELECT count(*) FROM (SELECT FROM " + source(table) + " LIMIT 0) t", "a lock");
    }

    private long query(String sql, String what) {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return Long.parseLong(row.getString(1));
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read " + what);
        }
    }

    /** For catalogue queries under the same snapshot. */
    Connection connection() {
        return connection;
    }

    /** Breaks the connection from any thread; a copy under way fails. */
    public void abort() {
        abort(connection);
    }

    static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't break a connection");
        }
    }

    @Override
    public void close() {
        try {
            if (!connection.isClosed()) {
                try (connection; Statement statement = connection.createStatement()) {
                    statement.execute("ROLLBACK");
                }
            }
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't close the connection of a copy");
        }
    }
}
