package io.pgcdc.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TransactionSpoolsTest {

    private final TransactionSpools spools = new TransactionSpools(1 << 20);

    @AfterEach
    void close() throws IOException {
        spools.close();
    }

    @Test
    void transactions_that_announce_a_relation_alike_agree() {
        assertThat(spools.agreeOn(relation(1, "a, b"), 7)).isTrue();
        assertThat(spools.agreeOn(relation(1, "a, b"), 8)).isTrue();
        assertThat(spools.agreeOn(relation(1, "a, b"), 0)).isTrue();
        assertThat(spools.agreeOn(relation(2, "c"), 0)).as("another relation").isTrue();
    }

    @Test
    void a_transaction_may_change_what_it_has_announced_itself() {
        assertThat(spools.agreeOn(relation(1, "a"), 7)).isTrue();
        assertThat(spools.agreeOn(relation(1, "a, b"), 7)).isTrue();
        assertThat(spools.agreeOn(relation(1, "a, b"), 0)).isTrue();
    }

    @Test
    void an_announcement_that_differs_from_that_of_a_transaction_in_progress_is_told() throws IOException {
        assertThat(spools.agreeOn(relation(1, "a, b"), 7)).isTrue();
        assertThat(spools.agreeOn(relation(1, "a, c"), 0)).as("in order").isFalse();
        assertThat(spools.agreeOn(relation(1, "a, c"), 8)).as("in progress").isFalse();
        spools.remove(7).close();
        assertThat(spools.agreeOn(relation(1, "a, c"), 0)).as("when it is over").isTrue();
    }

    @Test
    void many_transactions_at_once_take_little_beyond_their_bound() throws IOException {
        long before = used();
        for (long xid = 1; xid <= 200; xid++) {
            for (int i = 0; i < 2; i++) {
                spools.add(xid, xid, ByteBuffer.allocate(10_000), 1);
            }
        }
        assertThat(used() - before).isLessThan(12 << 20);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static ByteBuffer relation(int oid, String columns) {
        byte[] text = columns.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + text.length).put((byte) 'R').putInt(oid).put(text).flip();
    }
}
