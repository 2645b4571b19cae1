package io.pgcdc.benchmarks.micro;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

import io.pgcdc.model.Column;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;

/** A row of the order table that everything else is measured with, as the stream and as COPY send it. */
final class Orders {

    private static final int RELATION = 4711;
    private static final List<String> NAMES = List.of(
            "id", "customer", "status", "amount", "created", "updated", "ref", "attributes", "paid", "weight", "note");
    private static final int[] TYPES = { 20, 23, 25, 1700, 1184, 1114, 2950, 3802, 16, 701, 25 };
    private static final List<String> TEXTS = List.of(
            "1234567", "567", "paid", "1691356.79", "2026-01-25 07:01:03.9+00", "2026-02-02 20:46:44.1",
            "fcea920f-7412-b5da-7be0-cf42b8c93759", "{\"sku\": \"A-1234567\", \"gift\": false, \"quantity\": 1}", "f",
            "1111.1107055554814", "note of order 1234567");

    static final TableSchema SCHEMA = new TableSchema(
            new TableId("public", "orders"), RELATION, ReplicaIdentity.DEFAULT,
            IntStream.range(0, NAMES.size())
                    .mapToObj(i -> new Column(NAMES.get(i), TYPES[i], null, -1, i > 0, i == 0, i + 1, null, null))
                    .toList());

    private Orders() {
    }

    private interface Content {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            content.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] begin() {
        return bytes(out -> {
            out.writeByte('B');
            out.writeLong(5_000);
            out.writeLong(800_000_000_000_000L);
            out.writeInt(7);
        });
    }

    static byte[] relation() {
        return bytes(out -> {
            out.writeByte('R');
            out.writeInt(RELATION);
            string(out, "public");
            string(out, "orders");
            out.writeByte('d');
            out.writeShort(NAMES.size());
            for (int i = 0; i < NAMES.size(); i++) {
                out.writeByte(i == 0 ? 1 : 0);
                string(out, NAMES.get(i));
                out.writeInt(TYPES[i]);
                out.writeInt(-1);
            }
        });
    }

    static byte[] insert() {
        return bytes(out -> {
            out.writeByte('I');
            out.writeInt(RELATION);
            out.writeByte('N');
            out.writeShort(TEXTS.size());
            for (String text : TEXTS) {
                out.writeByte('t');
                field(out, text.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** The same with values in their types' binary form. */
    static byte[] insertBinary() {
        return bytes(out -> {
            out.writeByte('I');
            out.writeInt(RELATION);
            out.writeByte('N');
            out.writeShort(TEXTS.size());
            for (byte[] value : binary()) {
                out.writeByte('b');
                field(out, value);
            }
        });
    }

    /** A row of COPY's binary format, without its header. */
    static byte[] copied() {
        return bytes(out -> {
            out.writeShort(TEXTS.size());
            for (byte[] value : binary()) {
                field(out, value);
            }
        });
    }

    /** A value of each column in its binary form. */
    static List<byte[]> binary() {
        return List.of(
                bytes(value -> value.writeLong(1_234_567)), bytes(value -> value.writeInt(567)), text(2), bytes(value -> {
                    // three digits of base 10,000, the first of weight 1; no sign; two places
                    for (int part : new int[] { 3, 1, 0, 2, 169, 1_356, 7_900 }) {
                        value.writeShort(part);
                    }
                }), bytes(value -> value.writeLong(822_639_663_900_000L)),
                bytes(value -> value.writeLong(823_380_404_100_000L)),
                bytes(value -> {
                    value.writeLong(0xFCEA920F7412B5DAL);
                    value.writeLong(0x7BE0CF42B8C93759L);
                }), bytes(value -> {
                    value.writeByte(1);
                    value.write(text(7));
                }), bytes(value -> value.writeByte(0)), bytes(value -> value.writeDouble(1_111.1107055554814)), text(10));
    }

    static int index(String column) {
        return NAMES.indexOf(column);
    }

    /** The value of a column as text. */
    static byte[] text(int column) {
        return TEXTS.get(column).getBytes(StandardCharsets.UTF_8);
    }

    private static void string(DataOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.writeByte(0);
    }

    private static void field(DataOutputStream out, byte[] value) throws IOException {
        out.writeInt(value.length);
        out.write(value);
    }
}
