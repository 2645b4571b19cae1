package io.pgcdc.types;

/** bool: {@code t} or {@code f}. */
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
        throw ValueFormatException.of("bool", "not one of its two values");
    }
}
