package io.pgcdc.routes.bigquery;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.cloud.bigquery.storage.v1.Exceptions;
import io.grpc.Status;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/** What to do about requests that failed, and what to say. */
final class AppendFailures {

    /**
     * Codes that go away by themselves. NOT_FOUND and INVALID_ARGUMENT for the schema are among them in some minutes
     * after a table was made or got a column: the write service learns of that late.
     */
    private static final Set<Status.Code> TRANSIENT = Set.of(
            Status.Code.ABORTED, Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED, Status.Code.INTERNAL,
            Status.Code.NOT_FOUND, Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNAVAILABLE, Status.Code.UNKNOWN);

    private AppendFailures() {
    }

    static boolean isTransient(Throwable failure) {
        return !isOfRows(failure) && isTransientOfRequest(failure);
    }

    /** Whether single rows were refused, and the rest of their request for that alone. */
    static boolean isOfRows(Throwable failure) {
        return failure instanceof Exceptions.AppendSerializtionError;
    }

    private static boolean isTransientOfRequest(Throwable failure) {
        return failure instanceof Exceptions.StreamWriterClosedException
                || failure instanceof Exceptions.SchemaMismatchedException
                || failure instanceof Exceptions.MaximumRequestCallbackWaitTimeExceededException
                || TRANSIENT.contains(Status.fromThrowable(failure).getCode());
    }

    /**
     * @param events of each row of the request
     * @param tries  how often it was sent
     */
    static PgCdcException toSay(Throwable failure, String table, List<ChangeEvent> events, int tries) {
        if (failure instanceof Exceptions.AppendSerializtionError rows && !rows.getRowIndexToErrorMessage().isEmpty()) {
            return refusedRows(rows.getRowIndexToErrorMessage(), table, events);
        }
        ChangeEvent first = events.get(0);
        Status.Code code = Status.fromThrowable(failure).getCode();
        return new PgCdcException(
                ErrorCode.DESTINATION,
                "BigQuery did not take " + events.size() + " rows for " + table + ", from event " + first.eventId() + " of "
                                       + first.table() + " on: " + code + " after " + tries
                                       + (tries == 1 ? " attempt" : " attempts"),
                remedy(code, table));
    }

    private static PgCdcException refusedRows(Map<Integer, String> errors, String table, List<ChangeEvent> events) {
        ChangeEvent first = events.get(Collections.min(errors.keySet()));
        return new PgCdcException(
                ErrorCode.DESTINATION,
                "BigQuery refused " + errors.size() + " of " + events.size() + " rows for " + table
                                       + ", the first of them the event " + first.eventId() + " of " + first.table()
                                       + "; none of these rows was written",
                null);
    }

    private static String remedy(Status.Code code, String table) {
        return switch (code) {
            case PERMISSION_DENIED, UNAUTHENTICATED -> "The account needs the role BigQuery Data Editor on the dataset";
            case NOT_FOUND -> "If " + table + " was dropped, drop its view, too, and call resyncTable of the pgcdc consumer";
            case RESOURCE_EXHAUSTED -> "Look at the project's quotas of the Storage Write API";
            default -> null;
        };
    }
}
