package io.pgcdc.types;

import java.nio.charset.StandardCharsets;

/** bit and varbit: their zeros and ones as text, whatever their length. */
final class BitCodecs {

    private BitCodecs() {
    }

    static Object bit(byte[] bytes, int offset, int length) {
        return read("bit", bytes, offset, length);
    }

    static Object varbit(byte[] bytes, int offset, int length) {
        return read("varbit", bytes, offset, length);
    }

    private static Object read(String type, byte[] bytes, int offset, int length) {
        for (int position = offset; position < offset + length; position++) {
            if (bytes[position] != '0' && bytes[position] != '1') {
                throw ValueFormatException.of(type, "neither zero nor one");
            }
        }
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }
}
