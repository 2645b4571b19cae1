package io.pgcdc.routes.bigquery.fake;

/** What BigQuery answers instead of a result. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    Refusal(int code, String reason, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
    }

    static Refusal invalid(String message) {
        return new Refusal(400, "invalidQuery", message);
    }

    static Refusal notFound(String what) {
        return new Refusal(404, "notFound", "Not found: " + what);
    }

    int code() {
        return code;
    }

    String reason() {
        return reason;
    }
}
