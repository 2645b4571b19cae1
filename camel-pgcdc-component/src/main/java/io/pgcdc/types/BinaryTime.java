package io.pgcdc.types;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/**
 * Dates and times in PostgreSQL's binary format: days, or microseconds, since the beginning of 2000. The first and the
 * last number that there is stand for the infinities.
 */
final class BinaryTime {

    /** The microseconds of a day. */
    static final long DAY = 86_400_000_000L;

    private static final long EPOCH_DAY_OF_2000 = 10_957;
    private static final long NANOS_OF_MICRO = 1_000;

    private BinaryTime() {
    }

    /** Which of the infinities a timestamp is, or {@code null}. */
    static String infinite(long micros) {
        return micros == Long.MAX_VALUE
                ? InfiniteTime.POSITIVE
                : micros == Long.MIN_VALUE ? InfiniteTime.NEGATIVE : null;
    }

    static LocalDate localDate(long day) {
        return LocalDate.ofEpochDay(EPOCH_DAY_OF_2000 + day);
    }

    static LocalTime localTime(long microOfDay) {
        return LocalTime.ofNanoOfDay(microOfDay * NANOS_OF_MICRO);
    }

    static LocalDateTime localDateTime(long micros) {
        return LocalDateTime.of(localDate(Math.floorDiv(micros, DAY)), localTime(Math.floorMod(micros, DAY)));
    }
}
