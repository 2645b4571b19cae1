package io.pgcdc.types;

import java.nio.charset.StandardCharsets;

/**
 * interval, as {@code IntervalStyle} iso_8601 prints it: {@code P}, then years, months, days, {@code T} and hours,
 * minutes, seconds, where they are not 0, each with a sign of its own. Infinite ones (PostgreSQL 17) are words. The
 * same text in both styles: java.time has no class that holds months, days and seconds at once.
 */
final class IntervalCodec {

    private static final String TYPE = "interval";
    private static final String UNITS_OF_DATE = "YMD";
    private static final String UNITS_OF_TIME = "HMS";

    private IntervalCodec() {
    }

    static Object decode(byte[] bytes, int offset, int length) {
        String infinite = InfiniteTime.read(bytes, offset, length);
        if (infinite != null) {
            return infinite;
        }
        int end = offset + length;
        if (length == 0 || bytes[offset] != 'P') {
            throw ValueFormatException.of(TYPE, "no period");
        }
        int position = parts(UNITS_OF_DATE, bytes, offset + 1, end);
        if (position < end && bytes[position] == 'T') {
            int time = position + 1;
            position = parts(UNITS_OF_TIME, bytes, time, end);
            if (position == time) {
                throw ValueFormatException.of(TYPE, "no time where one must be");
            }
        }
        if (position != end || length == 1) {
            throw ValueFormatException.of(TYPE, "not a unit where one must be");
        }
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    /** Numbers with their units, which come in order. Gives where they end. */
    private static int parts(String units, byte[] bytes, int start, int end) {
        int position = start;
        int next = 0;
        while (position < end && bytes[position] != 'T') {
            int unitAt = numberEnd(bytes, position, end);
            int unit = units.indexOf(bytes[unitAt], next);
            if (unit < 0) {
                throw ValueFormatException.of(TYPE, "a unit that is none, or out of order");
            }
            next = unit + 1;
            position = unitAt + 1;
        }
        return position;
    }

    /** Where the unit of a number stands. Only seconds have a fraction. */
    private static int numberEnd(byte[] bytes, int start, int end) {
        int position = bytes[start] == '-' ? start + 1 : start;
        int digits = digitsEnd(bytes, position, end);
        if (digits == position) {
            throw ValueFormatException.of(TYPE, "not a digit where one must be");
        }
        if (digits < end && bytes[digits] == '.') {
            int fraction = digitsEnd(bytes, digits + 1, end);
            if (fraction == digits + 1 || fraction == end || bytes[fraction] != 'S') {
                throw ValueFormatException.of(TYPE, "no proper fraction of seconds");
            }
            return fraction;
        }
        if (digits == end) {
            throw ValueFormatException.of(TYPE, "a number without a unit");
        }
        return digits;
    }

    private static int digitsEnd(byte[] bytes, int start, int end) {
        int position = start;
        while (position < end && bytes[position] >= '0' && bytes[position] <= '9') {
            position++;
        }
        return position;
    }
}
