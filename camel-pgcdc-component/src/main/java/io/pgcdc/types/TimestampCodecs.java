package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/** timestamp: ISO 8601 text in the portable style. In binary the microseconds since 2000. */
final class TimestampCodecs {

    private static final String TYPE = "timestamp";

    private TimestampCodecs() {
    }

    static Object portable(byte[] bytes, int offset, int length) {
        String infinite = InfiniteTime.read(bytes, offset, length);
        if (infinite != null) {
            return infinite;
        }
        int end = DateText.endWithoutEra(bytes, offset, offset + length);
        int yearEnd = DateText.yearEnd(TYPE, bytes, offset, end);
        int year = DateText.year(TYPE, bytes, offset, yearEnd, end < offset + length);
        TimeText.nanoOfDayOfTimestamp(TYPE, bytes, TimestampText.timeStart(TYPE, bytes, yearEnd, end), end);
        byte[] text = TimestampText.iso(bytes, offset, yearEnd, end, year, 0);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    static Object java(byte[] bytes, int offset, int length) {
        String infinite = InfiniteTime.read(bytes, offset, length);
        if (infinite != null) {
            return infinite.equals(InfiniteTime.POSITIVE) ? LocalDateTime.MAX : LocalDateTime.MIN;
        }
        int end = DateText.endWithoutEra(bytes, offset, offset + length);
        int yearEnd = DateText.yearEnd(TYPE, bytes, offset, end);
        LocalDate date = DateText.toLocalDate(TYPE, bytes, offset, yearEnd, end < offset + length);
        int timeStart = TimestampText.timeStart(TYPE, bytes, yearEnd, end);
        long nanos = TimeText.nanoOfDayOfTimestamp(TYPE, bytes, timeStart, end);
        return LocalDateTime.of(date, LocalTime.ofNanoOfDay(nanos));
    }

    static Object portableBinary(byte[] bytes, int offset, int length) {
        long micros = BinaryValue.int8(TYPE, bytes, offset, length);
        String infinite = BinaryTime.infinite(micros);
        return infinite != null ? infinite : IsoText.timestamp(micros);
    }

    static Object javaBinary(byte[] bytes, int offset, int length) {
        long micros = BinaryValue.int8(TYPE, bytes, offset, length);
        String infinite = BinaryTime.infinite(micros);
        if (infinite != null) {
            return infinite.equals(InfiniteTime.POSITIVE) ? LocalDateTime.MAX : LocalDateTime.MIN;
        }
        return BinaryTime.localDateTime(micros);
    }
}
