package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The values of date, timestamp and timestamptz that are after and before all others. */
final class InfiniteTime {

    static final String POSITIVE = "infinity";
    static final String NEGATIVE = "-infinity";

    private static final byte[] POSITIVE_BYTES = POSITIVE.getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] NEGATIVE_BYTES = NEGATIVE.getBytes(StandardCharsets.ISO_8859_1);

    private InfiniteTime() {
    }

    /** Whichever is in these bytes: {@link #POSITIVE}, {@link #NEGATIVE}, or {@code null} if they are neither. */
    static String read(byte[] bytes, int offset, int length) {
        int end = offset + length;
        if (length == 0 || bytes[end - 1] != 'y') {
            return null;
        }
        if (Arrays.equals(bytes, offset, end, POSITIVE_BYTES, 0, POSITIVE_BYTES.length)) {
            return POSITIVE;
        }
        if (Arrays.equals(bytes, offset, end, NEGATIVE_BYTES, 0, NEGATIVE_BYTES.length)) {
            return NEGATIVE;
        }
        return null;
    }
}
