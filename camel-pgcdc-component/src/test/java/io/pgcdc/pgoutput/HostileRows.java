package io.pgcdc.pgoutput;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Messages for {@link CopyOrdeal}, most of them spoiled. */
final class HostileRows implements Supplier<byte[]> {

    private static final int MOST_COLUMNS = 6;
    /** One value of so many is a giant: they are slow to make and to read. */
    private static final int GIANTS = 500;
    /** Seeds need not be many: they are where a fuzzer starts. */
    private static final int SEEDS = 64;

    private final Random random;
    private final Mutation mutation;

    HostileRows(Random random) {
        this.random = random;
        this.mutation = new Mutation(random);
    }

    /** Well-formed rows of many types. */
    static List<byte[]> seeds() {
        HostileRows rows = new HostileRows(new Random(1));
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < SEEDS; i++) {
            byte[] head = rows.head();
            seeds.add(Frames.join(head, List.of(rows.begun(head, rows.row(head)), rows.row(head), CopyBytes.TRAILER)));
        }
        return seeds;
    }

    @Override
    public byte[] get() {
        byte[] head = head();
        List<byte[]> rows = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            byte[] row = rows.isEmpty() ? begun(head, row(head)) : row(head);
            rows.add(random.nextInt(4) == 0 ? row : mutation.of(row, row(head)));
        }
        if (random.nextInt(8) == 0) {
            rows.add(random.nextInt(rows.size() + 1), CopyBytes.TRAILER);
        }
        return Frames.join(head, rows);
    }

    private byte[] head() {
        byte[] head = new byte[2 + random.nextInt(MOST_COLUMNS + 1)];
        head[0] = (byte) (random.nextInt(4) | (random.nextInt(4) == 0 ? 0 : CopyOrdeal.BEGUN));
        head[1] = (byte) (head.length - 2);
        for (int i = 2; i < head.length; i++) {
            head[i] = (byte) random.nextInt(EveryType.OIDS.size());
        }
        return head;
    }

    /** The first message has the header, unless that was sent before. */
    private byte[] begun(byte[] head, byte[] row) {
        return (head[0] & CopyOrdeal.BEGUN) != 0 ? row : CopyBytes.join(CopyBytes.header(), row);
    }

    private byte[] row(byte[] head) {
        Object[] fields = new Object[head.length - 2];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = random.nextInt(8) == 0 ? null : field(head[i + 2] & 0xFF);
        }
        return CopyBytes.row(fields);
    }

    private Object field(int type) {
        if (random.nextInt(GIANTS) == 0) {
            return Giants.VALUES.get(random.nextInt(Giants.VALUES.size()));
        }
        List<byte[]> fields = EveryType.FIELDS.get(random.nextInt(16) == 0 ? 0 : type);
        return fields.get(random.nextInt(fields.size()));
    }
}
