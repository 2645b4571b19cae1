package io.pgcdc.camel;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import org.apache.camel.spi.DataTypeTransformer;

/**
 * CloudEvents 1.0 in their structured JSON format: {@code data} is the row, {@code type} the operation. Rows of the
 * copy have identifiers that are unique within their table, so the table is part of {@code source}.
 */
@DataTypeTransformer(name = "pgcdc:cloudevents",
                     description = "Transforms a change to a CloudEvent as JSON, a batch to an array of these")
public final class CloudEventsTransformer extends ChangeTransformer {

    @Override
    void write(JsonWriter json, ChangeEvent change, Origin origin) {
        json.beginObject()
                .member("specversion", "1.0")
                .member("id", change.eventId())
                .member("source", source(change, origin))
                .member("type", "io.pgcdc." + change.operation().text());
        if (change.table() != null) {
            json.member("subject", change.table().toString());
        }
        if (change.transaction().commitTimestamp() != null) {
            json.member("time", DateTimeFormatter.ISO_INSTANT.format(change.transaction().commitTimestamp()));
        }
        json.member("datacontenttype", "application/json").name("data");
        if (change.operation() == Operation.SCHEMA) {
            SchemaJson.write(json, change.tableSchema());
        } else {
            json.value(change);
        }
        json.endObject();
    }

    @Override
    String contentType(boolean isBatch) {
        return isBatch ? "application/cloudevents-batch+json" : "application/cloudevents+json";
    }

    private static String source(ChangeEvent change, Origin origin) {
        StringBuilder source = new StringBuilder("/pgcdc");
        append(source, origin.database());
        append(source, origin.pipeline());
        if (change.table() != null) {
            append(source, change.table().schema());
            append(source, change.table().name());
        }
        return source.toString();
    }

    private static void append(StringBuilder source, String segment) {
        if (segment != null) {
            source.append('/').append(URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"));
        }
    }
}
