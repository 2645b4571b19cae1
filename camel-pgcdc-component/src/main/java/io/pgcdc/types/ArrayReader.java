package io.pgcdc.types;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads one array from PostgreSQL's text format (chapter "Arrays", "Array Input and Output Syntax"): elements between
 * braces with their type's delimiter between them (a comma, for box a semicolon), quoted where they need it, a
 * backslash before a quote or backslash inside quotes; NULL without quotes for NULL; the bounds of every dimension
 * before it all if one of them does not start at 1.
 */
final class ArrayReader {

    /** PostgreSQL's own limit (MAXDIM), and the bound of the recursion. */
    static final int MOST_DIMENSIONS = 6;

    private final String type;
    private final ColumnCodec element;
    private final char delimiter;
    private final byte[] bytes;
    private final int end;
    private int position;

    /** How many dimensions there are; 0 until the bounds or the first element have told. */
    private int dimensions;
    /** The length of each dimension; 0 until the bounds or the end of the first one have told. */
    private final int[] lengths = new int[MOST_DIMENSIONS];

    ArrayReader(String type, ColumnCodec element, char delimiter, byte[] bytes, int offset, int length) {
        this.type = type;
        this.element = element;
        this.delimiter = delimiter;
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    List<Object> read() {
        readBounds();
        List<Object> values = readDimension(0);
        if (position < end) {
            throw malformed("something follows the closing brace");
        }
        return values;
    }

    private void readBounds() {
        if (next() != '[') {
            return;
        }
        while (next() == '[') {
            if (dimensions == MOST_DIMENSIONS) {
                throw tooManyDimensions();
            }
            position++;
            long lower = readBound();
            expect(':');
            long upper = readBound();
            expect(']');
            if (upper < lower || upper - lower >= Integer.MAX_VALUE) {
                throw malformed("the bounds are out of range");
            }
            lengths[dimensions] = (int) (upper - lower + 1);
            dimensions++;
        }
        expect('=');
    }

    private long readBound() {
        boolean negative = next() == '-';
        if (negative) {
            position++;
        }
        int start = position;
        long bound = 0;
        while (next() >= '0' && next() <= '9') {
            bound = bound * 10 + (next() - '0');
            position++;
            if (bound > 1L + Integer.MAX_VALUE) {
                throw malformed("the bounds are out of range");
            }
        }
        if (position == start) {
            throw malformed("a bound has no digits");
        }
        return negative ? -bound : bound;
    }

    private List<Object> readDimension(int depth) {
        if (depth == MOST_DIMENSIONS) {
            throw tooManyDimensions();
        }
        if (depth > 0 && depth == dimensions) {
            throw malformed("elements and arrays are mixed");
        }
        expect('{');
        if (next() == '}' && depth == 0 && dimensions == 0) {
            position++;
            return Collections.emptyList();
        }
        List<Object> values = new ArrayList<>();
        while (true) {
            values.add(next() == '{' ? readDimension(depth + 1) : readElement(depth + 1));
            if (next() == '}') {
                position++;
                break;
            }
            expectDelimiter();
        }
        if (lengths[depth] != 0 && lengths[depth] != values.size()) {
            throw malformed("the length of a dimension is not the same everywhere");
        }
        lengths[depth] = values.size();
        return Collections.unmodifiableList(values);
    }

    private Object readElement(int depth) {
        if (dimensions != 0 && dimensions != depth) {
            throw malformed("elements and arrays are mixed");
        }
        dimensions = depth;
        return next() == '"' ? readQuoted() : readUnquoted();
    }

    private Object readUnquoted() {
        int start = position;
        while (next() != delimiter && next() != '}') {
            if (next() == '{' || next() == '"' || next() == '\\') {
                throw malformed("a character that needs quotes has none");
            }
            position++;
        }
        int length = position - start;
        if (length == 0) {
            throw malformed("an element is missing");
        }
        return isNull(start, length) ? null : element.decode(bytes, start, length);
    }

    private boolean isNull(int start, int length) {
        return length == 4 && is('N', bytes[start]) && is('U', bytes[start + 1])
                && is('L', bytes[start + 2]) && is('L', bytes[start + 3]);
    }

    private static boolean is(char capital, byte letter) {
        return letter == capital || letter == capital + ('a' - 'A');
    }

    /** Decodes right from the array's bytes if nothing is escaped. */
    private Object readQuoted() {
        position++;
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
        return escapes == 0 ? element.decode(bytes, start, length) : decodeEscaped(start, length, escapes);
    }

    private Object decodeEscaped(int start, int length, int escapes) {
        byte[] plain = Escapes.removed(bytes, start, length, escapes);
        return element.decode(plain, 0, plain.length);
    }

    /** The byte at the position, which must be there: no array ends before its closing brace. */
    private byte next() {
        if (position >= end) {
            throw malformed("it is cut off");
        }
        return bytes[position];
    }

    private void expectDelimiter() {
        if (next() != delimiter) {
            throw malformed("a delimiter or closing brace is missing");
        }
        position++;
    }

    private void expect(char character) {
        if (next() != character) {
            throw malformed("a " + nameOf(character) + " is missing");
        }
        position++;
    }

    private static String nameOf(char character) {
        return switch (character) {
            case '{' -> "opening brace";
            case ']' -> "closing bracket";
            case ':' -> "colon";
            default -> "equals sign";
        };
    }

    private ValueFormatException tooManyDimensions() {
        return malformed("more than " + MOST_DIMENSIONS + " dimensions");
    }

    private ValueFormatException malformed(String defect) {
        return ValueFormatException.of(type, defect);
    }
}
