package io.pgcdc.routes.kafka;

import java.util.function.Function;

import io.pgcdc.camel.CloudEventsTransformer;
import io.pgcdc.camel.DebeziumTransformer;
import io.pgcdc.camel.JsonTransformer;
import org.apache.camel.Message;

/** What the values of records are. */
public enum KafkaFormat {

    /** The row as a JSON object; the value of a delete is null (a tombstone). */
    JSON("application/json", false, origin -> new TransformedValues(new JsonTransformer(), origin)),

    /** The envelope of the data type {@code pgcdc:debezium}; behind that of a delete comes a tombstone. */
    DEBEZIUM("application/json", true, origin -> new TransformedValues(new DebeziumTransformer(), origin)),

    /** The event of the data type {@code pgcdc:cloudevents}; behind that of a delete comes a tombstone. */
    CLOUDEVENTS("application/cloudevents+json", true,
                origin -> new TransformedValues(new CloudEventsTransformer(), origin)),

    /**
     * The row in CBOR (RFC 8949), with the table's shape and the old row in headers: all that {@link FromKafka} needs
     * to make the exchange again. The value of a delete is null (a tombstone). Needs {@code values=portable}.
     */
    CBOR("application/cbor", false, origin -> new ExactValues());

    private final String contentType;
    private final boolean tellsDeletes;
    private final Function<Message, RecordValues> values;

    KafkaFormat(String contentType, boolean tellsDeletes, Function<Message, RecordValues> values) {
        this.contentType = contentType;
        this.tellsDeletes = tellsDeletes;
        this.values = values;
    }

    /** @param origin says which database and pipeline it is */
    RecordValues values(Message origin) {
        return values.apply(origin);
    }

    String contentType() {
        return contentType;
    }

    /** Whether a deleted row has a value of its own, before its tombstone. */
    boolean tellsDeletes() {
        return tellsDeletes;
    }
}
