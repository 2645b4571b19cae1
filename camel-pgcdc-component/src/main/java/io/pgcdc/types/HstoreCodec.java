package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * hstore: an unmodifiable Map of texts, in the order in which PostgreSQL prints them, that may hold {@code null}. Keys
 * and values are in quotes, with a backslash before a quote or backslash; NULL has none.
 */
final class HstoreCodec {

    private static final String TYPE = "hstore";

    private final byte[] bytes;
    private final int end;
    private int position;

    private HstoreCodec(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    static Object decode(byte[] bytes, int offset, int length) {
        return new HstoreCodec(bytes, offset, length).read();
    }

    private Map<String, String> read() {
        if (position == end) {
            return Collections.emptyMap();
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        while (true) {
            String key = readQuoted();
            expect('=');
            expect('>');
            pairs.put(key, next() == '"' ? readQuoted() : readNull());
            if (position == end) {
                return Collections.unmodifiableMap(pairs);
            }
            expect(',');
            expect(' ');
        }
    }

    private String readNull() {
        expect('N');
        expect('U');
        expect('L');
        expect('L');
        return null;
    }

    private String readQuoted() {
        expect('"');
        int start = position;
        int escapes = 0;
        while (next() != '"') {
            if (next() == '\\') {
                escapes++;
                position++;
                next();
            }
            position++;
        }
        int length = position - start;
        position++;
        return escapes == 0
                ? new String(bytes, start, length, StandardCharsets.UTF_8)
                : new String(Escapes.removed(bytes, start, length, escapes), StandardCharsets.UTF_8);
    }

    /** The byte at the position, which must be there. */
    private byte next() {
        if (position >= end) {
            throw ValueFormatException.of(TYPE, "it is cut off");
        }
        return bytes[position];
    }

    private void expect(char character) {
        if (next() != character) {
            throw ValueFormatException.of(TYPE, "not pairs of quoted texts");
        }
        position++;
    }
}
