package io.pgcdc.pgoutput;

/**
 * Removes the backslash escapes of COPY's text format (PostgreSQL documentation, chapter "COPY", section "Text
 * Format"). The result lies in a buffer that the next call uses again.
 */
final class CopyEscapes {

    /** A buffer that one huge value made larger than this is not kept for the life of the copy. */
    private static final int KEPT_BYTES = 1 << 20;
    private static final int FIRST_BYTES = 1 << 10;

    private byte[] buffer = new byte[FIRST_BYTES];
    private int length;
    // Where unescape() reads, and up to where.
    private byte[] source;
    private int next;
    private int end;

    /** What {@link #unescape} made; only the first {@link #length()} bytes count. */
    byte[] buffer() {
        return buffer;
    }

    int length() {
        return length;
    }

    /** Removes the escapes from a field. The last byte of it must not be a backslash that escapes nothing. */
    void unescape(byte[] field, int from, int to) {
        makeRoom(to - from);
        source = field;
        next = from;
        end = to;
        int target = 0;
        while (next < end) {
            byte current = source[next++];
            buffer[target++] = current == '\\' ? escaped() : current;
        }
        length = target;
        source = null;
    }

    private byte escaped() {
        byte letter = source[next++];
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0B;
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(letter - '0');
            case 'x' -> hexadecimal();
            default -> letter;
        };
    }

    /** Up to three digits, of which the server keeps the lower eight bits. */
    private byte octal(int firstDigit) {
        int value = firstDigit;
        for (int i = 0; i < 2 && next < end && source[next] >= '0' && source[next] <= '7'; i++) {
            value = value * 8 + source[next++] - '0';
        }
        return (byte) value;
    }

    /** Up to two digits; without any the letter stands for itself. */
    private byte hexadecimal() {
        int value = 0;
        int digits = 0;
        while (digits < 2 && next < end && Character.digit(source[next], 16) >= 0) {
            value = value * 16 + Character.digit(source[next++], 16);
            digits++;
        }
        return digits == 0 ? (byte) 'x' : (byte) value;
    }

    private void makeRoom(int bytes) {
        if (buffer.length > KEPT_BYTES && bytes <= KEPT_BYTES) {
            buffer = new byte[Math.max(FIRST_BYTES, bytes)];
        } else if (buffer.length < bytes) {
            buffer = new byte[Math.max(bytes, Math.min(buffer.length * 2, KEPT_BYTES))];
        }
    }
}
