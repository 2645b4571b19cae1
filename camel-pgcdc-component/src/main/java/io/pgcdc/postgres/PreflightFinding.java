package io.pgcdc.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/**
 * One thing that a preflight found: what, where, how bad it is, and what to run about it. It holds names and settings,
 * never a row's value or a secret.
 *
 * @param severity how bad it is
 * @param code     the kind of failure that it would become, or {@code null} if it would become none
 * @param check    what was looked at, in a word that stays the same: {@code wal_level}, {@code replica identity}…
 * @param where    the object that it is about: {@code server}, a publication, a table as {@code schema.table}…
 * @param message  the finding in one sentence
 * @param sql      statements to run one after the other, as a user who may; what stands in {@code <…>} is to be filled
 *                 in. Empty if no SQL mends it
 * @param advice   what else to do, or what the SQL costs; may be {@code null}
 */
public record PreflightFinding(Severity severity, ErrorCode code, String check, String where, String message,
        List<String> sql, String advice) {

    /** How bad a finding is. */
    public enum Severity {
        /** The pipeline can't do its work. */
        BLOCKER,
        /** It works, but something will fail, stop or be missing sooner or later. */
        WARNING,
        /** Good to know. */
        INFORMATION
    }

    public PreflightFinding {
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(check, "check");
        Objects.requireNonNull(where, "where");
        Objects.requireNonNull(message, "message");
        sql = List.copyOf(sql);
    }

    static PreflightFinding blocker(ErrorCode code, String check, String where, String message) {
        return new PreflightFinding(Severity.BLOCKER, code, check, where, message, List.of(), null);
    }

    static PreflightFinding warning(String check, String where, String message) {
        return new PreflightFinding(Severity.WARNING, null, check, where, message, List.of(), null);
    }

    static PreflightFinding information(String check, String where, String message) {
        return new PreflightFinding(Severity.INFORMATION, null, check, where, message, List.of(), null);
    }

    /** The same, mended by these statements. */
    PreflightFinding run(String... statements) {
        return new PreflightFinding(severity, code, check, where, message, List.of(statements), advice);
    }

    /** The same with a word on what else to do. */
    PreflightFinding advise(String words) {
        return new PreflightFinding(severity, code, check, where, message, sql, words);
    }

    PreflightFinding as(Severity other) {
        return new PreflightFinding(other, code, check, where, message, sql, advice);
    }

    /** What to do, in one line: {@code Run: …}, then the advice; empty if there is neither. */
    public String remedy() {
        StringBuilder remedy = new StringBuilder();
        if (!sql.isEmpty()) {
            remedy.append("Run: ").append(String.join("; ", sql));
        }
        if (advice != null) {
            remedy.append(remedy.isEmpty() ? "" : "; ").append(advice);
        }
        return remedy.toString();
    }

    /** Names, text and a list of texts only, fit for JSON. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("severity", severity.name());
        map.put("check", check);
        map.put("where", where);
        map.put("message", message);
        map.put("sql", sql);
        map.put("advice", advice);
        return map;
    }

    /** The failure that a blocker is. */
    PgCdcException toException() {
        return new PgCdcException(code, message, remedy());
    }

    /** The error as a blocker. */
    static PreflightFinding of(PgCdcException error, String check, String where) {
        String remedy = error.remedy();
        String message = remedy == null || remedy.isEmpty()
                ? error.getMessage()
                : error.getMessage().substring(0, error.getMessage().length() - remedy.length() - 2);
        return blocker(error.code(), check, where, message).advise(remedy == null || remedy.isEmpty() ? null : remedy);
    }
}
