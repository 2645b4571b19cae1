package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.time.LocalTime;

/**
 * time: ISO 8601 text in the portable style. 24:00:00 stays so there; in Java's it is the last time that there is. In
 * binary the microseconds of the day.
 */
final class TimeCodecs {

    private static final String TYPE = "time";

    private TimeCodecs() {
    }

    static Object portable(byte[] bytes, int offset, int length) {
        TimeText.nanoOfDay(TYPE, bytes, offset, offset + length);
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    static Object java(byte[] bytes, int offset, int length) {
        long nanos = TimeText.nanoOfDay(TYPE, bytes, offset, offset + length);
        return nanos == TimeText.END_OF_DAY ? LocalTime.MAX : LocalTime.ofNanoOfDay(nanos);
    }

    static Object portableBinary(byte[] bytes, int offset, int length) {
        return IsoText.time(microOfDay(bytes, offset, length));
    }

    static Object javaBinary(byte[] bytes, int offset, int length) {
        long micros = microOfDay(bytes, offset, length);
        return micros == BinaryTime.DAY ? LocalTime.MAX : BinaryTime.localTime(micros);
    }

    private static long microOfDay(byte[] bytes, int offset, int length) {
        long micros = BinaryValue.int8(TYPE, bytes, offset, length);
        if (micros < 0 || micros > BinaryTime.DAY) {
            throw ValueFormatException.of(TYPE, "the hours are out of range");
        }
        return micros;
    }
}
