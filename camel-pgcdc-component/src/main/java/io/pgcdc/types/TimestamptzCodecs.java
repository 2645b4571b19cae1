package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * timestamptz: ISO 8601 text in the portable style, with a {@code Z} for UTC, in which our sessions print. Java's style
 * is always at UTC. In binary the microseconds since 2000, at UTC.
 */
final class TimestamptzCodecs {

    private static final String TYPE = "timestamptz";

    private TimestamptzCodecs() {
    }

    static Object portable(byte[] bytes, int offset, int length) {
        String infinite = InfiniteTime.read(bytes, offset, length);
        if (infinite != null) {
            return infinite;
        }
        int end = DateText.endWithoutEra(bytes, offset, offset + length);
        int yearEnd = DateText.yearEnd(TYPE, bytes, offset, end);
        int year = DateText.year(TYPE, bytes, offset, yearEnd, end < offset + length);
        int timeStart = TimestampText.timeStart(TYPE, bytes, yearEnd, end);
        int timeEnd = TimeText.end(bytes, timeStart, end);
        TimeText.nanoOfDayOfTimestamp(TYPE, bytes, timeStart, timeEnd);
        boolean utc = OffsetText.seconds(TYPE, bytes, timeEnd, end) == 0;
        int room = utc ? 1 : OffsetText.isoLength(end - timeEnd);
        byte[] text = TimestampText.iso(bytes, offset, yearEnd, timeEnd, year, room);
        if (utc) {
            text[text.length - 1] = 'Z';
        } else {
            OffsetText.writeIso(bytes, timeEnd, end, text, text.length - room);
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    static Object java(byte[] bytes, int offset, int length) {
        String infinite = InfiniteTime.read(bytes, offset, length);
        if (infinite != null) {
            return infinite.equals(InfiniteTime.POSITIVE) ? OffsetDateTime.MAX : OffsetDateTime.MIN;
        }
        int end = DateText.endWithoutEra(bytes, offset, offset + length);
        int yearEnd = DateText.yearEnd(TYPE, bytes, offset, end);
        LocalDate date = DateText.toLocalDate(TYPE, bytes, offset, yearEnd, end < offset + length);
        int timeStart = TimestampText.timeStart(TYPE, bytes, yearEnd, end);
        int timeEnd = TimeText.end(bytes, timeStart, end);
        long nanos = TimeText.nanoOfDayOfTimestamp(TYPE, bytes, timeStart, timeEnd);
        int seconds = OffsetText.seconds(TYPE, bytes, timeEnd, end);
        return OffsetDateTime.of(atUtc(LocalDateTime.of(date, LocalTime.ofNanoOfDay(nanos)), seconds), ZoneOffset.UTC);
    }

    static Object portableBinary(byte[] bytes, int offset, int length) {
        long micros = BinaryValue.int8(TYPE, bytes, offset, length);
        String infinite = BinaryTime.infinite(micros);
        return infinite != null ? infinite : IsoText.timestamptz(micros);
    }

    static Object javaBinary(byte[] bytes, int offset, int length) {
        long micros = BinaryValue.int8(TYPE, bytes, offset, length);
        String infinite = BinaryTime.infinite(micros);
        if (infinite != null) {
            return infinite.equals(InfiniteTime.POSITIVE) ? OffsetDateTime.MAX : OffsetDateTime.MIN;
        }
        return OffsetDateTime.of(BinaryTime.localDateTime(micros), ZoneOffset.UTC);
    }

    private static LocalDateTime atUtc(LocalDateTime local, int offset) {
        try {
            return offset == 0 ? local : local.minusSeconds(offset);
        } catch (DateTimeException e) {
            // no cause: java.time's message holds the value
            throw ValueFormatException.of(TYPE, "the year is out of range");
        }
    }
}
