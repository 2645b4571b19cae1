package io.pgcdc.camel;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.TableRow;
import org.apache.camel.Converter;

/** Rows and batches as JSON, wherever Camel needs text: {@code convertBodyTo}, {@code log}, {@code file:}, … */
@Converter(generateLoader = true)
public final class PgCdcConverters {

    private PgCdcConverters() {
    }

    @Converter
    public static String toString(TableRow row) {
        return RowJson.write(row);
    }

    @Converter
    public static byte[] toBytes(TableRow row) {
        return RowJson.write(row).getBytes(StandardCharsets.UTF_8);
    }

    @Converter
    public static InputStream toInputStream(TableRow row) {
        return new ByteArrayInputStream(toBytes(row));
    }

    @Converter
    public static String toString(ChangeBatch batch) {
        return RowJson.write(batch);
    }

    @Converter
    public static byte[] toBytes(ChangeBatch batch) {
        return RowJson.write(batch).getBytes(StandardCharsets.UTF_8);
    }

    @Converter
    public static InputStream toInputStream(ChangeBatch batch) {
        return new ByteArrayInputStream(toBytes(batch));
    }
}
