package io.pgcdc.types;

import java.nio.charset.StandardCharsets;

/** inet, cidr, macaddr and macaddr8: the text that PostgreSQL prints. */
final class NetworkCodecs {

    private NetworkCodecs() {
    }

    /** An address of IPv4 or IPv6, with or without the length of the network's part. */
    static ColumnCodec address(String type) {
        return (bytes, offset, length) -> {
            if (length == 0) {
                throw ValueFormatException.of(type, "empty");
            }
            for (int position = offset; position < offset + length; position++) {
                byte next = bytes[position];
                if (HexDigits.value(next) < 0 && next != '.' && next != ':' && next != '/') {
                    throw ValueFormatException.of(type, "a character that no address has");
                }
            }
            return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        };
    }

    static Object macaddr(byte[] bytes, int offset, int length) {
        return hardwareAddress("macaddr", 6, bytes, offset, length);
    }

    static Object macaddr8(byte[] bytes, int offset, int length) {
        return hardwareAddress("macaddr8", 8, bytes, offset, length);
    }

    private static Object hardwareAddress(String type, int size, byte[] bytes, int offset, int length) {
        if (length != 3 * size - 1) {
            throw ValueFormatException.of(type, "not " + size + " bytes of two digits each");
        }
        for (int i = 0; i < length; i++) {
            byte next = bytes[offset + i];
            if (i % 3 == 2 ? next != ':' : HexDigits.value(next) < 0) {
                throw ValueFormatException.of(type, "not a hexadecimal digit or colon where one must be");
            }
        }
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }
}
