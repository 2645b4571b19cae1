package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The values of float4, float8 and numeric that are words: NaN, Infinity and -Infinity. */
final class SpecialNumber {

    private static final byte[] NOT_A_NUMBER = "NaN".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] INFINITY = "Infinity".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] NEGATIVE_INFINITY = "-Infinity".getBytes(StandardCharsets.ISO_8859_1);

    private static final Double NAN = Double.NaN;
    private static final Double POSITIVE = Double.POSITIVE_INFINITY;
    private static final Double NEGATIVE = Double.NEGATIVE_INFINITY;

    private SpecialNumber() {
    }

    /** The value of the word in these bytes, or {@code null} if they are none. Its {@code toString} is the word. */
    static Double read(byte[] bytes, int offset, int length) {
        int end = offset + length;
        if (length == 0 || bytes[end - 1] <= '9') {
            return null; // what is no word ends with a digit
        }
        if (Arrays.equals(bytes, offset, end, NOT_A_NUMBER, 0, NOT_A_NUMBER.length)) {
            return NAN;
        }
        if (Arrays.equals(bytes, offset, end, INFINITY, 0, INFINITY.length)) {
            return POSITIVE;
        }
        if (Arrays.equals(bytes, offset, end, NEGATIVE_INFINITY, 0, NEGATIVE_INFINITY.length)) {
            return NEGATIVE;
        }
        return null;
    }
}
