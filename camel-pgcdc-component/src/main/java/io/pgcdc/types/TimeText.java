package io.pgcdc.types;

/**
 * The time of day in a time, timetz, timestamp or timestamptz: two digits each of hours, minutes and seconds with
 * colons between them, and up to nine digits of a fraction after a point (PostgreSQL prints six at most).
 */
final class TimeText {

    /** The nanoseconds of a whole day: what {@link #nanoOfDay} gives for 24:00:00. */
    static final long END_OF_DAY = 86_400_000_000_000L;

    private static final long NANOS_OF_SECOND = 1_000_000_000L;
    private static final int LENGTH_WITHOUT_FRACTION = 8;
    private static final int LONGEST_FRACTION = 9;

    private TimeText() {
    }

    /** Where the characters of a time end: there the value ends, or an offset begins. */
    static int end(byte[] bytes, int start, int valueEnd) {
        int position = start;
        while (position < valueEnd && bytes[position] != '+' && bytes[position] != '-') {
            position++;
        }
        return position;
    }

    /** Checks the time and gives its nanoseconds; 24:00:00, the end of the day, is {@link #END_OF_DAY}. */
    static long nanoOfDay(String type, byte[] bytes, int start, int end) {
        if (end - start < LENGTH_WITHOUT_FRACTION) {
            throw ValueFormatException.of(type, "no time, or one that is cut off");
        }
        if (bytes[start + 2] != ':' || bytes[start + 5] != ':') {
            throw ValueFormatException.of(type, "a colon is missing");
        }
        int hours = TemporalDigits.two(type, bytes, start);
        int minutes = TemporalDigits.sixtieths(type, bytes, start + 3);
        int seconds = TemporalDigits.sixtieths(type, bytes, start + 6);
        long nanos = (hours * 3600L + minutes * 60L + seconds) * NANOS_OF_SECOND
                     + nanoOfSecond(type, bytes, start + LENGTH_WITHOUT_FRACTION, end);
        if (nanos > END_OF_DAY) {
            throw ValueFormatException.of(type, "the hours are out of range");
        }
        return nanos;
    }

    /** As {@link #nanoOfDay}, for a timestamp: it has no 24:00:00, as that is the next day. */
    static long nanoOfDayOfTimestamp(String type, byte[] bytes, int start, int end) {
        long nanos = nanoOfDay(type, bytes, start, end);
        if (nanos == END_OF_DAY) {
            throw ValueFormatException.of(type, "the hours are out of range");
        }
        return nanos;
    }

    private static int nanoOfSecond(String type, byte[] bytes, int start, int end) {
        if (start == end) {
            return 0;
        }
        int digits = end - start - 1;
        if (bytes[start] != '.' || digits < 1 || digits > LONGEST_FRACTION) {
            throw ValueFormatException.of(type, "the seconds have no proper fraction");
        }
        int nanos = 0;
        for (int position = start + 1; position < end; position++) {
            nanos = nanos * 10 + TemporalDigits.one(type, bytes, position);
        }
        for (int missing = LONGEST_FRACTION - digits; missing > 0; missing--) {
            nanos *= 10;
        }
        return nanos;
    }
}
