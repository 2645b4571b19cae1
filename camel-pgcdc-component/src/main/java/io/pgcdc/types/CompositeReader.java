package io.pgcdc.types;

/**
 * Reads one row from PostgreSQL's text format for composite types (chapter "Composite Types", "Composite Type Input and
 * Output Syntax"): fields between parentheses with commas between them, quoted where they need it, with a quote or
 * backslash doubled inside quotes; nothing at all for NULL.
 */
final class CompositeReader {

    private final String type;
    private final byte[] bytes;
    private final int offset;
    private final int end;
    private int position;
    /** Where the present field is, without its quotes, and how many bytes of it only double the next one. */
    private int fieldStart;
    private int fieldEnd;
    private int doubled;
    private boolean quoted;

    CompositeReader(String type, byte[] bytes, int offset, int length) {
        this.type = type;
        this.bytes = bytes;
        this.offset = offset;
        this.end = offset + length;
    }

    /** How many fields there are, one if nothing is between the parentheses. Checks the syntax of all. */
    int count() {
        open();
        int fields = 1;
        while (nextField()) {
            fields++;
        }
        if (position != end) {
            throw malformed("something follows the closing parenthesis");
        }
        return fields;
    }

    /** Goes back to the start, before the first field. */
    void open() {
        position = offset;
        if (next() != '(') {
            throw malformed("an opening parenthesis is missing");
        }
    }

    /** Goes behind the next field; whether one more follows it. */
    boolean nextField() {
        position++;
        doubled = 0;
        quoted = next() == '"';
        if (quoted) {
            readQuoted();
        } else {
            readUnquoted();
        }
        byte separator = next();
        if (separator == ',') {
            return true;
        }
        if (separator != ')') {
            throw malformed("a comma or closing parenthesis is missing");
        }
        position++;
        return false;
    }

    /** The value of the field that {@link #nextField} has read. */
    Object value(ColumnCodec codec) {
        int length = fieldEnd - fieldStart;
        if (!quoted && length == 0) {
            return null;
        }
        if (doubled == 0) {
            return codec.decode(bytes, fieldStart, length);
        }
        byte[] plain = new byte[length - doubled];
        int from = fieldStart;
        for (int to = 0; to < plain.length; to++) {
            if (bytes[from] == '"' || bytes[from] == '\\') {
                from++;
            }
            plain[to] = bytes[from];
            from++;
        }
        return codec.decode(plain, 0, plain.length);
    }

    private void readQuoted() {
        position++;
        fieldStart = position;
        while (true) {
            byte next = next();
            if (next == '"' || next == '\\') {
                boolean twice = position + 1 < end && bytes[position + 1] == next;
                if (!twice && next == '"') {
                    break;
                }
                if (!twice) {
                    throw malformed("a backslash that is not doubled");
                }
                doubled++;
                position++;
            }
            position++;
        }
        fieldEnd = position;
        position++;
    }

    private void readUnquoted() {
        fieldStart = position;
        while (next() != ',' && next() != ')') {
            if (next() == '(' || next() == '"' || next() == '\\') {
                throw malformed("a character that needs quotes has none");
            }
            position++;
        }
        fieldEnd = position;
    }

    /** The byte at the position, which must be there: no row ends before its closing parenthesis. */
    private byte next() {
        if (position >= end) {
            throw malformed("it is cut off");
        }
        return bytes[position];
    }

    private ValueFormatException malformed(String defect) {
        return ValueFormatException.of(type, defect);
    }
}
