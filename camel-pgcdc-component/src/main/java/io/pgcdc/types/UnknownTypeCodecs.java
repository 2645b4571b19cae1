package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** What a type without a codec becomes. Takes any bytes. */
final class UnknownTypeCodecs {

    private UnknownTypeCodecs() {
    }

    /** The bytes of the text form, as the style has bytes. */
    static ColumnCodec bytes(ValueStyle style) {
        return switch (style) {
            case PORTABLE -> UnknownTypeCodecs::base64;
            case JAVA -> (bytes, offset, length) -> Arrays.copyOfRange(bytes, offset, offset + length);
        };
    }

    static Object text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    private static Object base64(byte[] bytes, int offset, int length) {
        return Base64.getEncoder().encodeToString(Arrays.copyOfRange(bytes, offset, offset + length));
    }
}
