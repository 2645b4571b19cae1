package io.pgcdc.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.ErrorCode;
import org.postgresql.PGConnection;

/** The server and its settings; what is left of slots, walsenders and connections; and who is in between. */
final class ServerInspection {

    private static final int NEWEST = 18;
    private static final long KILO = 1024;
    /** Below that a slot is lost by a few minutes of writing. */
    private static final long SMALL_SLOT_MEGABYTES = 1024;
    /** Below that a garbage collection or a hiccup of the network ends the stream. */
    private static final long SHORT_SENDER_MILLIS = 10_000;
    /** Two chunks of express catch-up, with room. */
    private static final long SMALL_TEMP_KILOBYTES = 256 * KILO;
    private static final String RELOAD = "SELECT pg_reload_conf()";
    private static final String RESTART = "then restart the server";

    private final Connection connection;
    private final PipelineNeeds needs;
    private final Map<String, String> facts;
    private final List<PreflightFinding> findings;
    private final Map<String, Setting> settings = new HashMap<>();

    /** @param unit as pg_settings tells it, may be {@code null} */
    private record Setting(String value, String unit) {
        long number() {
            return Long.parseLong(value);
        }
    }

    ServerInspection(Connection connection, PipelineNeeds needs, Map<String, String> facts,
                     List<PreflightFinding> findings) {
        this.connection = connection;
        this.needs = needs;
        this.facts = facts;
        this.findings = findings;
    }

    void inspect() throws SQLException {
        readSettings();
        int version = Catalog.majorVersion(connection);
        facts.put("version", "PostgreSQL " + settings.get("server_version").value());
        if (version > NEWEST) {
            findings.add(PreflightFinding.information(
                    "version", Preflight.SERVER,
                    "PostgreSQL " + version + " is newer than what pgcdc was tested with, which is up to " + NEWEST));
        }
        facts.put("database", Preflight.single(connection, "SELECT current_database()"));
        facts.put("user", Preflight.single(connection, "SELECT current_user"));
        facts.put("encoding", settings.get("server_encoding").value());
        facts.put("wal_level", settings.get("wal_level").value());
        inspectEncoding();
        inspectStandby();
        inspectSlotSettings();
        inspectSenderTimeout();
        inspectTemporaryFiles();
    }

    private void readSettings() throws SQLException {
        try (Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("SELECT name, setting, unit FROM pg_settings")) {
            while (row.next()) {
                settings.put(row.getString(1), new Setting(row.getString(2), row.getString(3)));
            }
        }
    }

    private void inspectEncoding() {
        String encoding = settings.get("server_encoding").value();
        if ("SQL_ASCII".equals(encoding)) {
            findings.add(PreflightFinding.warning(
                    "encoding", "database " + facts.get("database"),
                    "Its encoding is SQL_ASCII, so its text may be anything: the first that is no UTF-8 stops its table")
                    .advise("Check the text columns, or move the data to a database with ENCODING 'UTF8'"));
        } else if (!"UTF8".equals(encoding)) {
            findings.add(PreflightFinding.information(
                    "encoding", "database " + facts.get("database"),
                    "Its encoding is " + encoding + "; text that the server can't convert to UTF-8 stops its table"));
        }
    }

    private void inspectStandby() throws SQLException {
        boolean standby = Preflight.isStandby(connection);
        facts.put("role", standby ? "standby" : "primary");
        if (!standby) {
            return;
        }
        findings.add(PreflightFinding.information(
                "standby", Preflight.SERVER,
                "The server is a standby; a new slot waits until the primary tells of its running transactions")
                .run("SELECT pg_log_standby_snapshot()")
                .advise("on the primary, if a start waits long"));
        if ("off".equals(settings.get("hot_standby_feedback").value())) {
            findings.add(PreflightFinding.warning(
                    "hot_standby_feedback", Preflight.SERVER,
                    "hot_standby_feedback is off: when the primary removes catalogue rows that a slot here needs, the slot is lost")
                    .run("ALTER SYSTEM SET hot_standby_feedback = on", RELOAD)
                    .advise("on the standby; the primary should know it by a physical slot (primary_slot_name)"));
        }
    }

    private void inspectSlotSettings() {
        long keep = settings.get("max_slot_wal_keep_size").number();
        facts.put("max_slot_wal_keep_size", keep < 0 ? "unlimited" : keep + " MB");
        if (keep < 0) {
            findings.add(PreflightFinding.information(
                    "max_slot_wal_keep_size", Preflight.SERVER,
                    "The server keeps its log for a slot that nobody reads until its disk is full")
                    .run("ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'", RELOAD)
                    .advise("limit that if a full disk is worse than a new copy, or watch the slot"));
        } else if (keep < SMALL_SLOT_MEGABYTES) {
            findings.add(PreflightFinding.warning(
                    "max_slot_wal_keep_size", Preflight.SERVER,
                    "A slot that falls " + keep + " MB of log behind is lost, and everything has to be copied again")
                    .run("ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'", RELOAD));
        }
        Setting idle = settings.get("idle_replication_slot_timeout");
        if (idle != null && idle.number() > 0) {
            facts.put("idle_replication_slot_timeout", idle.value() + ' ' + idle.unit());
            findings.add(PreflightFinding.warning(
                    "idle_replication_slot_timeout", Preflight.SERVER,
                    "A slot that nobody reads for " + idle.value() + ' ' + idle.unit()
                                                                       + " is lost: a stop longer than that means a new copy")
                    .run("ALTER SYSTEM SET idle_replication_slot_timeout = 0", RELOAD));
        }
    }

    private void inspectSenderTimeout() {
        long timeout = settings.get("wal_sender_timeout").number();
        facts.put("wal_sender_timeout", timeout == 0 ? "none" : timeout + " ms");
        if (timeout == 0) {
            findings.add(PreflightFinding.information(
                    "wal_sender_timeout", Preflight.SERVER,
                    "The server never gives up a reader that is gone: after a broken network its slot may stay in use for hours")
                    .run("ALTER SYSTEM SET wal_sender_timeout = '60s'", RELOAD));
        } else if (timeout < SHORT_SENDER_MILLIS) {
            findings.add(PreflightFinding.warning(
                    "wal_sender_timeout", Preflight.SERVER,
                    "The server gives up a reader that is silent for " + timeout + " ms: a short pause breaks the stream")
                    .run("ALTER SYSTEM SET wal_sender_timeout = '60s'", RELOAD));
        }
    }

    private void inspectTemporaryFiles() throws SQLException {
        long limit = settings.get("temp_file_limit").number();
        if (needs.expressCatchUp() && limit >= 0 && limit < SMALL_TEMP_KILOBYTES) {
            findings.add(PreflightFinding.information(
                    "temp_file_limit", Preflight.SERVER,
                    "A session may write " + limit / KILO + " MB of temporary files: express catch-up may not fit, and the "
                                                         + "stream is read instead")
                    .run("ALTER ROLE " + Preflight.user(connection) + " SET temp_file_limit = '1GB'"));
        }
    }

    /** @param tables how many the publication has */
    void inspectSlots(int tables) throws SQLException {
        String slot = needs.slot(facts.get("database"));
        int own = 0;
        int ownSenders = 0;
        int used = 0;
        String idle = null;
        try (Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery(
                     "SELECT slot_name, active, wal_status, temporary FROM pg_replication_slots ORDER BY slot_name")) {
            while (row.next()) {
                used++;
                String name = row.getString(1);
                boolean active = row.getBoolean(2);
                if (name.equals(slot) || SlotNames.isSyncSlot(slot, name)) {
                    own++;
                    ownSenders += active ? 1 : 0;
                    inspectOwn(name, row.getString(3));
                } else if (!active && !row.getBoolean(4) && idle == null) {
                    idle = name;
                }
            }
        }
        int slots = (int) settings.get("max_replication_slots").number();
        facts.put("slots", used + " of " + slots + " used, " + own + " by this pipeline, which takes up to "
                           + needs.slots(tables));
        inspectLeft("max_replication_slots", "replication slots", slots, used - own, needs.slots(tables),
                idle == null
                        ? RESTART : RESTART + "; or drop one that is not in use, if nobody needs it: SELECT "
                                    + "pg_drop_replication_slot('" + idle + "')");
        int senders = (int) settings.get("max_wal_senders").number();
        int usedSenders = count("SELECT count(*) FROM pg_stat_get_wal_senders()");
        facts.put("walsenders", usedSenders + " of " + senders + " used, " + ownSenders
                                + " by this pipeline, which takes up to " + needs.senders(tables));
        inspectLeft("max_wal_senders", "walsenders", senders, usedSenders - ownSenders, needs.senders(tables), RESTART);
        inspectConnections(tables);
    }

    private void inspectOwn(String slot, String walStatus) {
        if ("lost".equals(walStatus)) {
            findings.add(PreflightFinding.blocker(
                    ErrorCode.SLOT_LOST, "slot", "slot " + slot, "The server has removed log that the slot needs: it is lost")
                    .run("SELECT pg_drop_replication_slot('" + slot + "')")
                    .advise("and start with slotLost=resync, which copies every table again"));
        } else if ("unreserved".equals(walStatus)) {
            findings.add(PreflightFinding.warning(
                    "slot", "slot " + slot, "The server is about to remove log that the slot needs (max_slot_wal_keep_size)")
                    .run("ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'", RELOAD));
        }
    }

    private void inspectLeft(String setting, String what, int all, int others, int wanted, String advice) {
        int left = all - others;
        if (left >= wanted) {
            return;
        }
        String message = "Of " + all + ' ' + what + " others use " + others + "; this pipeline takes up to " + wanted;
        PreflightFinding finding = left < 1
                ? PreflightFinding.blocker(ErrorCode.OUT_OF_SLOTS, setting, Preflight.SERVER, message)
                : PreflightFinding.warning(setting, Preflight.SERVER, message);
        findings.add(finding.run("ALTER SYSTEM SET " + setting + " = " + (others + wanted)).advise(advice));
    }

    private void inspectConnections(int tables) throws SQLException {
        int all = (int) settings.get("max_connections").number();
        Setting forSome = settings.get("reserved_connections");
        int reserved = (int) settings.get("superuser_reserved_connections").number()
                       + (forSome == null ? 0 : (int) forSome.number());
        // Without this one; walsenders are counted, so that it is rather too many.
        int used = count("SELECT sum(numbackends) - 1 FROM pg_stat_database");
        int wanted = needs.connections(tables);
        facts.put("connections", used + " of " + all + " used, this pipeline takes up to " + wanted);
        if (all - reserved - used < wanted) {
            findings.add(PreflightFinding.warning(
                    "max_connections", Preflight.SERVER,
                    "Of " + all + " connections " + used + " are in use and " + reserved
                                                         + " reserved; this pipeline takes up to " + wanted)
                    .run("ALTER SYSTEM SET max_connections = " + (used + reserved + wanted)).advise(RESTART));
        }
        int limit = count("SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user");
        int total = wanted + needs.senders(tables);
        if (limit >= 0 && limit < total) {
            String user = Preflight.user(connection);
            findings.add(PreflightFinding.warning(
                    "connection limit", "role " + facts.get("user"),
                    "The user may have " + limit + " connections; this pipeline takes up to " + total)
                    .run("ALTER ROLE " + user + " CONNECTION LIMIT -1"));
        }
    }

    /**
     * Whether this connection does not end at the server. A pooler gives its clients numbers of its own for the process
     * that serves them, since they may be served by several.
     */
    boolean inspectPooler() throws SQLException {
        int told = connection.unwrap(PGConnection.class).getBackendPID();
        int serving = count("SELECT pg_backend_pid()");
        facts.put("pooler in between", told == serving ? "no" : "yes");
        if (told == serving) {
            return false;
        }
        // The session sets this when it begins. On another server connection it is what it always was.
        boolean kept = "pg_catalog".equals(Preflight.single(connection, "SHOW search_path"));
        PreflightFinding finding = kept
                ? PreflightFinding.warning(
                        "pooler", Preflight.SERVER,
                        "A pooler is in between: what a session sets, and values with it, is lost whenever it changes the connection")
                : PreflightFinding.blocker(
                        ErrorCode.CONFIGURATION, "pooler", Preflight.SERVER,
                        "A pooler is in between that gives one session several connections: its settings are lost");
        findings.add(finding.advise("Name the server itself in the option url, not the pooler"));
        return true;
    }

    private int count(String sql) throws SQLException {
        return Integer.parseInt(Preflight.single(connection, sql));
    }
}
