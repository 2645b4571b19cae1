package io.pgcdc.pgoutput;

import java.lang.management.ManagementFactory;
import java.util.stream.IntStream;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;
import org.junit.jupiter.api.Test;

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
