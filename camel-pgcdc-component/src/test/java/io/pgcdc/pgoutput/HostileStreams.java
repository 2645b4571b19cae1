package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Streams for {@link StreamOrdeal}: captured and made ones, most of them spoiled. */
final class HostileStreams implements Supplier<byte[]> {

    private static final List<byte[]> GOLDEN = List.copyOf(GoldenMessages.all().values());
    private static final List<byte[]> CAPTURED = bytes(CapturedStream.TRANSACTION);
    private static final List<byte[]> CAPTURED_MESSAGE = bytes(CapturedStream.MESSAGE_AND_TRANSACTION);

    private static final int OID = 16405;
    /** One value or message of so many is a giant: they are slow to make and to read. */
    private static final int GIANTS = 500;
    private static final int[] ALL_TYPES = IntStream.range(0, EveryType.OIDS.size()).toArray();

    private final Random random;
    private final Mutation mutation;

    HostileStreams(Random random) {
        this.random = random;
        this.mutation = new Mutation(random);
    }

    /** Well-formed streams that between them hold every kind of message and every type. */
    static List<byte[]> seeds() {
        HostileStreams streams = new HostileStreams(new Random(1));
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(Frames.join(new byte[] { 0 }, CAPTURED));
        seeds.add(Frames.join(new byte[] { StreamOrdeal.JAVA_STYLE }, CAPTURED_MESSAGE));
        GOLDEN.forEach(message -> seeds.add(
                Frames.join(new byte[] { StreamOrdeal.IN_TRANSACTION }, List.of(message))));
        for (int options = 0; options < 8; options++) {
            byte[] head = { (byte) options };
            seeds.add(Frames.join(head, streams.transactionOfOneTable()));
            seeds.add(Frames.join(head, streams.changesOfEveryType()));
        }
        return seeds;
    }

    @Override
    public byte[] get() {
        List<byte[]> messages = new ArrayList<>(wellFormed());
        int options = random.nextInt(8);
        for (int i = random.nextInt(4); i > 0 && !messages.isEmpty(); i--) {
            spoil(messages);
        }
        return Frames.join(new byte[] { (byte) options }, messages);
    }

    private List<byte[]> wellFormed() {
        return switch (random.nextInt(16)) {
            case 0 -> CAPTURED;
            case 1 -> CAPTURED_MESSAGE;
            case 2, 3, 4 -> List.of(any(GOLDEN), any(GOLDEN));
            case 5, 6, 7 -> changesOfEveryType();
            default -> transactionOfOneTable();
        };
    }

    private void spoil(List<byte[]> messages) {
        int at = random.nextInt(messages.size());
        switch (random.nextInt(10)) {
            case 0 -> messages.add(at, messages.get(random.nextInt(messages.size())));
            case 1 -> messages.set(at, messages.set(random.nextInt(messages.size()), messages.get(at)));
            case 2 -> messages.remove(at);
            case 3 -> messages.add(at, any(random.nextInt(GIANTS / 10) == 0 ? Giants.MESSAGES : GOLDEN));
            default -> messages.set(at, mutation.of(messages.get(at), messages.get(random.nextInt(messages.size()))));
        }
    }

    /** The announcement of a table of some types, and changes of it. */
    private List<byte[]> transactionOfOneTable() {
        int[] types = random.ints(1 + random.nextInt(5), 0, EveryType.OIDS.size()).toArray();
        PgOutputBytes.Column[] columns = new PgOutputBytes.Column[types.length];
        for (int i = 0; i < types.length; i++) {
            columns[i] = EveryType.column(i, types[i]);
        }
        List<byte[]> messages = new ArrayList<>();
        messages.add(Feed.beginFirst());
        messages.add(PgOutputBytes.relation(OID, "shop", "hostile", random.nextBoolean() ? 'd' : 'f', columns));
        for (int i = random.nextInt(3); i >= 0; i--) {
            messages.add(change(OID, types));
        }
        messages.add(Feed.commitFirst());
        return messages;
    }

    private List<byte[]> changesOfEveryType() {
        return List.of(EveryType.relation(), change(EveryType.OID, ALL_TYPES), change(EveryType.OID, ALL_TYPES));
    }

    private byte[] change(int oid, int[] types) {
        return switch (random.nextInt(7)) {
            case 0 -> PgOutputBytes.update(oid, row(types));
            case 1 -> PgOutputBytes.updateWithKey(oid, row(types), row(types));
            case 2 -> PgOutputBytes.updateWithOldRow(oid, row(types), row(types));
            case 3 -> PgOutputBytes.deleteByKey(oid, row(types));
            case 4 -> PgOutputBytes.deleteWithOldRow(oid, row(types));
            default -> PgOutputBytes.insert(oid, row(types));
        };
    }

    private Object[] row(int[] types) {
        Object[] row = new Object[types.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = random.nextInt(GIANTS) == 0 ? any(Giants.VALUES) : value(types[i]);
        }
        return row;
    }

    private Object value(int type) {
        return switch (random.nextInt(16)) {
            case 0 -> null;
            case 1 -> PgOutputBytes.UNCHANGED;
            case 2 -> any(any(EveryType.VALUES));
            case 3, 4 -> spoiled(any(EveryType.VALUES.get(type)));
            default -> any(EveryType.VALUES.get(type));
        };
    }

    /** A value that is none of its type, perhaps, in a message that is right about its length. */
    private String spoiled(String value) {
        byte[] other = any(any(EveryType.VALUES)).getBytes(StandardCharsets.UTF_8);
        return new String(mutation.of(value.getBytes(StandardCharsets.UTF_8), other), StandardCharsets.ISO_8859_1);
    }

    private <T> T any(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }

    private static List<byte[]> bytes(List<CapturedStream.Message> messages) {
        return messages.stream().map(CapturedStream.Message::bytes).toList();
    }
}
