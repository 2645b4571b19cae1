package io.pgcdc.types;

import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;

/**
 * timetz: ISO 8601 text with hours and minutes of the offset in the portable style. 24:00:00 stays so there; in Java's
 * style it is {@link OffsetTime#MAX} whatever its offset, as pgjdbc gives it.
 */
final class TimetzCodecs {

    private static final String TYPE = "timetz";

    private TimetzCodecs() {
    }

    static Object portable(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int timeEnd = TimeText.end(bytes, offset, end);
        TimeText.nanoOfDay(TYPE, bytes, offset, timeEnd);
        OffsetText.seconds(TYPE, bytes, timeEnd, end);
        byte[] text = new byte[timeEnd - offset + OffsetText.isoLength(end - timeEnd)];
        System.arraycopy(bytes, offset, text, 0, timeEnd - offset);
        OffsetText.writeIso(bytes, timeEnd, end, text, timeEnd - offset);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    static Object java(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int timeEnd = TimeText.end(bytes, offset, end);
        long nanos = TimeText.nanoOfDay(TYPE, bytes, offset, timeEnd);
        int seconds = OffsetText.seconds(TYPE, bytes, timeEnd, end);
        return nanos == TimeText.END_OF_DAY
                ? OffsetTime.MAX
                : OffsetTime.of(LocalTime.ofNanoOfDay(nanos), ZoneOffset.ofTotalSeconds(seconds));
    }
}
