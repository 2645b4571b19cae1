package io.pgcdc.pgoutput;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;

/** How many bytes of memory values take, on a JVM of 64 bits with narrow references. */
final class Footprint {

    private static final int ARRAY = 16;
    private static final int REFERENCE = 4;
    /** Anything of up to two numbers: Long, Double, UUID, LocalDate, LocalTime. */
    private static final int SMALL_OBJECT = 24;
    private static final int BIG_NUMBER = 40;
    private static final int DIGITS_OF_LONG = 18;

    private Footprint() {
    }

    static long of(Object value) {
        if (value == null) {
            return 0;
        }
        if (value instanceof Object[] values) {
            return array(values.length, REFERENCE) + Arrays.stream(values).mapToLong(Footprint::of).sum();
        }
        if (value instanceof List<?> list) {
            return 2 * SMALL_OBJECT + of(list.toArray());
        }
        if (value instanceof byte[] bytes) {
            return array(bytes.length, 1);
        }
        if (value instanceof String text) {
            return SMALL_OBJECT + array(text.length(), text.chars().allMatch(c -> c < 256) ? 1 : 2);
        }
        if (value instanceof BigDecimal number) {
            return BIG_NUMBER + (number.precision() <= DIGITS_OF_LONG ? 0 : of(number.unscaledValue()));
        }
        if (value instanceof BigInteger number) {
            return BIG_NUMBER + array(number.bitLength() / Integer.SIZE + 1, Integer.BYTES);
        }
        if (value instanceof LocalDateTime) {
            return 3 * SMALL_OBJECT;
        }
        return value instanceof OffsetDateTime ? 4 * SMALL_OBJECT : SMALL_OBJECT;
    }

    /** Objects begin at multiples of eight. */
    private static long array(int length, int size) {
        return ARRAY + ((long) length * size + 7) / 8 * 8;
    }
}
