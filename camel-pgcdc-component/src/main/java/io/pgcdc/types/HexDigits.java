package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Hexadecimal digits in either case. */
final class HexDigits {

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] VALUES = new byte[256];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int value = 0; value < 16; value++) {
            VALUES[DIGITS[value]] = (byte) value;
            VALUES[Character.toUpperCase((char) DIGITS[value])] = (byte) value;
        }
    }

    private HexDigits() {
    }

    /** The value of a digit, negative for a byte that is none. */
    static int value(byte digit) {
        return VALUES[digit & 0xFF];
    }

    /** The digit, in lower case, of the lowest four bits. */
    static byte digit(int value) {
        return DIGITS[value & 0xF];
    }
}
