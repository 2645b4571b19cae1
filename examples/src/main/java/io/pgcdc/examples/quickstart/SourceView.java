package io.pgcdc.examples.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.pgcdc.model.TableId;
import io.pgcdc.postgres.SlotNames;

/** What the source database itself says: its tables, its log, the slot. */
final class SourceView implements AutoCloseable {

    private static final String CURRENT_LSN
            = "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END";

    private final Source source;
    private Connection connection;
    private String slot;

    private SourceView(Source source) {
        this.source = source;
    }

    static SourceView open(Source source) throws SQLException {
        SourceView view = new SourceView(source);
        view.connection = source.connect();
        view.slot = SlotNames.applySlot(view.text("SELECT current_database()"), source.publication());
        return view;
    }

    /** The name of the pipeline's slot. */
    String slot() {
        return slot;
    }

    /** The publication's tables with their rows, estimated. */
    Map<TableId, Long> estimatedRows() throws SQLException {
        String sql = "SELECT p.schemaname, p.tablename, greatest(c.reltuples, 0)::bigint FROM pg_publication_tables p"
                     + " JOIN pg_namespace n ON n.nspname = p.schemaname"
                     + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename WHERE p.pubname = ?";
        Map<TableId, Long> rows = new TreeMap<>();
        try (PreparedStatement statement = connected().prepareStatement(sql)) {
            statement.setString(1, source.publication());
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.put(new TableId(result.getString(1), result.getString(2)), result.getLong(3));
                }
            }
        }
        if (rows.isEmpty()) {
            throw new SQLException(
                    "The database has no publication " + source.publication()
                                   + ", or it publishes no table");
        }
        return rows;
    }

    /** The publication's tables with their rows, counted. */
    Map<TableId, Long> countedRows() throws SQLException {
        Map<TableId, Long> rows = estimatedRows();
        for (Map.Entry<TableId, Long> table : rows.entrySet()) {
            table.setValue(Long.valueOf(text("SELECT count(*) FROM " + table.getKey().quoted())));
        }
        return rows;
    }

    /** The end of the log. */
    String currentLsn() throws SQLException {
        return text("SELECT " + CURRENT_LSN);
    }

    /** Whether everything up to a position is acknowledged. */
    boolean isAcknowledged(String lsn) throws SQLException {
        String sql = "SELECT confirmed_flush_lsn >= ?::pg_lsn FROM pg_replication_slots WHERE slot_name = ?";
        try (PreparedStatement statement = connected().prepareStatement(sql)) {
            statement.setString(1, lsn);
            statement.setString(2, slot);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    /** The slot as it is now; empty while there is none. */
    Optional<SlotState> slotState() throws SQLException {
        String sql = "SELECT confirmed_flush_lsn, pg_wal_lsn_diff(" + CURRENT_LSN + ", confirmed_flush_lsn)::bigint"
                     + " FROM pg_replication_slots WHERE slot_name = ? AND confirmed_flush_lsn IS NOT NULL";
        try (PreparedStatement statement = connected().prepareStatement(sql)) {
            statement.setString(1, slot);
            try (ResultSet result = statement.executeQuery()) {
                return result.next()
                        ? Optional.of(new SlotState(result.getString(1), Math.max(0, result.getLong(2))))
                        : Optional.empty();
            }
        }
    }

    private String text(String sql) throws SQLException {
        try (PreparedStatement statement = connected().prepareStatement(sql);
             ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getString(1);
        }
    }

    /** A database that was restarted is no reason for the look at it to end. */
    private Connection connected() throws SQLException {
        if (connection.isClosed()) {
            connection = source.connect();
        }
        return connection;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /**
     * @param acknowledged up to where the server knows that everything is written
     * @param lagBytes     how much log lies behind that
     */
    record SlotState(String acknowledged, long lagBytes) {
    }
}
