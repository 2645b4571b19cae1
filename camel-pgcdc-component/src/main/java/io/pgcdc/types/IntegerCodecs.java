package io.pgcdc.types;

/** The whole numbers: int2, int4, int8 and oid; from text digit by digit. */
final class IntegerCodecs {

    private static final long LARGEST_OID = 0xFFFF_FFFFL;

    private IntegerCodecs() {
    }

    static Object int2(byte[] bytes, int offset, int length) {
        return (int) read("int2", bytes, offset, length, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    static Object int4(byte[] bytes, int offset, int length) {
        return (int) read("int4", bytes, offset, length, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    static Object int8(byte[] bytes, int offset, int length) {
        return read("int8", bytes, offset, length, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** An OID is unsigned, hence a Long. */
    static Object oid(byte[] bytes, int offset, int length) {
        return read("oid", bytes, offset, length, 0, LARGEST_OID);
    }

    static Object binaryInt2(byte[] bytes, int offset, int length) {
        return (int) BinaryValue.int2("int2", bytes, offset, length);
    }

    static Object binaryInt4(byte[] bytes, int offset, int length) {
        return BinaryValue.int4("int4", bytes, offset, length);
    }

    static Object binaryInt8(byte[] bytes, int offset, int length) {
        return BinaryValue.int8("int8", bytes, offset, length);
    }

    static Object binaryOid(byte[] bytes, int offset, int length) {
        return Integer.toUnsignedLong(BinaryValue.int4("oid", bytes, offset, length));
    }

    /** Gathers the negated number, as Java has one negative number more than positive ones. */
    private static long read(String type, byte[] bytes, int offset, int length, long smallest, long largest) {
        int end = offset + length;
        boolean negative = length > 0 && bytes[offset] == '-';
        int position = negative ? offset + 1 : offset;
        if (position == end) {
            throw ValueFormatException.of(type, "no digits");
        }
        long negated = 0;
        for (; position < end; position++) {
            int digit = bytes[position] - '0';
            if (digit < 0 || digit > 9) {
                throw ValueFormatException.of(type, "not a digit where one must be");
            }
            if (negated < Long.MIN_VALUE / 10) {
                throw outOfRange(type);
            }
            negated = negated * 10 - digit;
            if (negated > 0) {
                throw outOfRange(type);
            }
        }
        if (negated < (negative ? smallest : -largest)) {
            throw outOfRange(type);
        }
        return negative ? negated : -negated;
    }

    private static ValueFormatException outOfRange(String type) {
        return ValueFormatException.of(type, "out of range");
    }
}
