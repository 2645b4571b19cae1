package io.pgcdc.routes.bigquery;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Base64;
import java.util.Map;

/**
 * A value as text, the same for values=portable and values=java: numbers with all their digits, times as ISO 8601,
 * bytes as base64, lists and maps as JSON.
 */
final class PortableText {

    private static final DateTimeFormatter OFFSET_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_TIME).appendOffset("+HH:MM:ss", "+00:00").toFormatter();

    private PortableText() {
    }

    static String of(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof TemporalAccessor time) {
            return time(time);
        }
        return value instanceof Map || value instanceof Iterable ? JsonText.of(value) : value.toString();
    }

    private static String time(TemporalAccessor time) {
        if (time instanceof LocalDate) {
            return bounded(time, LocalDate.MIN, LocalDate.MAX, DateTimeFormatter.ISO_LOCAL_DATE);
        }
        if (time instanceof LocalDateTime) {
            return bounded(time, LocalDateTime.MIN, LocalDateTime.MAX, DateTimeFormatter.ISO_LOCAL_DATE_TIME);
        }
        if (time instanceof OffsetDateTime) {
            return bounded(time, OffsetDateTime.MIN, OffsetDateTime.MAX, DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        }
        if (time instanceof LocalTime) {
            return time.equals(LocalTime.MAX) ? "24:00:00" : DateTimeFormatter.ISO_LOCAL_TIME.format(time);
        }
        if (time instanceof OffsetTime) {
            return time.equals(OffsetTime.MAX) ? "24:00:00+00:00" : OFFSET_TIME.format(time);
        }
        return time.toString();
    }

    private static String bounded(TemporalAccessor time, Object first, Object last, DateTimeFormatter format) {
        return time.equals(last) ? "infinity" : time.equals(first) ? "-infinity" : format.format(time);
    }
}
