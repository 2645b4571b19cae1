package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Ranges and multiranges of any type: the text that PostgreSQL prints, which is also what it reads (chapter "Range
 * Types"). A range is {@code empty} or two bounds in brackets; a bound is in quotes where it needs them.
 */
final class RangeCodecs {

    private static final byte[] EMPTY = "empty".getBytes(StandardCharsets.ISO_8859_1);

    private RangeCodecs() {
    }

    static ColumnCodec range(String type) {
        return (bytes, offset, length) -> {
            if (!Arrays.equals(bytes, offset, offset + length, EMPTY, 0, EMPTY.length)
                    && rangeEnd(type, bytes, offset, offset + length) != offset + length) {
                throw ValueFormatException.of(type, "something follows the range");
            }
            return TextCodecs.text(bytes, offset, length);
        };
    }

    static ColumnCodec multirange(String type) {
        return (bytes, offset, length) -> {
            int last = offset + length - 1;
            if (length < 2 || bytes[offset] != '{' || bytes[last] != '}') {
                throw ValueFormatException.of(type, "not in braces");
            }
            for (int position = offset + 1; position < last; position++) {
                position = rangeEnd(type, bytes, position, last);
                if (position != last && (bytes[position] != ',' || position == last - 1)) {
                    throw ValueFormatException.of(type, "no range where one must be");
                }
            }
            return TextCodecs.text(bytes, offset, length);
        };
    }

    /** Where the range that begins here has ended. */
    private static int rangeEnd(String type, byte[] bytes, int start, int end) {
        if (start == end || bytes[start] != '[' && bytes[start] != '(') {
            throw ValueFormatException.of(type, "no opening bracket");
        }
        int comma = boundEnd(type, bytes, start + 1, end);
        if (bytes[comma] != ',') {
            throw ValueFormatException.of(type, "only one bound");
        }
        int closing = boundEnd(type, bytes, comma + 1, end);
        if (bytes[closing] == ',') {
            throw ValueFormatException.of(type, "more than two bounds");
        }
        return closing + 1;
    }

    /** Where the comma or closing bracket behind a bound stands. */
    private static int boundEnd(String type, byte[] bytes, int start, int end) {
        boolean quoted = false;
        for (int position = start; position < end; position++) {
            byte next = bytes[position];
            if (next == '\\') {
                position++;
            } else if (next == '"') {
                quoted = !quoted;
            } else if (!quoted && (next == ',' || next == ')' || next == ']')) {
                return position;
            }
        }
        throw ValueFormatException.of(type, "cut off");
    }
}
