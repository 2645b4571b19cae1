package io.pgcdc.types;

import java.math.BigDecimal;

/**
 * money, as {@code lc_monetary} C prints it: a minus, a dollar sign, digits in groups of three, a point and two more
 * digits; in binary the cents. The exact number in both styles; pgjdbc's Double would lose cents.
 */
final class MoneyCodec {

    private static final String TYPE = "money";
    private static final int SCALE = 2;
    /** A comma stands before every third digit from the point. */
    private static final int GROUP = 4;

    private MoneyCodec() {
    }

    static Object decode(byte[] bytes, int offset, int length) {
        boolean negative = length > 0 && bytes[offset] == '-';
        int start = negative ? offset + 1 : offset;
        int end = offset + length;
        int point = end - SCALE - 1;
        if (point - start < 2 || bytes[start] != '$' || bytes[point] != '.') {
            throw ValueFormatException.of(TYPE, "not a dollar sign, digits, a point and two digits");
        }
        long cents = 0; // negative, as Java has one negative number more
        for (int position = start + 1; position < end; position++) {
            boolean comma = position < point && (point - position) % GROUP == 0;
            if (position == point || comma) {
                if (comma && (bytes[position] != ',' || position == start + 1)) {
                    throw ValueFormatException.of(TYPE, "a comma is missing or has no digit before it");
                }
                continue;
            }
            int digit = bytes[position] - '0';
            if (digit < 0 || digit > 9) {
                throw ValueFormatException.of(TYPE, "not a digit where one must be");
            }
            if (cents < Long.MIN_VALUE / 10) {
                throw outOfRange();
            }
            cents = cents * 10 - digit;
            if (cents > 0) {
                throw outOfRange();
            }
        }
        if (!negative && cents == Long.MIN_VALUE) {
            throw outOfRange();
        }
        return BigDecimal.valueOf(negative ? cents : -cents, SCALE);
    }

    static Object binary(byte[] bytes, int offset, int length) {
        return BigDecimal.valueOf(BinaryValue.int8(TYPE, bytes, offset, length), SCALE);
    }

    private static ValueFormatException outOfRange() {
        return ValueFormatException.of(TYPE, "out of range");
    }
}
