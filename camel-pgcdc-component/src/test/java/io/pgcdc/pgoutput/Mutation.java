package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * Spoils bytes in the ways in which bytes go wrong: flipped, set to an edge, cut, doubled, moved, joined; and in those
 * that decoders fear: other lengths and counts, and pieces of syntax where none belongs.
 */
final class Mutation {

    private static final byte[] EDGES = { 0, 1, -1, Byte.MAX_VALUE, Byte.MIN_VALUE, '\\', '\t', '\n', 'N', 't', 'u' };

    private static final int[] LENGTHS = {
            0, 1, 2, -1, Short.MAX_VALUE, 0x8000, 0xFFFF, 0x10000, Integer.MAX_VALUE, Integer.MAX_VALUE - 8,
            Integer.MIN_VALUE, 1 << 30, 1600 };

    private static final byte[][] PIECES = pieces(
            Trial.SECRET, "\\N", "\\", "\\\\", "\t", "\n", "\\x", "\\x4", "\\0", "\\777", "{", "}", "{{", "}}",
            "{{{{{{{{", ",", "\"", "NULL", "[0:1]=", "[1:2147483647]={", "[-2147483648:2147483647]={", "[1:1][1:1]",
            "[99999999999999999999:1]=", "infinity", "-infinity", " BC", "NaN", "-Infinity", "e", "E+", "e-400",
            "1e99999999999999999999", "99999999999999999999", "999999999", "0000", ".", "+", "-", ":", "24:00:00",
            "23:59:59.999999999", "2026-02-30", "+18:00:00", "t", "u", "n", "b", "K", "O", "\u0000", "\uD83D\uDE00");

    /** Now and then something gets much longer, up to this. */
    private static final int LONGEST = 20_000;

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
        switch (random.nextInt(12)) {
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
            case 6 -> {
                return joined(bytes, at, other, random.nextInt(other.length + 1));
            }
            case 7 -> putNumber(bytes, at, length(bytes.length - at), 4);
            case 8 -> putNumber(bytes, at, length(bytes.length - at), 2);
            case 9 -> {
                return inserted(bytes, at, PIECES[random.nextInt(PIECES.length)], 1);
            }
            case 10 -> {
                byte[] piece = PIECES[random.nextInt(PIECES.length)];
                System.arraycopy(piece, 0, bytes, at, Math.min(piece.length, bytes.length - at));
            }
            default -> {
                int length = 1 + random.nextInt(Math.min(16, bytes.length - at));
                return inserted(bytes, at, Arrays.copyOfRange(bytes, at, at + length), times(length));
            }
        }
        return bytes;
    }

    /** A number to be feared as it is, or one that is about right. */
    private int length(int left) {
        return random.nextBoolean() ? LENGTHS[random.nextInt(LENGTHS.length)] : left - random.nextInt(8);
    }

    private int times(int length) {
        return random.nextInt(16) > 0 ? 1 : 1 + random.nextInt(LONGEST / length);
    }

    private static void putNumber(byte[] bytes, int at, int number, int size) {
        for (int i = 0; i < size && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (number >>> 8 * (size - 1 - i));
        }
    }

    private static byte[] inserted(byte[] bytes, int at, byte[] piece, int times) {
        byte[] inserted = Arrays.copyOf(bytes, bytes.length + piece.length * times);
        for (int i = 0; i < times; i++) {
            System.arraycopy(piece, 0, inserted, at + i * piece.length, piece.length);
        }
        System.arraycopy(bytes, at, inserted, at + piece.length * times, bytes.length - at);
        return inserted;
    }

    /** The beginning of one and the end of the other. */
    private static byte[] joined(byte[] first, int firstLength, byte[] second, int secondFrom) {
        byte[] joined = Arrays.copyOf(first, firstLength + second.length - secondFrom);
        System.arraycopy(second, secondFrom, joined, firstLength, second.length - secondFrom);
        return joined;
    }

    private static byte[][] pieces(String... texts) {
        return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    }
}
