package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;

/** Asks the server now and then how far it is and what slots keep. Thread-safe. */
public final class ServerWatch {

    /** Whoever asks has other things to do than to wait for figures. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(3);

    // Only what is on disk, or replayed, is sent to a stream.
    private static final String FIGURES
            = "SELECT p.position::text, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, s.slot_name, s.wal_status,"
              + " s.safe_wal_size, pg_wal_lsn_diff(p.position, s.restart_lsn)::bigint"
              + " FROM (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
              + "  ELSE pg_current_wal_flush_lsn() END AS position) p"
              + " LEFT JOIN pg_replication_slots s ON s.slot_name = ? OR starts_with(s.slot_name, ?)"
              + " ORDER BY s.restart_lsn";

    private final KeptConnection connection;

    public ServerWatch(KeptConnection connection) {
        this.connection = connection;
    }

    /**
     * What the server says now, {@code null} if the connection is busy with something else.
     *
     * @param  applySlot      counts with its sync slots
     * @throws PgCdcException if the server can't be asked; the next call tries again
     */
    public ServerFigures look(String applySlot) {
        return connection.askInPassing("Can't ask the server for its position", LONGEST_SILENCE, open -> look(open, applySlot));
    }

    private static ServerFigures look(Connection open, String applySlot) throws SQLException {
        try (PreparedStatement statement = open.prepareStatement(FIGURES)) {
            statement.setString(1, applySlot);
            statement.setString(2, SlotNames.syncPrefix(applySlot));
            Instant asked = Instant.now();
            try (ResultSet row = statement.executeQuery()) {
                Instant answered = Instant.now();
                Lsn position = Lsn.ZERO;
                Instant serverTime = answered;
                long retained = -1;
                long safe = -1;
                String status = null;
                while (row.next()) {
                    position = Lsn.parse(row.getString(1));
                    serverTime = Instant.EPOCH.plus(row.getLong(2), ChronoUnit.MICROS);
                    String slot = row.getString(3);
                    if (slot == null || !slot.equals(applySlot) && !SlotNames.isSyncSlot(applySlot, slot)) {
                        continue;
                    }
                    // The one that keeps most comes first; of one that is lost nothing is kept.
                    String own = row.getString(4);
                    if (status == null || "lost".equals(own)) {
                        status = own;
                    }
                    long ownSafe = Math.max(0, row.getLong(5));
                    if (!row.wasNull()) {
                        safe = safe < 0 ? ownSafe : Math.min(safe, ownSafe);
                    }
                    long kept = Math.max(0, row.getLong(6));
                    if (!row.wasNull()) {
                        retained = Math.max(retained, kept);
                    }
                }
                Instant middle = asked.plus(Duration.between(asked, answered).dividedBy(2));
                return new ServerFigures(
                        answered, Duration.between(middle, serverTime), position, retained, safe, status);
            }
        }
    }
}
