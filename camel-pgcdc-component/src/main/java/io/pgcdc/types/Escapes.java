package io.pgcdc.types;

/** Backslashes that make the next byte stand for itself, as arrays and hstore have them inside quotes. */
final class Escapes {

    private Escapes() {
    }

    /** The bytes without so many escaping backslashes, which have been counted. */
    static byte[] removed(byte[] bytes, int start, int length, int escapes) {
        byte[] plain = new byte[length - escapes];
        int from = start;
        for (int to = 0; to < plain.length; to++) {
            if (bytes[from] == '\\') {
                from++;
            }
            plain[to] = bytes[from];
            from++;
        }
        return plain;
    }
}
