package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;

import io.pgcdc.model.Column;
import io.pgcdc.model.TableId;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * A connection that reads tables under one snapshot with {@code COPY … TO STDOUT} in text format.
 *
 * <p>
 * For one thread, but for {@link #abort}.
 */
public final class TableCopy implements AutoCloseable {

    /** Takes the bytes of one row in COPY's text format; the array is its own. */
    @FunctionalInterface
    public interface RowReceiver {
        void row(byte[] row);
    }

    /**
     * A part of a table's heap, in blocks.
     *
     * @param fromBlock the first block
     * @param toBlock   the block after the last, or -1 for everything from the first on
     */
    public record BlockRange(long fromBlock, long toBlock) {

        /** The whole table. */
        public static final BlockRange ALL = new BlockRange(0, -1);

        String condition() {
            if (equals(ALL)) {
                return null;
            }
            return "ctid >= '(" + fromBlock + ",0)'::tid"
                   + (toBlock < 0 ? "" : " AND ctid < '(" + toBlock + ",0)'::tid");
        }
    }

    private final Connection connection;

    TableCopy(Connection connection) {
        this.connection = connection;
    }

    /** Reads the rows of a table, or of a part of its heap, on the calling thread; returns how many there were. */
    public long read(PublishedTable table, BlockRange range, RowReceiver receiver) {
        long rows = 0;
        try {
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(statement(table, range));
            try {
                for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                    receiver.row(row);
                    rows++;
                }
            } finally {
                if (copy.isActive()) {
                    // The receiver failed: what the server still sends is of no use, nor is the connection.
                    abort();
                }
            }
            return rows;
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "The copy of " + table.table() + " broke");
        }
    }

    static String statement(PublishedTable table, BlockRange range) {
        String columns = table.schema().columns().stream()
                .map(Column::name)
                .map(TableId::quote)
                .collect(Collectors.joining(", "));
        String only = table.partitioned() ? "" : "ONLY ";
        String filter = table.rowFilter() == null ? null : "(" + table.rowFilter() + ")";
        String part = range.condition();
        String where = filter == null ? part : part == null ? filter : filter + " AND " + part;
        return "COPY (SELECT " + columns + " FROM " + only + table.table().quoted()
               + (where == null ? "" : " WHERE " + where) + ") TO STDOUT";
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
        try (connection; Statement statement = connection.createStatement()) {
            if (!connection.isClosed()) {
                statement.execute("ROLLBACK");
            }
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't close the connection of a copy");
        }
    }
}
