package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * The date in a date, timestamp or timestamptz as {@code DateStyle} ISO prints it: four or more digits of the year, two
 * of the month, two of the day, with hyphens between them. {@code " BC"} stands at the end of the whole value.
 */
final class DateText {

    /** How many bytes the month and the day take after the year, with their hyphens. */
    static final int AFTER_YEAR = 6;

    private static final int SHORTEST_YEAR = 4;
    /** More digits than PostgreSQL prints, and as many as java.time takes. */
    private static final int LONGEST_YEAR = 9;

    private DateText() {
    }

    /** Where the value ends without the era, which the caller looks for by the difference. */
    static int endWithoutEra(byte[] bytes, int start, int end) {
        return end - start > 3 && bytes[end - 1] == 'C' && bytes[end - 2] == 'B' && bytes[end - 3] == ' '
                ? end - 3
                : end;
    }

    /** The end of the year's digits, from which on there is room for month and day. */
    static int yearEnd(String type, byte[] bytes, int start, int end) {
        int position = start;
        while (position < end && bytes[position] != '-') {
            position++;
        }
        if (end - position < AFTER_YEAR) {
            throw ValueFormatException.of(type, "no date");
        }
        if (position - start < SHORTEST_YEAR || position - start > LONGEST_YEAR) {
            throw ValueFormatException.of(type, "the year is out of range");
        }
        return position;
    }

    /** Checks the whole date and gives its astronomical year, in which 1 BC is 0 and 2 BC is -1. */
    static int year(String type, byte[] bytes, int start, int yearEnd, boolean beforeChrist) {
        int year = readYear(type, bytes, start, yearEnd, beforeChrist);
        readDay(type, bytes, yearEnd, year, readMonth(type, bytes, yearEnd));
        return year;
    }

    static LocalDate toLocalDate(String type, byte[] bytes, int start, int yearEnd, boolean beforeChrist) {
        int year = readYear(type, bytes, start, yearEnd, beforeChrist);
        int month = readMonth(type, bytes, yearEnd);
        return LocalDate.of(year, month, readDay(type, bytes, yearEnd, year, month));
    }

    /** Whether an astronomical year in ISO 8601 is the very digits that PostgreSQL printed, four of them. */
    static boolean isUsual(int year, int start, int yearEnd) {
        return year > 0 && yearEnd - start == SHORTEST_YEAR;
    }

    /** A year as java.time prints it: at least four digits, with a sign if it is negative or has more than four. */
    static byte[] isoYear(int year) {
        String digits = Integer.toString(Math.abs(year));
        String sign = year < 0 ? "-" : year > 9999 ? "+" : "";
        return (sign + "0".repeat(Math.max(0, SHORTEST_YEAR - digits.length())) + digits)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int readYear(String type, byte[] bytes, int start, int yearEnd, boolean beforeChrist) {
        int year = 0;
        for (int position = start; position < yearEnd; position++) {
            year = year * 10 + TemporalDigits.one(type, bytes, position);
        }
        if (year == 0) {
            throw ValueFormatException.of(type, "there is no year 0");
        }
        return beforeChrist ? 1 - year : year;
    }

    private static int readMonth(String type, byte[] bytes, int yearEnd) {
        if (bytes[yearEnd + 3] != '-') {
            throw ValueFormatException.of(type, "a hyphen is missing");
        }
        int month = TemporalDigits.two(type, bytes, yearEnd + 1);
        if (month < 1 || month > 12) {
            throw ValueFormatException.of(type, "the month is out of range");
        }
        return month;
    }

    private static int readDay(String type, byte[] bytes, int yearEnd, int year, int month) {
        int day = TemporalDigits.two(type, bytes, yearEnd + 4);
        if (day < 1 || day > 28 && day > daysOf(year, month)) {
            throw ValueFormatException.of(type, "the day is out of range");
        }
        return day;
    }

    private static int daysOf(int year, int month) {
        return switch (month) {
            case 2 -> (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }
}
