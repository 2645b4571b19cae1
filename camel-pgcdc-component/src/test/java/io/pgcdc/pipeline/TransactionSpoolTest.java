package io.pgcdc.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TransactionSpoolTest {

    private final TransactionSpool spool = new TransactionSpool();

    @Test
    void messages_come_back_in_order_from_memory_and_from_a_file_without_aborted_parts() throws IOException {
        add(1, 2);
        add(2, 300_000);
        spool.moveToFile();
        add(1, 0);
        add(3, 70_000);
        spool.abort(2);
        assertThat(lengths()).containsExactly(2, 0, 70_000);
        spool.close();
    }

    @Test
    void a_file_outlives_an_interrupt_of_its_thread() throws IOException {
        add(1, 10);
        spool.moveToFile();
        Thread.currentThread().interrupt();
        try {
            add(1, 400_000);
            assertThat(lengths()).containsExactly(10, 400_000);
            spool.close();
        } finally {
            assertThat(Thread.interrupted()).as("still told").isTrue();
        }
    }

    private void add(long part, int length) throws IOException {
        spool.add(part, ByteBuffer.allocate(length), 1);
    }

    private List<Integer> lengths() throws IOException {
        List<Integer> lengths = new ArrayList<>();
        TransactionSpool.Reader reader = spool.read();
        for (ByteBuffer message = reader.next(); message != null; message = reader.next()) {
            lengths.add(message.remaining());
        }
        return lengths;
    }
}
