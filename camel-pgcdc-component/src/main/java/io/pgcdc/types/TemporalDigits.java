package io.pgcdc.types;

/** The digits of dates, times and offsets. */
final class TemporalDigits {

    private TemporalDigits() {
    }

    static int one(String type, byte[] bytes, int offset) {
        int digit = bytes[offset] - '0';
        if (digit < 0 || digit > 9) {
            throw ValueFormatException.of(type, "not a digit where one must be");
        }
        return digit;
    }

    static int two(String type, byte[] bytes, int offset) {
        return one(type, bytes, offset) * 10 + one(type, bytes, offset + 1);
    }

    /** Two digits of minutes or seconds. */
    static int sixtieths(String type, byte[] bytes, int offset) {
        int value = two(type, bytes, offset);
        if (value > 59) {
            throw ValueFormatException.of(type, "minutes or seconds are out of range");
        }
        return value;
    }
}
