package io.pgcdc.camel;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.TableRow;
import org.apache.camel.Converter;

/**
 * Rows as JSON objects, batches and aggregated rows as JSON arrays, wherever Camel needs text: {@code convertBodyTo},
 * {@code log}, {@code file:}, … {@link JsonWriter} says which JSON.
 */
@Converter(generateLoader = true)
public final class PgCdcConverters {

    private PgCdcConverters() {
    }

    @Converter
    public static String toString(TableRow row) {
        return json(row);
    }

    @Converter
    public static byte[] toBytes(TableRow row) {
        return json(row).getBytes(StandardCharsets.UTF_8);
    }

    @Converter
    public static InputStream toInputStream(TableRow row) {
        return new ByteArrayInputStream(toBytes(row));
    }

    @Converter
    public static String toString(ChangeBatch batch) {
        return json(batch);
    }

    @Converter
    public static byte[] toBytes(ChangeBatch batch) {
        return json(batch).getBytes(StandardCharsets.UTF_8);
    }

    @Converter
    public static InputStream toInputStream(ChangeBatch batch) {
        return new ByteArrayInputStream(toBytes(batch));
    }

    @Converter
    public static String toString(AggregatedBodies bodies) {
        return json(bodies);
    }

    @Converter
    public static byte[] toBytes(AggregatedBodies bodies) {
        return json(bodies).getBytes(StandardCharsets.UTF_8);
    }

    @Converter
    public static InputStream toInputStream(AggregatedBodies bodies) {
        return new ByteArrayInputStream(toBytes(bodies));
    }

    private static String json(Object value) {
        return new JsonWriter().value(value).toString();
    }
}
