package io.pgcdc.types;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * numeric in PostgreSQL's binary format: how many groups of four decimal digits there are, the weight of the first (how
 * many groups stand between it and the point), the sign, the scale, then the groups, without those at either end that
 * are zero. Digits beyond the scale do not count, as PostgreSQL does not print them.
 */
final class BinaryNumeric {

    private static final int HEADER = 8;
    private static final int DIGITS_OF_GROUP = 4;
    private static final int GROUP = 10_000;

    private static final int POSITIVE = 0x0000;
    private static final int NEGATIVE = 0x4000;
    private static final int NOT_A_NUMBER = 0xC000;
    private static final int INFINITY = 0xD000;
    private static final int NEGATIVE_INFINITY = 0xF000;

    private static final long[] POWERS_OF_TEN = powersOfTen();

    private BinaryNumeric() {
    }

    /** The BigDecimal, or the Double if it is none. */
    static Object read(byte[] bytes, int offset, int length) {
        if (length < HEADER) {
            throw ValueFormatException.of(NumericCodecs.TYPE, "cut off");
        }
        int groups = Short.toUnsignedInt(BinaryValue.int2(bytes, offset));
        int weight = BinaryValue.int2(bytes, offset + 2);
        int sign = Short.toUnsignedInt(BinaryValue.int2(bytes, offset + 4));
        int scale = Short.toUnsignedInt(BinaryValue.int2(bytes, offset + 6));
        if (length != HEADER + groups * Short.BYTES) {
            throw ValueFormatException.of(NumericCodecs.TYPE, "not as many digits as it says");
        }
        return switch (sign) {
            case POSITIVE -> number(bytes, offset + HEADER, groups, weight, false, scale);
            case NEGATIVE -> number(bytes, offset + HEADER, groups, weight, true, scale);
            case NOT_A_NUMBER -> Double.NaN;
            case INFINITY -> Double.POSITIVE_INFINITY;
            case NEGATIVE_INFINITY -> Double.NEGATIVE_INFINITY;
            default -> throw ValueFormatException.of(NumericCodecs.TYPE, "no sign");
        };
    }

    private static BigDecimal number(byte[] bytes, int start, int groups, int weight, boolean negative, int scale) {
        if (scale > NumericCodecs.LARGEST_SCALE) {
            throw ValueFormatException.of(NumericCodecs.TYPE, "out of range");
        }
        // How many digits follow the last group down to the scale; of a negative number as many do not count.
        int missing = DIGITS_OF_GROUP * (weight + 1 - groups) + scale;
        if (groups == 0) {
            return BigDecimal.valueOf(0, scale);
        }
        if (missing > -DIGITS_OF_GROUP
                && DIGITS_OF_GROUP * groups - leadingZeros(bytes, start) + missing <= NumericCodecs.DIGITS_OF_LONG) {
            long unscaled = unscaled(bytes, start, groups, missing);
            return BigDecimal.valueOf(negative ? -unscaled : unscaled, scale);
        }
        return new BigDecimal(print(bytes, start, groups, weight, negative, scale));
    }

    private static int leadingZeros(byte[] bytes, int start) {
        int first = group(bytes, start);
        return first >= 1_000 ? 0 : first >= 100 ? 1 : first >= 10 ? 2 : 3;
    }

    private static long unscaled(byte[] bytes, int start, int groups, int missing) {
        int last = start + (groups - 1) * Short.BYTES;
        long unscaled = 0;
        for (int position = start; position < last; position += Short.BYTES) {
            unscaled = unscaled * GROUP + group(bytes, position);
        }
        int group = group(bytes, last);
        return missing >= 0
                ? (unscaled * GROUP + group) * POWERS_OF_TEN[missing]
                : unscaled * POWERS_OF_TEN[DIGITS_OF_GROUP + missing] + group / POWERS_OF_TEN[-missing];
    }

    private static int group(byte[] bytes, int position) {
        int group = BinaryValue.int2(bytes, position);
        if (group < 0 || group >= GROUP) {
            throw ValueFormatException.of(NumericCodecs.TYPE, "four digits that are none");
        }
        return group;
    }

    /** As PostgreSQL prints it, but with zeros before it. */
    private static char[] print(byte[] bytes, int start, int groups, int weight, boolean negative, int scale) {
        int before = Math.max(DIGITS_OF_GROUP * (weight + 1), 1);
        int point = before + (negative ? 1 : 0);
        char[] text = new char[point + 1 + scale];
        Arrays.fill(text, '0');
        text[0] = negative ? '-' : '0';
        text[point] = '.';
        // Where a digit stands behind the point; before it that is negative.
        int place = -DIGITS_OF_GROUP * (weight + 1);
        for (int i = 0; i < groups; i++) {
            int group = group(bytes, start + i * Short.BYTES);
            for (int divisor = GROUP / 10; divisor > 0 && place < scale; divisor /= 10) {
                text[place < 0 ? point + place : point + 1 + place] = (char) ('0' + group / divisor % 10);
                place++;
            }
        }
        return text;
    }

    private static long[] powersOfTen() {
        long[] powers = new long[NumericCodecs.DIGITS_OF_LONG + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }
}
