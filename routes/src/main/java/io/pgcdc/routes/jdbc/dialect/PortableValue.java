package io.pgcdc.routes.jdbc.dialect;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Values as {@code values=portable} has them, also where the route has {@code values=java}. */
public final class PortableValue {

    private static final DateTimeFormatter OFFSET_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_TIME).appendOffset("+HH:MM:ss", "+00:00").toFormatter();

    private PortableValue() {
    }

    /**
     * The same value in the portable style.
     *
     * @throws IllegalArgumentException for a time with time zone of 24:00, which the Java style has lost the zone of,
     *                                  and for an object that is of neither style
     */
    public static Object of(Object value) {
        if (value == null || value instanceof String || value instanceof Number && !isSpecial(value)
                || value instanceof Boolean) {
            return value;
        }
        if (value instanceof List<?> list) {
            List<Object> portable = new ArrayList<>(list.size());
            list.forEach(element -> portable.add(of(element)));
            return portable;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> portable = new LinkedHashMap<>();
            map.forEach((name, member) -> portable.put(name, of(member)));
            return portable;
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof Number || value instanceof UUID) {
            return value.toString();
        }
        return time(value);
    }

    private static boolean isSpecial(Object number) {
        return number instanceof Double value && !Double.isFinite(value)
                || number instanceof Float single && !Float.isFinite(single);
    }

    private static String time(Object value) {
        if (value instanceof LocalDate date) {
            return bounded(date, LocalDate.MIN, LocalDate.MAX, DateTimeFormatter.ISO_LOCAL_DATE);
        }
        if (value instanceof LocalDateTime timestamp) {
            return bounded(timestamp, LocalDateTime.MIN, LocalDateTime.MAX, DateTimeFormatter.ISO_LOCAL_DATE_TIME);
        }
        if (value instanceof OffsetDateTime timestamp) {
            return bounded(timestamp, OffsetDateTime.MIN, OffsetDateTime.MAX, DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        }
        if (value instanceof LocalTime time) {
            return time.equals(LocalTime.MAX) ? "24:00:00" : DateTimeFormatter.ISO_LOCAL_TIME.format(time);
        }
        if (value instanceof OffsetTime time && !time.equals(OffsetTime.MAX)) {
            return OFFSET_TIME.format(time);
        }
        throw new IllegalArgumentException(
                value instanceof OffsetTime
                        ? "24:00 of a time with time zone has lost its zone; it needs values=portable, the default"
                        : "no value of a pgcdc exchange: an object of " + value.getClass().getName());
    }

    private static String bounded(TemporalAccessor time, Object first, Object last, DateTimeFormatter format) {
        return time.equals(last) ? "infinity" : time.equals(first) ? "-infinity" : format.format(time);
    }
}
