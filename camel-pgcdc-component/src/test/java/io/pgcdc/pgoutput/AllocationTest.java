package io.pgcdc.pgoutput;

import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.HexFormat;
import java.util.stream.IntStream;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.pgcdc.pgoutput.PgOutputBytes.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What the decoder makes for one row: nothing for one that nobody wants, else the row and nothing beside it. And what
 * it makes of rare messages, which must not grow with what came before them.
 */
class AllocationTest {

    private static final int ROWS = 100_000;

    private final com.sun.management.ThreadMXBean threads = threads();

    @Test
    void rows_that_are_not_wanted_cost_no_memory() {
        assertThat(bytesPerRow(false)).isLessThan(1);
    }

    @Test
    void a_row_costs_its_event_its_array_and_its_values() {
        // An event of some ten fields and an array of three, with room for wide references.
        assertThat(bytesPerRow(true)).isLessThan(200);
    }

    @Test
    void a_truncated_table_costs_its_event_however_often_a_message_names_it() {
        byte[] truncate = PgOutputBytes.truncate(IntStream.generate(() -> Feed.ITEM).limit(2_500).toArray());

        // Each is an OID of four bytes in the message, and an event of some ten fields.
        assertThat(bytesPerMessage(decoder(true), truncate) / 2_500).isLessThan(100);
    }

    @Test
    void a_table_announced_again_costs_the_same_among_thousands() {
        PgOutputDecoder decoder = decoder(true);
        for (int oid = 20_000; oid < 30_000; oid++) {
            feed(decoder, PgOutputBytes.relation(oid, "shop", "t" + oid, 'd'));
        }

        assertThat(bytesPerMessage(decoder, Feed.item())).isLessThan(2_000);
    }

    @ParameterizedTest
    @CsvSource({
            "600, 25, text, 6162", "50, 1700, numeric, 00030001000000020001092919c8",
            "50, 1700, numeric, 000600030000000200630929270f092919c800ff", "20, 1114, timestamp, 0002b5e3a1b2c3e8",
            "20, 1184, timestamptz, 0002b5e3a1b2c3e8", "20, 2950, uuid, 123e4567e89b12d3a456426614174000",
            "600, 1082, date, 00001234", "600, 1083, time, 00000005a1b2c3e8", "3, 25, text, LONG", "3, 17, bytea, LONG",
            "3, 1009, text[], ARRAY", "3, 1007, integer[], INTEGERS", "3, 1041, inet[], INETS",
            "600, 20, bigint, 00000000499602d2", "10, 3802, jsonb, JSONB" })
    void the_estimate_of_a_rows_memory_is_not_below_what_it_takes(int columns, long typeOid, String type, String value) {
        Object field = switch (value) {
            case "LONG" -> "x".repeat(10_000);
            case "JSONB" -> "\1" + "x".repeat(10_000);
            case "ARRAY" -> array("abcde");
            case "INTEGERS" -> array(1_000_000);
            case "INETS" -> "{" + "10.0.0.1,".repeat(1_000) + "10.0.0.1}";
            default -> HexFormat.of().parseHex(value);
        };
        TableSchema schema = new TableSchema(
                new TableId("shop", "wide"), 1, ReplicaIdentity.DEFAULT,
                IntStream.range(0, columns).mapToObj(i -> new Column("c" + i, typeOid, type, -1, true, false)).toList());
        byte[] row = CopyBytes.row(Collections.nCopies(columns, field).toArray());
        for (ValueStyle style : ValueStyle.values()) {
            CopyRowDecoder decoder = new CopyRowDecoder(schema, Codecs.of(style, true), Lsn.ZERO);
            Object[] values = decoder.decode(row, 0, row.length);
            long estimate = ChangeEvent.row(
                    Operation.READ, schema, values, null, Transaction.ofSnapshot(1), 1, 1, row.length).heapBytes();
            long taken = Footprint.of(values);
            assertThat(estimate).as("%s, style %s", type, style).isBetween(taken * 9 / 10, taken * 4);
        }
    }

    /** A thousand elements. */
    private static byte[] array(Object element) {
        byte[] bytes = CopyBytes.value(element);
        byte[][] parts = new byte[5 + 2_000][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = i < 5 ? CopyBytes.value(i == 3 ? 1_000 : 1) : i % 2 == 1 ? CopyBytes.value(bytes.length) : bytes;
        }
        return CopyBytes.join(parts);
    }

    private double bytesPerMessage(PgOutputDecoder decoder, byte[] message) {
        int times = 1_000;
        feed(decoder, message);
        long before = allocated();
        for (int i = 0; i < times; i++) {
            feed(decoder, message);
        }
        return (double) (allocated() - before) / times;
    }

    /** A decoder within a transaction that has announced two tables. */
    private static PgOutputDecoder decoder(boolean wanted) {
        PgOutputDecoder decoder = new PgOutputDecoder(
                Codecs.of(ValueStyle.PORTABLE, false), new Forgetful(wanted), ValueStyle.PORTABLE);
        feed(decoder, Feed.beginFirst());
        feed(decoder, Feed.item());
        feed(decoder, Feed.whole());
        return decoder;
    }

    private static void feed(PgOutputDecoder decoder, byte[] message) {
        decoder.decode(message, 0, message.length, Feed.LSN);
    }

    private double bytesPerRow(boolean wanted) {
        PgOutputDecoder decoder = decoder(wanted);
        byte[][] rows = { insert(Feed.ITEM, "7", null, null), insert(Feed.WHOLE, "7", null) };
        for (int i = 0; i < ROWS; i++) {
            feed(decoder, rows[i % 2]);
        }
        long before = allocated();
        for (int i = 0; i < ROWS; i++) {
            feed(decoder, rows[i % 2]);
        }
        return (double) (allocated() - before) / ROWS;
    }

    private long allocated() {
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static com.sun.management.ThreadMXBean threads() {
        java.lang.management.ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        assumeThat(bean).isInstanceOf(com.sun.management.ThreadMXBean.class);
        return (com.sun.management.ThreadMXBean) bean;
    }

    /** Wants everything or nothing, and keeps nothing. */
    private record Forgetful(boolean wanted) implements ChangeListener {

        @Override
        public void begin(Transaction transaction) {
        }

        @Override
        public Subscription relation(TableSchema announced, Transaction transaction, long lsn) {
            return new Subscription() {
                @Override
                public TableSchema schema() {
                    return announced;
                }

                @Override
                public boolean accepts(long commitLsn) {
                    return wanted;
                }
            };
        }

        @Override
        public void change(ChangeEvent event) {
        }

        @Override
        public void undecodable(ChangeEvent event, PgCdcException cause) {
        }

        @Override
        public void message(ChangeEvent message, boolean transactional) {
        }

        @Override
        public void commit(Transaction transaction, long endLsn, long changes) {
        }
    }
}
