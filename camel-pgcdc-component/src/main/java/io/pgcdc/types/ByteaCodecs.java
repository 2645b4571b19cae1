package io.pgcdc.types;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * bytea in both of its text forms, whatever {@code bytea_output} says: {@code \x} and hexadecimal digits, or the older
 * escape format (chapter "Binary Data Types"); in binary its very bytes. The portable style has it as base64 text.
 */
final class ByteaCodecs {

    private static final String TYPE = "bytea";

    private ByteaCodecs() {
    }

    static Object portable(byte[] bytes, int offset, int length) {
        return Base64.getEncoder().encodeToString(read(bytes, offset, length));
    }

    static Object java(byte[] bytes, int offset, int length) {
        return read(bytes, offset, length);
    }

    static Object portableBinary(byte[] bytes, int offset, int length) {
        ByteBuffer text = Base64.getEncoder().encode(ByteBuffer.wrap(bytes, offset, length));
        return new String(text.array(), 0, text.limit(), StandardCharsets.ISO_8859_1);
    }

    static Object javaBinary(byte[] bytes, int offset, int length) {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }

    private static byte[] read(byte[] bytes, int offset, int length) {
        // no ambiguity: the escape format has no backslash before an x
        return length >= 2 && bytes[offset] == '\\' && bytes[offset + 1] == 'x'
                ? hexadecimal(bytes, offset + 2, length - 2)
                : escaped(bytes, offset, length);
    }

    private static byte[] hexadecimal(byte[] bytes, int offset, int length) {
        if ((length & 1) != 0) {
            throw ValueFormatException.of(TYPE, "odd number of hexadecimal digits");
        }
        byte[] value = new byte[length / 2];
        for (int i = 0; i < value.length; i++) {
            int high = HexDigits.value(bytes[offset + 2 * i]);
            int low = HexDigits.value(bytes[offset + 2 * i + 1]);
            if ((high | low) < 0) {
                throw ValueFormatException.of(TYPE, "not a hexadecimal digit where one must be");
            }
            value[i] = (byte) (high << 4 | low);
        }
        return value;
    }

    /** A byte stands for itself, a backslash for another one, three octal digits after a backslash for any byte. */
    private static byte[] escaped(byte[] bytes, int offset, int length) {
        int end = offset + length;
        byte[] value = new byte[length];
        int size = 0;
        for (int position = offset; position < end; size++) {
            if (bytes[position] != '\\') {
                value[size] = bytes[position];
                position++;
            } else if (position + 1 < end && bytes[position + 1] == '\\') {
                value[size] = '\\';
                position += 2;
            } else {
                value[size] = octal(bytes, position + 1, end);
                position += 4;
            }
        }
        return Arrays.copyOf(value, size);
    }

    private static byte octal(byte[] bytes, int offset, int end) {
        if (end - offset < 3) {
            throw ValueFormatException.of(TYPE, "an escape is cut off");
        }
        int first = bytes[offset] - '0';
        int second = bytes[offset + 1] - '0';
        int third = bytes[offset + 2] - '0';
        // negative or too large differences have bits beyond those of a digit
        if ((first & ~3 | second & ~7 | third & ~7) != 0) {
            throw ValueFormatException.of(TYPE, "not an octal digit where one must be");
        }
        return (byte) (first << 6 | second << 3 | third);
    }
}
