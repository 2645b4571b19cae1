package io.pgcdc.types;

import java.nio.charset.StandardCharsets;

/**
 * Types whose value is their text: the character types exactly as sent (bpchar with its padding), json and jsonb
 * unparsed, so that key order, duplicate keys and numbers survive; and what Java has no class for.
 */
final class TextCodecs {

    /** The only one that there is. */
    private static final int JSONB_VERSION = 1;

    private TextCodecs() {
    }

    static Object text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    /** A type none of whose values is the empty text. */
    static ColumnCodec notEmpty(String type) {
        return (bytes, offset, length) -> {
            if (length == 0) {
                throw ValueFormatException.of(type, "empty");
            }
            return text(bytes, offset, length);
        };
    }

    /** jsonb in binary: its version, and the text behind it. */
    static Object binaryJsonb(byte[] bytes, int offset, int length) {
        if (length < 2 || bytes[offset] != JSONB_VERSION) {
            throw ValueFormatException.of("jsonb", "no text of version " + JSONB_VERSION);
        }
        return text(bytes, offset + 1, length - 1);
    }

    /**
     * The type "char" with its quotes: one byte, of which zero is the empty text. A byte beyond ASCII is a backslash
     * and three octal digits, as servers from 16 on print it; older ones send the byte itself, which is no UTF-8.
     */
    static Object singleByte(byte[] bytes, int offset, int length) {
        if (length == 1 && bytes[offset] < 0) {
            int value = bytes[offset] & 0xFF;
            return "\\" + (value >> 6) + (value >> 3 & 7) + (value & 7);
        }
        return text(bytes, offset, length);
    }
}
