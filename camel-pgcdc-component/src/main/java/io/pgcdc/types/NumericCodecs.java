package io.pgcdc.types;

import java.math.BigDecimal;

/**
 * numeric: the exact number with the scale that PostgreSQL printed or sent. NaN and the infinities, which BigDecimal
 * has not, are text in the portable style and a Double in Java's, as pgjdbc gives them.
 */
final class NumericCodecs {

    static final String TYPE = "numeric";

    /** Any number of so many digits fits a long. */
    static final int DIGITS_OF_LONG = 18;

    /** PostgreSQL's own limits (chapter "Numeric Types"); longer garbage would take long to convert. */
    private static final int LARGEST_PRECISION_BEFORE_POINT = 131_072;
    static final int LARGEST_SCALE = 16_383;

    private NumericCodecs() {
    }

    static Object portable(byte[] bytes, int offset, int length) {
        Double special = SpecialNumber.read(bytes, offset, length);
        return special != null ? special.toString() : read(bytes, offset, length);
    }

    static Object java(byte[] bytes, int offset, int length) {
        Double special = SpecialNumber.read(bytes, offset, length);
        return special != null ? special : read(bytes, offset, length);
    }

    static Object portableBinary(byte[] bytes, int offset, int length) {
        Object value = BinaryNumeric.read(bytes, offset, length);
        return value instanceof Double special ? special.toString() : value;
    }

    static Object javaBinary(byte[] bytes, int offset, int length) {
        return BinaryNumeric.read(bytes, offset, length);
    }

    private static Object read(byte[] bytes, int offset, int length) {
        int end = offset + length;
        boolean negative = length > 0 && bytes[offset] == '-';
        int start = negative ? offset + 1 : offset;
        int point = -1;
        long unscaled = 0;
        for (int position = start; position < end; position++) {
            int digit = bytes[position] - '0';
            if (digit >= 0 && digit <= 9) {
                unscaled = unscaled * 10 + digit; // may wrap: not used beyond 18 digits
            } else if (bytes[position] == '.' && point < 0) {
                point = position;
            } else {
                throw ValueFormatException.of(TYPE, "not a digit where one must be");
            }
        }
        int before = (point < 0 ? end : point) - start;
        int scale = point < 0 ? 0 : end - point - 1;
        if (before == 0 || point >= 0 && scale == 0) {
            throw ValueFormatException.of(TYPE, "no digits");
        }
        if (before > LARGEST_PRECISION_BEFORE_POINT || scale > LARGEST_SCALE) {
            throw ValueFormatException.of(TYPE, "out of range");
        }
        if (before + scale <= DIGITS_OF_LONG) {
            return BigDecimal.valueOf(negative ? -unscaled : unscaled, scale);
        }
        return new BigDecimal(characters(bytes, offset, length));
    }

    private static char[] characters(byte[] bytes, int offset, int length) {
        char[] characters = new char[length];
        for (int i = 0; i < length; i++) {
            characters[i] = (char) bytes[offset + i];
        }
        return characters;
    }
}
