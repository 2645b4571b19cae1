package io.pgcdc.types;

import java.nio.charset.StandardCharsets;

/** Numbers of the server's own bookkeeping: the text that PostgreSQL prints. */
final class SystemCodecs {

    private SystemCodecs() {
    }

    /** A transaction or command id. */
    static ColumnCodec digits(String type) {
        return madeOf(type, "", 1);
    }

    /** A snapshot of transaction ids: {@code xmin:xmax:xip,…}. */
    static ColumnCodec snapshot(String type) {
        return madeOf(type, ":,", 5);
    }

    /** Numbers with a blank between two of them. */
    static ColumnCodec numbers(String type) {
        return madeOf(type, " -", 0);
    }

    static Object lsn(byte[] bytes, int offset, int length) {
        int slash = -1;
        for (int position = offset; position < offset + length; position++) {
            if (bytes[position] == '/' && slash < 0) {
                slash = position;
            } else if (HexDigits.value(bytes[position]) < 0) {
                throw ValueFormatException.of("pg_lsn", "not a hexadecimal digit where one must be");
            }
        }
        if (slash < 0 || slash == offset || slash == offset + length - 1 || length > 17) {
            throw ValueFormatException.of("pg_lsn", "not two numbers with a slash between them");
        }
        return string(bytes, offset, length);
    }

    static Object tid(byte[] bytes, int offset, int length) {
        if (length < 5 || bytes[offset] != '(' || bytes[offset + length - 1] != ')') {
            throw ValueFormatException.of("tid", "not in parentheses");
        }
        requireDigitsOr(",", "tid", bytes, offset + 1, length - 2);
        return string(bytes, offset, length);
    }

    private static ColumnCodec madeOf(String type, String others, int shortest) {
        return (bytes, offset, length) -> {
            if (length < shortest) {
                throw ValueFormatException.of(type, "cut off");
            }
            requireDigitsOr(others, type, bytes, offset, length);
            return string(bytes, offset, length);
        };
    }

    private static void requireDigitsOr(String others, String type, byte[] bytes, int offset, int length) {
        for (int position = offset; position < offset + length; position++) {
            byte next = bytes[position];
            if ((next < '0' || next > '9') && others.indexOf(next) < 0) {
                throw ValueFormatException.of(type, "not a digit where one must be");
            }
        }
    }

    private static String string(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }
}
