package io.pgcdc.pgoutput;

import java.util.Arrays;
import java.util.Random;

/** Spoils bytes in the ways in which bytes go wrong: flipped, set to an edge, cut, doubled, moved, joined. */
final class Mutation {

    private static final byte[] EDGES = { 0, 1, -1, Byte.MAX_VALUE, Byte.MIN_VALUE, '\\', '\t', '\n', 'N', 't', 'u' };

    private final Random random;

    Mutation(Random random) {
        this.random = random;
    }

    byte[] of(byte[] original, byte[] other) {
        byte[] bytes = original.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes = once(bytes, other);
        }
        return bytes;
    }

    private byte[] once(byte[] bytes, byte[] other) {
        if (bytes.length == 0) {
            return other.clone();
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = EDGES[random.nextInt(EDGES.length)];
            case 2 -> bytes[at] = (byte) random.nextInt();
            case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), EDGES[random.nextInt(EDGES.length)]);
            case 4 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 5 -> {
                return joined(bytes, random.nextInt(bytes.length + 1), bytes, at);
            }
            default -> {
                return joined(bytes, at, other, random.nextInt(other.length + 1));
            }
        }
        return bytes;
    }

    /** The beginning of one and the end of the other. */
    private static byte[] joined(byte[] first, int firstLength, byte[] second, int secondFrom) {
        byte[] joined = Arrays.copyOf(first, firstLength + second.length - secondFrom);
        System.arraycopy(second, secondFrom, joined, firstLength, second.length - secondFrom);
        return joined;
    }
}
