package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WindowBuilderTest {

    private static final TableSchema A = schema("a");
    private static final TableSchema B = schema("b");

    private final List<Window> windows = new ArrayList<>();
    private final PipelineSettings settings = new PipelineSettings("p", "p").batching(true).maxBatchSize(4)
            .maxBatchDelay(Duration.ofHours(1));
    private long lsn = 100;

    @Test
    void interleaved_tables_make_one_batch_each() {
        WindowBuilder builder = new WindowBuilder(settings, 0, windows::add);
        for (int i = 0; i < 4; i++) {
            transaction(builder, A, B);
        }
        assertThat(sizes()).containsExactly("a4", "b4");
        assertThat(windows.get(0).boundary()).isEqualTo(lsn);
    }

    @Test
    void batches_may_be_as_large_as_a_number_can_be() {
        settings.maxBatchSize(Integer.MAX_VALUE).maxInFlight(Integer.MAX_VALUE);
        WindowBuilder builder = new WindowBuilder(settings, 0, windows::add);
        for (int i = 0; i < 4; i++) {
            transaction(builder, A, B);
        }
        builder.emit();
        assertThat(sizes()).containsExactly("a4", "b4");
    }

    @Test
    void batches_end_at_commits_where_the_bounds_allow() {
        WindowBuilder builder = new WindowBuilder(settings, 0, windows::add);
        transaction(builder, A, A);
        long whole = lsn;
        transaction(builder, A, A, A);
        builder.emit();
        assertThat(sizes()).containsExactly("a2", "a3");
        assertThat(windows.get(0).boundary()).isEqualTo(whole);
    }

    @Test
    void a_large_transaction_goes_out_in_parts_that_confirm_nothing_of_it() {
        WindowBuilder builder = new WindowBuilder(settings, 100, windows::add);
        transaction(builder, A, A, A, A, A, A);
        builder.emit();
        assertThat(sizes()).containsExactly("a4", "a2");
        assertThat(windows.get(0).boundary()).isEqualTo(100);
        assertThat(windows.get(1).boundary()).isEqualTo(lsn);
    }

    @Test
    void a_truncate_stands_alone_between_batches() {
        WindowBuilder builder = new WindowBuilder(settings, 0, windows::add);
        Transaction transaction = new Transaction(1, lsn, lsn, null);
        builder.begin(transaction);
        builder.add(row(A, transaction));
        builder.add(new TruncateEvent(A, false, false, transaction, lsn, 1));
        builder.add(row(A, transaction));
        builder.emit();
        assertThat(sizes()).containsExactly("a1", "a1", "a1");
    }

    @Test
    void a_deliverys_floor_is_never_above_that_of_one_behind_it() {
        WindowBuilder builder = new WindowBuilder(settings, 0, windows::add);
        transaction(builder, A, A, A, A, B);
        transaction(builder, A);
        builder.emit();
        List<Long> floors = windows.stream().flatMap(w -> w.deliveries().stream()).map(d -> d.floorLsn).toList();
        assertThat(floors).isSorted();
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void a_window_ends_before_its_rows_take_more_memory_than_their_share(boolean batching) {
        settings.batching(batching).maxBatchSize(1_000).maxInFlightBytes(8 << 20);
        TableSchema wide = new TableSchema(
                new TableId("public", "wide"), 1, ReplicaIdentity.DEFAULT,
                IntStream.range(0, 600).mapToObj(i -> new Column("c" + i, 25, "text", -1, true, false)).toList());
        WindowBuilder builder = new WindowBuilder(settings, 0, windows::add);
        for (int i = 0; i < 1_000; i++) {
            transaction(builder, wide);
        }
        assertThat(windows).hasSizeGreaterThan(10);
        assertThat(windows).allSatisfy(window -> assertThat(window.heapBytes()).isBetween(512L << 10, 1L << 20));
    }

    private List<String> sizes() {
        return windows.stream().flatMap(w -> w.deliveries().stream())
                .map(d -> d.first().table().name() + d.size())
                .toList();
    }

    private void transaction(WindowBuilder builder, TableSchema... tables) {
        Transaction transaction = new Transaction(1, lsn + 5, lsn, null);
        builder.begin(transaction);
        for (TableSchema table : tables) {
            builder.add(row(table, transaction));
        }
        lsn += 10;
        builder.commit(lsn);
    }

    private static ChangeEvent row(TableSchema table, Transaction transaction) {
        return ChangeEvent.row(Operation.INSERT, table, new Object[table.columns().size()], null, transaction, 1, 0, 10);
    }

    private static TableSchema schema(String name) {
        return new TableSchema(new TableId("public", name), 1, ReplicaIdentity.DEFAULT, List.of());
    }
}
