package io.pgcdc.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes COPY's binary format as the server does. */
final class CopyBytes {

    static final byte[] TRAILER = { -1, -1 };

    private CopyBytes() {
    }

    static byte[] header(byte... extension) {
        return join("PGCOPY\n\u00FF\r\n\0".getBytes(StandardCharsets.ISO_8859_1), number(0), number(extension.length),
                extension);
    }

    /** A row of values that {@link #value} takes. */
    static byte[] row(Object... values) {
        byte[] row = ByteBuffer.allocate(Short.BYTES).putShort((short) values.length).array();
        for (Object value : values) {
            byte[] bytes = value(value);
            row = bytes == null ? join(row, number(-1)) : join(row, number(bytes.length), bytes);
        }
        return row;
    }

    /** {@code null}, bytes as they are, text, an int4 or an int8. */
    static byte[] value(Object value) {
        if (value instanceof Integer number) {
            return number(number);
        }
        if (value instanceof Long number) {
            return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
        }
        return value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) value;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }
}
