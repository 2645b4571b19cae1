package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Rows for {@link CopyOrdeal}, most of them spoiled. */
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
            seeds.add(Frames.join(head, List.of(rows.row(head), rows.row(head))));
        }
        return seeds;
    }

    @Override
    public byte[] get() {
        byte[] head = head();
        List<byte[]> rows = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            byte[] row = row(head);
            rows.add(random.nextInt(4) == 0 ? row : mutation.of(row, row(head)));
        }
        return Frames.join(head, rows);
    }

    private byte[] head() {
        byte[] head = new byte[2 + random.nextInt(MOST_COLUMNS + 1)];
        head[0] = (byte) random.nextInt(4);
        head[1] = (byte) (head.length - 2);
        for (int i = 2; i < head.length; i++) {
            head[i] = (byte) random.nextInt(EveryType.OIDS.size());
        }
        return head;
    }

    private byte[] row(byte[] head) {
        StringBuilder row = new StringBuilder();
        for (int i = 2; i < head.length; i++) {
            row.append(i == 2 ? "" : "\t").append(random.nextInt(8) == 0 ? "\\N" : escaped(value(head[i] & 0xFF)));
        }
        return row.append(random.nextBoolean() ? "\n" : "").toString().getBytes(StandardCharsets.UTF_8);
    }

    private String value(int type) {
        if (random.nextInt(GIANTS) == 0) {
            return Giants.VALUES.get(random.nextInt(Giants.VALUES.size()));
        }
        List<String> values = EveryType.VALUES.get(random.nextInt(16) == 0 ? 0 : type);
        return values.get(random.nextInt(values.size()));
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }
}
