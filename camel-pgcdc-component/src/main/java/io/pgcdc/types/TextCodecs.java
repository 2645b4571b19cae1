package io.pgcdc.types;

import java.nio.charset.StandardCharsets;

/**
 * Types whose value is their text: the character types exactly as sent (bpchar with its padding), json and jsonb
 * unparsed, so that key order, duplicate keys and numbers survive.
 */
final class TextCodecs {

    private TextCodecs() {
    }

    static Object text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    static Object json(byte[] bytes, int offset, int length) {
        return document("json", bytes, offset, length);
    }

    static Object jsonb(byte[] bytes, int offset, int length) {
        return document("jsonb", bytes, offset, length);
    }

    private static Object document(String type, byte[] bytes, int offset, int length) {
        if (length == 0) {
            throw ValueFormatException.of(type, "empty");
        }
        return text(bytes, offset, length);
    }
}
