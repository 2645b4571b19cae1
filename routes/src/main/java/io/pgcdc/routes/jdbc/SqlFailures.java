package io.pgcdc.routes.jdbc;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.routes.jdbc.dialect.Dialect;

/**
 * Failures of the destination as this project tells them. Databases quote values in their messages, so a message is
 * passed on only where its kind says that it is about something else; the cause is left out for the same reason.
 */
final class SqlFailures {

    /**
     * Classes of SQLSTATE (SQL:2016, PostgreSQL documentation, appendix "PostgreSQL Error Codes") whose messages name
     * objects, connections and the state of the server, never values.
     */
    private static final Set<String> WITHOUT_VALUES
            = Set.of("08", "0A", "25", "26", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "90");
    /** How messages of DuckDB begin that are about no values; it has no SQLSTATE. */
    private static final List<String> DUCKDB_WITHOUT_VALUES = List.of(
            "Binder Error", "Catalog Error", "Connection Error", "Dependency Error", "IO Error", "INTERNAL Error",
            "Not implemented Error", "Out of Memory Error", "Permission Error", "TransactionContext Error: Catalog");

    /** What DuckDB puts before the message of a statement that it has prepared: the statement itself. */
    private static final Pattern OF_STATEMENT = Pattern.compile("(?s)^Invalid Input Error: Attempting to execute.*?\nError: ");
    /** A URL may have a password anywhere behind its protocol. */
    private static final Pattern URL = Pattern.compile("(jdbc:\\w+:).*");

    private SqlFailures() {
    }

    /** @param what what was being done, and to which table */
    static PgCdcException translate(SQLException error, String what, Dialect dialect) {
        ErrorCode code = code(error);
        return new PgCdcException(
                code, what + ", the destination (" + (dialect == null ? "JDBC" : dialect.name()) + ") says: " + describe(error),
                remedy(error, code), withoutValues(error));
    }

    /** Where it happened, for whoever looks for it; what it says has gone into the message as far as it may. */
    private static Throwable withoutValues(SQLException error) {
        SQLException cause = new SQLException(error.getClass().getName(), error.getSQLState(), error.getErrorCode());
        cause.setStackTrace(error.getStackTrace());
        return cause;
    }

    private static ErrorCode code(SQLException error) {
        String state = error.getSQLState();
        if (state == null) {
            return ErrorCode.SQL;
        }
        return state.startsWith("08") ? ErrorCode.CONNECTION
                : state.startsWith("28") ? ErrorCode.AUTHENTICATION
                : state.equals("42501") ? ErrorCode.PRIVILEGE
                : state.startsWith("57P") || state.startsWith("53") ? ErrorCode.SERVER_NOT_READY
                : ErrorCode.SQL;
    }

    private static String describe(SQLException error) {
        String state = error.getSQLState();
        String message = OF_STATEMENT.matcher(String.valueOf(error.getMessage())).replaceFirst("")
                .lines().findFirst().orElse("");
        message = URL.matcher(message).replaceFirst("$1…");
        if (state == null) {
            int colon = message.indexOf(':');
            boolean told = DUCKDB_WITHOUT_VALUES.stream().anyMatch(message::startsWith);
            return told ? message : colon < 0 ? "an error without SQLSTATE" : message.substring(0, colon);
        }
        boolean told = state.length() == 5 && WITHOUT_VALUES.contains(state.substring(0, 2));
        return (told ? message + " " : "") + "SQLSTATE " + state;
    }

    private static String remedy(SQLException error, ErrorCode code) {
        String state = String.valueOf(error.getSQLState());
        return switch (code) {
            case CONNECTION, SERVER_NOT_READY -> String.valueOf(error.getMessage()).startsWith("No suitable driver")
                    ? "Put the JDBC driver of the destination on the class path"
                    : "It comes again as the failure policy of the pipeline says";
            case PRIVILEGE ->
                "The user of the destination needs its schemas (GRANT CREATE ON DATABASE, or CREATE SCHEMA <schema> "
                              + "AUTHORIZATION <user>), GRANT TEMPORARY ON DATABASE, and must own the tables that it writes";
            case AUTHENTICATION -> "Check username and password of the data source";
            default -> state.equals("23505")
                    ? "A unique index of your own can't be there: rows come by key, in batches, not in the order of the source. "
                      + "If there is none, have the table copied again: resyncTable"
                    : state.startsWith("22") || state.startsWith("42") || state.startsWith("23")
                            ? "If the destination's table was changed by hand, or the source's by ALTER … USING, have it copied again: "
                              + "resyncTable"
                    : null;
        };
    }
}
