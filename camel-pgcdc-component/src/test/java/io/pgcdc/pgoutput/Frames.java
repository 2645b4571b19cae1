package io.pgcdc.pgoutput;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Several messages or rows in one array, each behind two bytes of its length. Any bytes can be cut into such parts. */
final class Frames {

    /** What two bytes can say. */
    static final int LONGEST = 0xFFFF;

    private Frames() {
    }

    /** A head, and the parts behind it; of a longer part than the longest, the beginning. */
    static byte[] join(byte[] head, List<byte[]> parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.writeBytes(head);
        for (byte[] part : parts) {
            int length = Math.min(part.length, LONGEST);
            joined.write(length >>> 8);
            joined.write(length);
            joined.write(part, 0, length);
        }
        return joined.toByteArray();
    }

    /** The parts from a position on; the last one may be shorter than it says. Each is an array that ends with it. */
    static List<byte[]> split(byte[] joined, int from) {
        List<byte[]> parts = new ArrayList<>();
        int position = from;
        while (position + 2 <= joined.length) {
            int length = (joined[position] & 0xFF) << 8 | joined[position + 1] & 0xFF;
            int start = position + 2;
            position = Math.min(start + length, joined.length);
            parts.add(Arrays.copyOfRange(joined, start, position));
        }
        return parts;
    }
}
