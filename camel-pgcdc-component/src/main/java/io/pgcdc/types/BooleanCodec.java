package io.pgcdc.types;

/** bool: {@code t} or {@code f}; in binary a byte of 1 or 0. */
final class BooleanCodec {

    private BooleanCodec() {
    }

    static Object decode(byte[] bytes, int offset, int length) {
        if (length == 1 && bytes[offset] == 't') {
            return Boolean.TRUE;
        }
        if (length == 1 && bytes[offset] == 'f') {
            return Boolean.FALSE;
        }
        throw noBoolean();
    }

    static Object binary(byte[] bytes, int offset, int length) {
        if (length == 1 && bytes[offset] == 1) {
            return Boolean.TRUE;
        }
        if (length == 1 && bytes[offset] == 0) {
            return Boolean.FALSE;
        }
        throw noBoolean();
    }

    private static ValueFormatException noBoolean() {
        return ValueFormatException.of("bool", "not one of its two values");
    }
}
