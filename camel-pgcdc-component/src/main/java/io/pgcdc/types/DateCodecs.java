package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/** date: ISO 8601 text in the portable style. In binary the days since 2000. */
final class DateCodecs {

    private static final String TYPE = "date";

    private DateCodecs() {
    }

    static Object portable(byte[] bytes, int offset, int length) {
        String infinite = InfiniteTime.read(bytes, offset, length);
        if (infinite != null) {
            return infinite;
        }
        int end = DateText.endWithoutEra(bytes, offset, offset + length);
        int yearEnd = yearEnd(bytes, offset, end);
        int year = DateText.year(TYPE, bytes, offset, yearEnd, end < offset + length);
        if (DateText.isUsual(year, offset, yearEnd)) {
            return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        }
        return new String(DateText.isoYear(year), StandardCharsets.ISO_8859_1)
               + new String(bytes, yearEnd, DateText.AFTER_YEAR, StandardCharsets.ISO_8859_1);
    }

    static Object java(byte[] bytes, int offset, int length) {
        String infinite = InfiniteTime.read(bytes, offset, length);
        if (infinite != null) {
            return infinite.equals(InfiniteTime.POSITIVE) ? LocalDate.MAX : LocalDate.MIN;
        }
        int end = DateText.endWithoutEra(bytes, offset, offset + length);
        return DateText.toLocalDate(TYPE, bytes, offset, yearEnd(bytes, offset, end), end < offset + length);
    }

    static Object portableBinary(byte[] bytes, int offset, int length) {
        int day = BinaryValue.int4(TYPE, bytes, offset, length);
        return switch (day) {
            case Integer.MAX_VALUE -> InfiniteTime.POSITIVE;
            case Integer.MIN_VALUE -> InfiniteTime.NEGATIVE;
            default -> IsoText.date(day);
        };
    }

    static Object javaBinary(byte[] bytes, int offset, int length) {
        int day = BinaryValue.int4(TYPE, bytes, offset, length);
        return switch (day) {
            case Integer.MAX_VALUE -> LocalDate.MAX;
            case Integer.MIN_VALUE -> LocalDate.MIN;
            default -> BinaryTime.localDate(day);
        };
    }

    private static int yearEnd(byte[] bytes, int offset, int end) {
        int yearEnd = DateText.yearEnd(TYPE, bytes, offset, end);
        if (yearEnd + DateText.AFTER_YEAR != end) {
            throw ValueFormatException.of(TYPE, "something follows the date");
        }
        return yearEnd;
    }
}
