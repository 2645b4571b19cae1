package io.pgcdc.camel;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** The text of java.time's values, as values=portable has it: ISO 8601, infinity, -infinity and 24:00:00. */
final class TimeJson {

    private static final DateTimeFormatter OFFSET_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_TIME).appendOffset("+HH:MM:ss", "+00:00").toFormatter();
    private static final String POSITIVE = "infinity";
    private static final String NEGATIVE = "-infinity";
    private static final String END_OF_DAY = "24:00:00";

    private TimeJson() {
    }

    static boolean isTime(Object value) {
        return value instanceof LocalDate || value instanceof LocalDateTime || value instanceof OffsetDateTime
                || value instanceof LocalTime || value instanceof OffsetTime || value instanceof Instant;
    }

    static String text(Object time) {
        if (time instanceof LocalDate date) {
            return bounded(date, LocalDate.MIN, LocalDate.MAX, DateTimeFormatter.ISO_LOCAL_DATE);
        }
        if (time instanceof LocalDateTime timestamp) {
            return bounded(timestamp, LocalDateTime.MIN, LocalDateTime.MAX, DateTimeFormatter.ISO_LOCAL_DATE_TIME);
        }
        if (time instanceof OffsetDateTime timestamp) {
            return bounded(timestamp, OffsetDateTime.MIN, OffsetDateTime.MAX, DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        }
        if (time instanceof LocalTime of) {
            return of.equals(LocalTime.MAX) ? END_OF_DAY : DateTimeFormatter.ISO_LOCAL_TIME.format(of);
        }
        if (time instanceof OffsetTime of) {
            return of.equals(OffsetTime.MAX) ? END_OF_DAY : OFFSET_TIME.format(of);
        }
        return time.toString();
    }

    private static String bounded(
            java.time.temporal.TemporalAccessor time, Object first, Object last, DateTimeFormatter format) {
        return time.equals(last) ? POSITIVE : time.equals(first) ? NEGATIVE : format.format(time);
    }
}
