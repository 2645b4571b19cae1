package io.pgcdc.routes.kafka;

import java.util.function.Supplier;

import io.pgcdc.camel.CloudEventsTransformer;
import io.pgcdc.camel.DebeziumTransformer;
import io.pgcdc.camel.JsonTransformer;
import org.apache.camel.spi.Transformer;

/** What the values of records are. */
public enum KafkaFormat {

    /** The row as a JSON object; the value of a delete is null (a tombstone). */
    JSON(JsonTransformer::new, "application/json", false),

    /** The envelope of the data type {@code pgcdc:debezium}; behind that of a delete comes a tombstone. */
    DEBEZIUM(DebeziumTransformer::new, "application/json", true),

    /** The event of the data type {@code pgcdc:cloudevents}; behind that of a delete comes a tombstone. */
    CLOUDEVENTS(CloudEventsTransformer::new, "application/cloudevents+json", true);

    private final Supplier<Transformer> transformer;
    private final String contentType;
    private final boolean tellsDeletes;

    KafkaFormat(Supplier<Transformer> transformer, String contentType, boolean tellsDeletes) {
        this.transformer = transformer;
        this.contentType = contentType;
        this.tellsDeletes = tellsDeletes;
    }

    Transformer transformer() {
        return transformer.get();
    }

    String contentType() {
        return contentType;
    }

    /** Whether a deleted row has a value of its own, before its tombstone. */
    boolean tellsDeletes() {
        return tellsDeletes;
    }
}
