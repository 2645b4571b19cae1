package io.pgcdc.types;

import java.nio.charset.StandardCharsets;

/**
 * float4 and float8: the number that PostgreSQL printed or sent, bit by bit. The portable style has NaN and the
 * infinities as text, because JSON and most destinations have no such numbers.
 */
final class FloatCodecs {

    /**
     * A number of so few digits, times or divided by so small a power of ten, needs no text on the way: both parts are
     * exact, so the one operation on them rounds right (15 digits and 10^22 are exact in a double; 7 digits and 10^10
     * in a float, and rounding a double's quotient of two floats once more does no harm).
     */
    private static final int EXACT_DIGITS_OF_DOUBLE = 15;
    private static final int EXACT_EXPONENT_OF_DOUBLE = 22;
    private static final int EXACT_DIGITS_OF_FLOAT = 7;
    private static final int EXACT_EXPONENT_OF_FLOAT = 10;

    private static final double[] POWERS_OF_TEN = {
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
            1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

    /** Beyond every exponent of a double, and small enough to add to. */
    private static final int LARGE_EXPONENT = 100_000;

    private FloatCodecs() {
    }

    static Object float4(byte[] bytes, int offset, int length) {
        Double special = SpecialNumber.read(bytes, offset, length);
        return special != null ? (Object) special.floatValue() : finiteFloat4(bytes, offset, length);
    }

    static Object portableFloat4(byte[] bytes, int offset, int length) {
        Double special = SpecialNumber.read(bytes, offset, length);
        return special != null ? special.toString() : finiteFloat4(bytes, offset, length);
    }

    static Object float8(byte[] bytes, int offset, int length) {
        Double special = SpecialNumber.read(bytes, offset, length);
        return special != null ? special : finiteFloat8(bytes, offset, length);
    }

    static Object portableFloat8(byte[] bytes, int offset, int length) {
        Double special = SpecialNumber.read(bytes, offset, length);
        return special != null ? special.toString() : finiteFloat8(bytes, offset, length);
    }

    static Object binaryFloat4(byte[] bytes, int offset, int length) {
        return Float.intBitsToFloat(BinaryValue.int4("float4", bytes, offset, length));
    }

    static Object portableBinaryFloat4(byte[] bytes, int offset, int length) {
        float value = Float.intBitsToFloat(BinaryValue.int4("float4", bytes, offset, length));
        return Float.isFinite(value) ? (Object) value : Float.toString(value);
    }

    static Object binaryFloat8(byte[] bytes, int offset, int length) {
        return Double.longBitsToDouble(BinaryValue.int8("float8", bytes, offset, length));
    }

    static Object portableBinaryFloat8(byte[] bytes, int offset, int length) {
        double value = Double.longBitsToDouble(BinaryValue.int8("float8", bytes, offset, length));
        return Double.isFinite(value) ? (Object) value : Double.toString(value);
    }

    private static Object finiteFloat4(byte[] bytes, int offset, int length) {
        return (float) read(bytes, offset, length, true);
    }

    private static Object finiteFloat8(byte[] bytes, int offset, int length) {
        return read(bytes, offset, length, false);
    }

    /** Reads digits with an optional sign, point and exponent, and nothing else that Java would take for a number. */
    private static double read(byte[] bytes, int offset, int length, boolean single) {
        String type = single ? "float4" : "float8";
        int end = offset + length;
        boolean negative = length > 0 && bytes[offset] == '-';
        int position = negative ? offset + 1 : offset;
        long digits = 0;
        int significant = 0;
        int exponent = 0;
        int partStart = position;
        boolean fraction = false;
        for (; position < end; position++) {
            byte next = bytes[position];
            if (next >= '0' && next <= '9') {
                if (significant > 0 || next != '0') {
                    significant++;
                }
                if (significant <= EXACT_DIGITS_OF_DOUBLE) {
                    digits = digits * 10 + (next - '0');
                }
                exponent -= fraction ? 1 : 0;
            } else if (next == '.' && !fraction && position > partStart) {
                fraction = true;
                partStart = position + 1;
            } else {
                break;
            }
        }
        if (position == partStart) {
            throw ValueFormatException.of(type, "no digits");
        }
        if (position < end) {
            exponent += exponent(type, bytes, position, end);
        }
        int exactDigits = single ? EXACT_DIGITS_OF_FLOAT : EXACT_DIGITS_OF_DOUBLE;
        int exactExponent = single ? EXACT_EXPONENT_OF_FLOAT : EXACT_EXPONENT_OF_DOUBLE;
        if (significant <= exactDigits && exponent >= -exactExponent && exponent <= exactExponent) {
            double value = exponent < 0 ? digits / POWERS_OF_TEN[-exponent] : digits * POWERS_OF_TEN[exponent];
            return negative ? -value : value;
        }
        String text = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        double value = single ? Float.parseFloat(text) : Double.parseDouble(text);
        if (Double.isInfinite(value) || value == 0 && significant > 0) {
            throw ValueFormatException.of(type, "out of range");
        }
        return value;
    }

    private static int exponent(String type, byte[] bytes, int offset, int end) {
        int position = offset;
        if (bytes[position] != 'e' && bytes[position] != 'E') {
            throw ValueFormatException.of(type, "not a digit where one must be");
        }
        position++;
        boolean negative = position < end && bytes[position] == '-';
        if (negative || position < end && bytes[position] == '+') {
            position++;
        }
        if (position == end) {
            throw ValueFormatException.of(type, "an exponent without digits");
        }
        int exponent = 0;
        for (; position < end; position++) {
            int digit = bytes[position] - '0';
            if (digit < 0 || digit > 9) {
                throw ValueFormatException.of(type, "not a digit where one must be");
            }
            exponent = Math.min(exponent * 10 + digit, LARGE_EXPONENT);
        }
        return negative ? -exponent : exponent;
    }
}
