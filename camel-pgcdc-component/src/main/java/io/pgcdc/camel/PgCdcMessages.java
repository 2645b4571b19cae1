package io.pgcdc.camel;

import io.pgcdc.model.ChangeEvent;
import org.apache.camel.Message;

/** Messages as {@code pgcdc:} makes them, for those who get its changes by another way, such as a broker. */
public final class PgCdcMessages {

    private PgCdcMessages() {
    }

    /**
     * Sets body and headers of a single change. There is nothing to acknowledge.
     *
     * @param database         the name of the source database, or {@code null}
     * @param pipeline         the name of the pipeline, or {@code null}
     * @param systemIdentifier the identifier of the server, or {@code null}
     */
    public static void write(
            Message message, ChangeEvent change, String database, String pipeline, String systemIdentifier) {
        ExchangeDestination.single(message, change);
        ExchangeDestination.headers(message, change, new Origin(database, pipeline, systemIdentifier));
    }
}
