package io.pgcdc.model;

/**
 * A position in PostgreSQL's write-ahead log: an unsigned 64-bit byte offset, written {@code X/X} in hexadecimal
 * (PostgreSQL documentation, chapter "pg_lsn Type").
 *
 * <p>
 * On the way of a row positions are bare {@code long}s, compared with {@link #compare(long, long)}; this type is for
 * everything that is read by people or kept for long.
 *
 * @param value the byte offset, unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {

    /** The position before all others, which PostgreSQL calls invalid. */
    public static final Lsn ZERO = new Lsn(0);

    public static Lsn of(long value) {
        return value == 0 ? ZERO : new Lsn(value);
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if the text is not one to eight hexadecimal digits, a slash and again one to
     *                                  eight hexadecimal digits
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || slash == text.length() - 1 || text.length() - slash - 1 > 8) {
            throw new IllegalArgumentException("not a position in the write-ahead log (expected X/X): '" + text + "'");
        }
        try {
            long high = Long.parseUnsignedLong(text, 0, slash, 16);
            long low = Long.parseUnsignedLong(text, slash + 1, text.length(), 16);
            return of(high << 32 | low);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "not a position in the write-ahead log (expected X/X): '" + text + "'", e);
        }
    }

    /** Compares two positions as the unsigned numbers that they are. */
    public static int compare(long left, long right) {
        return Long.compareUnsigned(left, right);
    }

    /** The later of two positions. */
    public static long max(long left, long right) {
        return compare(left, right) >= 0 ? left : right;
    }

    /** The earlier of two positions. */
    public static long min(long left, long right) {
        return compare(left, right) <= 0 ? left : right;
    }

    /** The text form {@code X/X} of a bare position. */
    public static String toString(long value) {
        char[] text = new char[17];
        int start = hexadecimal((int) value, text, text.length) - 1;
        text[start] = '/';
        start = hexadecimal((int) (value >>> 32), text, start);
        return new String(text, start, text.length - start);
    }

    /** Writes a number so that it ends before a place; returns where it begins. */
    private static int hexadecimal(int number, char[] target, int end) {
        int rest = number;
        int start = end;
        do {
            target[--start] = "0123456789ABCDEF".charAt(rest & 0xF);
            rest >>>= 4;
        } while (rest != 0);
        return start;
    }

    @Override
    public int compareTo(Lsn other) {
        return compare(value, other.value);
    }

    @Override
    public String toString() {
        return toString(value);
    }
}
