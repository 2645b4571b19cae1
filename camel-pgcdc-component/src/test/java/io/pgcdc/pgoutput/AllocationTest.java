package io.pgcdc.pgoutput;

import java.lang.management.ManagementFactory;

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

/** What the decoder makes for one row: nothing for one that nobody wants, else the row and nothing beside it. */
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

    private double bytesPerRow(boolean wanted) {
        PgOutputDecoder decoder = new PgOutputDecoder(
                Codecs.of(ValueStyle.PORTABLE, false), new Forgetful(wanted), ValueStyle.PORTABLE);
        byte[][] messages = {
                Feed.beginFirst(), Feed.item(), Feed.whole(), insert(Feed.ITEM, "7", null, null),
                insert(Feed.WHOLE, "7", null) };
        for (byte[] message : messages) {
            decoder.decode(message, 0, message.length, Feed.LSN);
        }
        for (int i = 0; i < ROWS; i++) {
            decoder.decode(messages[3 + i % 2], 0, messages[3 + i % 2].length, Feed.LSN);
        }
        long before = allocated();
        for (int i = 0; i < ROWS; i++) {
            decoder.decode(messages[3 + i % 2], 0, messages[3 + i % 2].length, Feed.LSN);
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
        public void commit(Transaction transaction, long endLsn) {
        }
    }
}
