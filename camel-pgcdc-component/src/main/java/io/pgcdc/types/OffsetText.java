package io.pgcdc.types;

/**
 * The offset from UTC in a timetz or timestamptz: a sign, two digits of hours, and where they are not 0 minutes and
 * seconds.
 */
final class OffsetText {

    private static final int HOURS = 3;
    private static final int HOURS_AND_MINUTES = 6;
    private static final int HOURS_MINUTES_AND_SECONDS = 9;

    /** What java.time takes; PostgreSQL keeps below 16 hours. */
    private static final int LARGEST = 18 * 3600;

    private OffsetText() {
    }

    /** Checks the offset and gives its seconds, negative west of Greenwich. */
    static int seconds(String type, byte[] bytes, int start, int end) {
        int length = end - start;
        if (length != HOURS && length != HOURS_AND_MINUTES && length != HOURS_MINUTES_AND_SECONDS) {
            throw ValueFormatException.of(type, "no offset, or one that is cut off");
        }
        if (bytes[start] != '+' && bytes[start] != '-') {
            throw ValueFormatException.of(type, "the offset has no sign");
        }
        int seconds = TemporalDigits.two(type, bytes, start + 1) * 3600;
        if (length > HOURS) {
            seconds += 60 * afterColon(type, bytes, start + HOURS);
        }
        if (length > HOURS_AND_MINUTES) {
            seconds += afterColon(type, bytes, start + HOURS_AND_MINUTES);
        }
        if (seconds > LARGEST) {
            throw ValueFormatException.of(type, "the offset is out of range");
        }
        return bytes[start] == '-' ? -seconds : seconds;
    }

    /** How many bytes {@link #writeIso} writes for an offset of so many bytes. */
    static int isoLength(int length) {
        return Math.max(length, HOURS_AND_MINUTES);
    }

    /** Writes a checked offset with its minutes, which PostgreSQL leaves out where they are 0 and ISO 8601 does not. */
    static void writeIso(byte[] bytes, int start, int end, byte[] target, int at) {
        System.arraycopy(bytes, start, target, at, end - start);
        if (end - start == HOURS) {
            target[at + 3] = ':';
            target[at + 4] = '0';
            target[at + 5] = '0';
        }
    }

    private static int afterColon(String type, byte[] bytes, int offset) {
        if (bytes[offset] != ':') {
            throw ValueFormatException.of(type, "a colon is missing");
        }
        return TemporalDigits.sixtieths(type, bytes, offset + 1);
    }
}
