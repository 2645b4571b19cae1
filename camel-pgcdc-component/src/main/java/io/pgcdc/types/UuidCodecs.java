package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** uuid: 36 characters, in binary its 16 bytes; text in the portable style. */
final class UuidCodecs {

    private static final String TYPE = "uuid";
    private static final int LENGTH = 36;
    private static final int BINARY_LENGTH = 16;

    private UuidCodecs() {
    }

    static Object portable(byte[] bytes, int offset, int length) {
        mostSignificant(bytes, offset, length);
        leastSignificant(bytes, offset);
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    static Object java(byte[] bytes, int offset, int length) {
        return new UUID(mostSignificant(bytes, offset, length), leastSignificant(bytes, offset));
    }

    static Object portableBinary(byte[] bytes, int offset, int length) {
        return javaBinary(bytes, offset, length).toString();
    }

    static Object javaBinary(byte[] bytes, int offset, int length) {
        BinaryValue.requireLength(TYPE, length, BINARY_LENGTH);
        return new UUID(BinaryValue.int8(bytes, offset), BinaryValue.int8(bytes, offset + Long.BYTES));
    }

    private static long mostSignificant(byte[] bytes, int offset, int length) {
        if (length != LENGTH) {
            throw ValueFormatException.of(TYPE, "not 36 characters");
        }
        if (bytes[offset + 8] != '-' || bytes[offset + 13] != '-' || bytes[offset + 18] != '-'
                || bytes[offset + 23] != '-') {
            throw ValueFormatException.of(TYPE, "a hyphen is missing");
        }
        return read(bytes, offset, offset + 8) << 32
               | read(bytes, offset + 9, offset + 13) << 16
               | read(bytes, offset + 14, offset + 18);
    }

    private static long leastSignificant(byte[] bytes, int offset) {
        return read(bytes, offset + 19, offset + 23) << 48 | read(bytes, offset + 24, offset + 36);
    }

    private static long read(byte[] bytes, int start, int end) {
        long value = 0;
        for (int position = start; position < end; position++) {
            int digit = HexDigits.value(bytes[position]);
            if (digit < 0) {
                throw ValueFormatException.of(TYPE, "not a hexadecimal digit where one must be");
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
