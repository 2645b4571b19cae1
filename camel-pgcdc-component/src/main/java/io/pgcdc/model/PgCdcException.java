package io.pgcdc.model;

import java.util.Objects;

/**
 * Every failure that the engine tells of: a kind, what and where in one sentence, and what to do about it. The message
 * never holds a row's value or a secret.
 */
public final class PgCdcException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String remedy;

    public PgCdcException(ErrorCode code, String what, String remedy, Throwable cause) {
        super(remedy == null || remedy.isEmpty() ? what : what + ". " + remedy, cause);
        this.code = Objects.requireNonNull(code, "code");
        this.remedy = remedy;
    }

    public PgCdcException(ErrorCode code, String what, String remedy) {
        this(code, what, remedy, null);
    }

    public ErrorCode code() {
        return code;
    }

    /** What to do, mostly the SQL to run; may be {@code null}. */
    public String remedy() {
        return remedy;
    }
}
