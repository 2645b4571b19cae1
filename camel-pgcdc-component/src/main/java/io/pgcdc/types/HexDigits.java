package io.pgcdc.types;

import java.util.Arrays;

/** Hexadecimal digits in either case. */
final class HexDigits {

    private static final byte[] VALUES = new byte[256];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int value = 0; value < 16; value++) {
            VALUES["0123456789abcdef".charAt(value)] = (byte) value;
            VALUES["0123456789ABCDEF".charAt(value)] = (byte) value;
        }
    }

    private HexDigits() {
    }

    /** The value of a digit, negative for a byte that is none. */
    static int value(byte digit) {
        return VALUES[digit & 0xFF];
    }
}
