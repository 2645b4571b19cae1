package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/** date: ISO 8601 text in the portable style. */
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

    private static int yearEnd(byte[] bytes, int offset, int end) {
        int yearEnd = DateText.yearEnd(TYPE, bytes, offset, end);
        if (yearEnd + DateText.AFTER_YEAR != end) {
            throw ValueFormatException.of(TYPE, "something follows the date");
        }
        return yearEnd;
    }
}
