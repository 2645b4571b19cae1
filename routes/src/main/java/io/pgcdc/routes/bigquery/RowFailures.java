package io.pgcdc.routes.bigquery;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;

/** What is said of a row that can't be written: column, table and event, never a value. */
final class RowFailures {

    /** What to do about a value that does not fit, with the column's name in it. */
    static final String TEXT_COLUMN = "To keep the column as text, add it to textColumns (%s), and then call resyncTable of"
                                      + " the pgcdc consumer";

    private RowFailures() {
    }

    static PgCdcException unfit(ChangeEvent event, int position, UnfitValueException e, String remedy) {
        String column = event.table() + "." + event.tableSchema().columns().get(position).name();
        return new PgCdcException(
                ErrorCode.DESTINATION,
                "The value of " + column + " in the event " + event.eventId() + " does not fit its column in BigQuery: "
                                       + e.getMessage(),
                String.format(remedy, column));
    }

    static PgCdcException notSent(ChangeEvent event, int position) {
        TableSchema schema = event.tableSchema();
        return new PgCdcException(
                ErrorCode.DESTINATION,
                "The event " + event.eventId() + " of " + schema.table() + " has no value for the column "
                                       + schema.columns().get(position).name()
                                       + ", a large value that the update left as it was, and rows are written whole",
                "Run: ALTER TABLE " + schema.table().quoted() + " REPLICA IDENTITY FULL; and then call resyncTable of the"
                                                                                                                       + " pgcdc consumer with "
                                                                                                                       + schema.table());
    }
}
