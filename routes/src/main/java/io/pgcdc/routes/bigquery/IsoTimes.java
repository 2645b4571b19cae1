package io.pgcdc.routes.bigquery;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Reads the dates and times that pgcdc delivers, as ISO 8601 text or as java.time values, within the years that
 * BigQuery knows. By hand where it is text: this is done for several columns of every row.
 */
final class IsoTimes {

    private static final String DATES = "a DATE is in the years 1 to 9999";
    private static final String TIMES = "a TIME is before 24:00";
    private static final String DATETIMES = "a DATETIME is in the years 1 to 9999";
    private static final String TIMESTAMPS = "a TIMESTAMP is in the years 1 to 9999";

    private static final int DATE_LENGTH = 10;
    private static final int TIME_LENGTH = 8;
    private static final int MAX_FRACTION = 6;
    private static final int NANOS_OF_MICRO = 1000;

    private IsoTimes() {
    }

    static LocalDate date(Object value) throws UnfitValueException {
        if (value instanceof LocalDate date) {
            require(date.getYear() >= 1 && date.getYear() <= 9999, DATES);
            return date;
        }
        String text = text(value, DATES);
        require(text.length() == DATE_LENGTH, DATES);
        return date(text, DATES);
    }

    static LocalTime time(Object value) throws UnfitValueException {
        if (value instanceof LocalTime time) {
            require(time.getNano() % NANOS_OF_MICRO == 0, TIMES);
            return time;
        }
        String text = text(value, TIMES);
        return time(text, 0, text.length(), TIMES);
    }

    static LocalDateTime dateTime(Object value) throws UnfitValueException {
        if (value instanceof LocalDateTime dateTime) {
            require(dateTime.getYear() >= 1 && dateTime.getYear() <= 9999, DATETIMES);
            return dateTime;
        }
        String text = text(value, DATETIMES);
        return dateTime(text, text.length(), DATETIMES);
    }

    /** At UTC. */
    static LocalDateTime timestamp(Object value) throws UnfitValueException {
        if (value instanceof OffsetDateTime timestamp) {
            require(timestamp.getYear() >= 0 && timestamp.getYear() <= 10_000, TIMESTAMPS);
            LocalDateTime utc = timestamp.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
            require(utc.getYear() >= 1 && utc.getYear() <= 9999, TIMESTAMPS);
            return utc;
        }
        String text = text(value, TIMESTAMPS);
        require(text.endsWith("Z"), TIMESTAMPS);
        return dateTime(text, text.length() - 1, TIMESTAMPS);
    }

    private static LocalDateTime dateTime(String text, int end, String what) throws UnfitValueException {
        require(end > DATE_LENGTH && text.charAt(DATE_LENGTH) == 'T', what);
        return LocalDateTime.of(date(text, what), time(text, DATE_LENGTH + 1, end, what));
    }

    private static LocalDate date(String text, String what) throws UnfitValueException {
        require(text.charAt(4) == '-' && text.charAt(7) == '-', what);
        int year = number(text, 0, 4, what);
        require(year >= 1, what);
        try {
            return LocalDate.of(year, number(text, 5, 7, what), number(text, 8, 10, what));
        } catch (DateTimeException e) {
            throw new UnfitValueException(what);
        }
    }

    private static LocalTime time(String text, int start, int end, String what) throws UnfitValueException {
        require(end - start >= TIME_LENGTH && text.charAt(start + 2) == ':' && text.charAt(start + 5) == ':', what);
        int nanos = 0;
        if (end - start > TIME_LENGTH) {
            int fraction = start + TIME_LENGTH + 1;
            require(text.charAt(fraction - 1) == '.' && end > fraction && end - fraction <= MAX_FRACTION, what);
            nanos = number(text, fraction, end, what);
            for (int digits = end - fraction; digits < 9; digits++) {
                nanos *= 10;
            }
        }
        try {
            return LocalTime.of(
                    number(text, start, start + 2, what), number(text, start + 3, start + 5, what),
                    number(text, start + 6, start + 8, what), nanos);
        } catch (DateTimeException e) {
            throw new UnfitValueException(what);
        }
    }

    private static int number(String text, int start, int end, String what) throws UnfitValueException {
        int number = 0;
        for (int i = start; i < end; i++) {
            int digit = text.charAt(i) - '0';
            require(digit >= 0 && digit <= 9, what);
            number = number * 10 + digit;
        }
        return number;
    }

    private static String text(Object value, String what) throws UnfitValueException {
        if (value instanceof String text) {
            return text;
        }
        throw new UnfitValueException(what);
    }

    private static void require(boolean fits, String what) throws UnfitValueException {
        if (!fits) {
            throw new UnfitValueException(what);
        }
    }
}
