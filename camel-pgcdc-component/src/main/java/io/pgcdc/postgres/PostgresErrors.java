package io.pgcdc.postgres;

import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.postgresql.util.PSQLException;

/**
 * The one table from SQLSTATE to kind of failure and remedy (PostgreSQL documentation, appendix "PostgreSQL Error
 * Codes").
 */
public final class PostgresErrors {

    private static final String UNDEFINED_FUNCTION = "42883";
    private static final String READ_ONLY = "25006";
    /** character_not_in_repertoire, untranslatable_character */
    private static final Set<String> ENCODING = Set.of("22021", "22P05");

    /** Everybody may call them, unless that was revoked; what they do asks for REPLICATION besides. */
    private static final Pattern SLOT_FUNCTION = Pattern
            .compile("\\bpg_(?:\\w+_replication_slot|replication_slot_advance|logical_slot_\\w+)\\b");

    private PostgresErrors() {
    }

    /**
     * The failure as this project tells it.
     *
     * @param what what was being done, e.g. "Can't connect to localhost/shop"
     */
    public static PgCdcException translate(SQLException error, String what) {
        ErrorCode code = code(error);
        return new PgCdcException(code, what + ": " + describe(error), remedy(code, error), withoutValue(error));
    }

    /** The same for a slot whose log is decoded: all that the server calls a function for is the form of values. */
    static PgCdcException translateDecoding(SQLException error, String what) {
        PgCdcException told = translate(error, what);
        return UNDEFINED_FUNCTION.equals(error.getSQLState())
                ? new PgCdcException(ErrorCode.NO_BINARY_FORM, told.getMessage(), "It starts again by itself", told.getCause())
                : told;
    }

    /**
     * The same for a connection that did not come about: a peer that does not speak the protocol may be starting up.
     */
    public static PgCdcException translateConnect(SQLException error, String what) {
        ErrorCode code = code(error) == ErrorCode.PROTOCOL ? ErrorCode.CONNECTION : code(error);
        return new PgCdcException(code, what + ": " + describe(error), remedy(code, error), withoutValue(error));
    }

    static ErrorCode code(SQLException error) {
        String state = error.getSQLState();
        if (state == null) {
            return ErrorCode.SQL;
        }
        return switch (state) {
            case "28P01", "28000" -> ErrorCode.AUTHENTICATION;
            case "3D000" -> ErrorCode.CONFIGURATION;
            case "42501" -> ErrorCode.PRIVILEGE;
            case "57P01", "57P02", "57P03", "57P05" -> ErrorCode.SERVER_NOT_READY;
            case "53300" -> isOfSenders(error) ? ErrorCode.OUT_OF_SLOTS : ErrorCode.OUT_OF_CONNECTIONS;
            case "53400" -> ErrorCode.OUT_OF_SLOTS;
            case "55P03" -> ErrorCode.LOCKED;
            case "55006" -> ErrorCode.SLOT_ACTIVE;
            case "42704" -> isPublication(error) ? ErrorCode.PUBLICATION : ErrorCode.SQL;
            case "XX000" -> isDecoding(error) ? ErrorCode.SLOT_UNREADABLE : ErrorCode.SQL;
            case "08P01" -> ErrorCode.PROTOCOL;
            default -> !state.startsWith("08")
                    ? ErrorCode.SQL : TlsRefusal.of(error) == null ? ErrorCode.CONNECTION : ErrorCode.AUTHENTICATION;
        };
    }

    /**
     * A defect of servers up to 18 at least, seen after tables were truncated while the slot was being created: the
     * snapshot of the catalogue that decoding begins with lacks a table's new file.
     */
    private static boolean isDecoding(SQLException error) {
        return String.valueOf(error.getMessage()).contains("could not map file");
    }

    /** Walsenders are connections, and have a limit of their own. */
    private static boolean isOfSenders(SQLException error) {
        return String.valueOf(error.getMessage()).contains("max_wal_senders");
    }

    /** The output plugin looks a publication up as it was when the change was made. */
    private static boolean isPublication(SQLException error) {
        return String.valueOf(error.getMessage()).contains("publication");
    }

    private static String remedy(ErrorCode code, SQLException error) {
        return switch (code) {
            case AUTHENTICATION -> TlsRefusal.of(error) != null
                    ? TlsRefusal.of(error).remedy()
                    : "Check username, password and pg_hba.conf, where that asks for one also whose the client's certificate is; a new password is set with: "
                      + "ALTER ROLE <user> PASSWORD '<password>'";
            case CONFIGURATION -> "Check the database in the option url";
            case PRIVILEGE -> privilegeRemedy(error);
            case SERVER_NOT_READY -> "It is tried again";
            case OUT_OF_CONNECTIONS -> "It is tried again. Raise the limit: ALTER SYSTEM SET max_connections = <more>, then "
                                       + "restart the server; ALTER ROLE <user> CONNECTION LIMIT -1; or ALTER DATABASE <database> CONNECTION LIMIT -1";
            case LOCKED ->
                "It is tried again. Who holds such locks, says: SELECT pid, relation::regclass, query FROM pg_locks JOIN "
                           + "pg_stat_activity USING (pid) WHERE mode = 'AccessExclusiveLock'";
            case SLOT_UNREADABLE -> "It is tried again, then taken for lost like a slot that is gone (option slotLost)";
            case PUBLICATION -> "Create it again: CREATE PUBLICATION <name> FOR TABLE <schema.table>, …; the slot can't go on "
                                + "over that, so copy everything again with slotLost=resync";
            case OUT_OF_SLOTS -> "Raise max_replication_slots and max_wal_senders (ALTER SYSTEM SET "
                                 + "max_replication_slots = 20, then restart the server), or drop a slot that nobody "
                                 + "uses: SELECT pg_drop_replication_slot('<name>')";
            case SLOT_ACTIVE -> "Another connection reads from it; it is tried again";
            case CONNECTION -> "Check host and port in the option url and that the server runs; it is tried again";
            default -> error.getSQLState() != null && ENCODING.contains(error.getSQLState())
                    ? "A text value of the source can't be converted from the encoding of its database to UTF-8. Correct it "
                      + "at the source; if it is in the log already, drop the slot and copy again with slotLost=resync"
                    : READ_ONLY.equals(error.getSQLState())
                            ? "The server is a standby or read-only: do that on the primary, which the option url may name among "
                              + "all hosts with targetServerType=primary"
                    : null;
        };
    }

    private static String privilegeRemedy(SQLException error) {
        String message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        Matcher function = SLOT_FUNCTION.matcher(message);
        if (function.find()) {
            // There are others of that name.
            String arguments = function.group().contains("copy") ? "(name, name, boolean)" : "";
            return "Run: GRANT EXECUTE ON FUNCTION pg_catalog." + function.group() + arguments + " TO <user>";
        }
        if (message.contains("replication") || message.contains("wal")) {
            return "Run: ALTER ROLE <user> REPLICATION";
        }
        return "Run: GRANT SELECT ON ALL TABLES IN SCHEMA <schema> TO <user>; GRANT CREATE ON DATABASE <database> TO "
               + "<user>";
    }

    /**
     * Errors about data quote it in the server's own first line: a row filter that casts, and a text that is no number.
     * What is left of such an error is its SQLSTATE and where it came from.
     */
    private static boolean mayQuoteValues(SQLException error) {
        return error.getSQLState() != null && (error.getSQLState().startsWith("22") || error.getSQLState().startsWith("23"));
    }

    /** The error to keep as the cause, whose message logs print with the stack. */
    static SQLException withoutValue(SQLException error) {
        if (!mayQuoteValues(error)) {
            return error;
        }
        SQLException told = new SQLException(describe(error), error.getSQLState());
        told.setStackTrace(error.getStackTrace());
        return told;
    }

    /** The server's own first line and SQLSTATE; its detail, which may hold values, is left out. */
    static String describe(SQLException error) {
        if (mayQuoteValues(error)) {
            return "the server refuses a value, which its own log tells (SQLSTATE " + error.getSQLState() + ")";
        }
        String message = error instanceof PSQLException server && server.getServerErrorMessage() != null
                ? server.getServerErrorMessage().getMessage()
                : String.valueOf(error.getMessage());
        return message.lines().findFirst().orElse("")
               + (error.getSQLState() == null ? "" : " (SQLSTATE " + error.getSQLState() + ")");
    }
}
