package io.pgcdc.routes.jdbc.dialect;

import java.time.LocalDate;

/**
 * Dates and times in the text of the portable style as numbers: days and microseconds. Its own reader, for a batch has
 * thousands of them and java.time's takes ten times as long.
 */
final class IsoTime {

    static final String INFINITY = "infinity";
    static final String MINUS_INFINITY = "-infinity";

    private static final long MICROS_OF_SECOND = 1_000_000;
    private static final long MICROS_OF_DAY = 86_400 * MICROS_OF_SECOND;
    private static final int TIME_WITHOUT_FRACTION = 8;
    private static final int FRACTION_DIGITS = 6;
    private static final int AFTER_YEAR = 6;

    private IsoTime() {
    }

    /** The days since 1970 of a date, neither infinite. */
    static long days(String text) {
        return days(text, yearEnd(text));
    }

    /**
     * The microseconds since 1970 of a timestamp, of one with time zone at UTC.
     *
     * @throws ArithmeticException if they are more than a long holds
     */
    static long timestampMicros(String text) {
        int yearEnd = yearEnd(text);
        int time = yearEnd + AFTER_YEAR + 1;
        int end = offsetStart(text, time);
        long micros = Math.addExact(Math.multiplyExact(days(text, yearEnd), MICROS_OF_DAY), micros(text, time, end));
        return Math.subtractExact(micros, offsetSeconds(text, end) * MICROS_OF_SECOND);
    }

    /** The microseconds of a time of day, with time zone or without; 24:00 is those of a whole day. */
    static long timeMicros(String text) {
        return micros(text, 0, offsetStart(text, 0));
    }

    /** The seconds east of Greenwich of a time with time zone. */
    static int offsetSeconds(String text) {
        return (int) offsetSeconds(text, offsetStart(text, 0));
    }

    private static int yearEnd(String text) {
        return text.indexOf('-', 1);
    }

    private static long days(String text, int yearEnd) {
        int from = text.charAt(0) == '+' ? 1 : 0;
        int year = Integer.parseInt(text, from, yearEnd, 10);
        return LocalDate.of(year, number(text, yearEnd + 1, 2), number(text, yearEnd + 4, 2)).toEpochDay();
    }

    private static long micros(String text, int start, int end) {
        long seconds = number(text, start, 2) * 3600L + number(text, start + 3, 2) * 60L + number(text, start + 6, 2);
        long micros = seconds * MICROS_OF_SECOND;
        int fraction = start + TIME_WITHOUT_FRACTION + 1;
        if (fraction < end) {
            int digits = end - fraction;
            if (digits > FRACTION_DIGITS) {
                throw new IllegalArgumentException("a time of more digits than PostgreSQL has");
            }
            int value = number(text, fraction, digits);
            for (int missing = FRACTION_DIGITS - digits; missing > 0; missing--) {
                value *= 10;
            }
            micros += value;
        }
        return micros;
    }

    private static int offsetStart(String text, int time) {
        for (int i = time + TIME_WITHOUT_FRACTION; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == 'Z' || character == '+' || character == '-') {
                return i;
            }
        }
        return text.length();
    }

    private static long offsetSeconds(String text, int start) {
        if (start == text.length() || text.charAt(start) == 'Z') {
            return 0;
        }
        long seconds = number(text, start + 1, 2) * 3600L + number(text, start + 4, 2) * 60L;
        if (text.length() > start + 7) {
            seconds += number(text, start + 7, 2);
        }
        return text.charAt(start) == '-' ? -seconds : seconds;
    }

    private static int number(String text, int start, int digits) {
        int value = 0;
        for (int i = start; i < start + digits; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new IllegalArgumentException("no digit where a date or time has one");
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
