package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.state.MemoryStateStore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Rows of a copy on their way to a destination that the test plays. Rows are known by their ordinal. */
class CopyWriterTest {

    private static final TableSchema SCHEMA
            = new TableSchema(new TableId("public", "t"), 7, ReplicaIdentity.DEFAULT, List.of());

    private final PipelineSettings settings = new PipelineSettings("p", "p")
            .failurePolicy(PipelineSettings.FailurePolicy.SKIP)
            .retry(new RetryPolicy(0, Duration.ofMillis(1), Duration.ofMillis(1)));
    private final Control control = new Control();
    private final WorkerScope scope = new WorkerScope(control::isStopping);
    private final InFlightLimit limit = new InFlightLimit(10);
    private ByteBudget budget = new ByteBudget(Long.MAX_VALUE);
    private final PipelineCounters counters = new PipelineCounters();
    private final List<Long> handedOver = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void a_copy_that_ends_while_a_row_waits_gives_back_what_was_taken_for_it(boolean suspended) throws InterruptedException {
        limit.tryAcquire(10, 0);
        control.suspend(suspended);
        CopyWriter writer = writer((row, completion) -> completion.done());
        Thread thread = new Thread(() -> {
            try {
                writer.write(row(1));
            } catch (StoppedException e) {
                // as it should
            }
        });
        thread.start();
        Awaitility.await().until(() -> waitsIn(thread, suspended ? "pause" : "tryAcquire") && budget.used() > 0);
        scope.end();
        thread.join();
        writer.close();
        assertThat(budget.used()).isZero();
        assertThat(limit.inFlight()).isEqualTo(10);
        assertThat(handedOver).isEmpty();
    }

    @Test
    void what_is_complete_is_given_back() {
        CopyWriter writer = writer((row, completion) -> completion.done());
        writer.write(row(1));
        writer.complete();
        assertThat(budget.used()).isZero();
        assertThat(limit.inFlight()).isZero();
    }

    @Test
    void what_has_failed_keeps_its_bytes_until_it_is_given_up() {
        settings.failurePolicy(PipelineSettings.FailurePolicy.ISOLATE_TABLE);
        List<Long> used = new ArrayList<>();
        CopyWriter writer = writer((row, completion) -> {
            used.add(budget.used());
            completion.failed(new IllegalStateException("no"));
            used.add(budget.used());
        });
        assertThatThrownBy(() -> writer.write(row(1))).isInstanceOf(TableGivenUp.class);
        assertThat(used).hasSize(2).doesNotContain(0L);
        writer.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void what_has_failed_is_delivered_again_though_the_next_row_waits_for_its_room() throws InterruptedException {
        settings.retry(new RetryPolicy(-1, Duration.ofMillis(1), Duration.ofMillis(1)));
        budget = new ByteBudget(5_000);
        Queue<Completion> first = new ConcurrentLinkedQueue<>();
        CopyWriter writer = writer((row, completion) -> {
            if (handedOver.size() == 1) {
                first.add(completion);
            } else {
                completion.done();
            }
        });
        Thread thread = new Thread(() -> {
            writer.write(row(1));
            writer.write(row(2));
            writer.complete();
        });
        thread.start();
        Awaitility.await().until(() -> waitsIn(thread, "acquire"));
        first.remove().failed(new IllegalStateException("no"));
        Awaitility.await().until(() -> !thread.isAlive());
        assertThat(handedOver).containsExactly(1L, 1L, 2L);
        assertThat(budget.used()).isZero();
    }

    @Test
    void an_answer_after_the_end_gives_nothing_back_twice() {
        List<Completion> late = new ArrayList<>();
        CopyWriter writer = writer((row, completion) -> late.add(completion));
        writer.write(row(1));
        writer.close();
        assertThat(budget.used()).isZero();
        late.get(0).done();
        assertThat(budget.used()).isZero();
        assertThat(limit.inFlight()).isZero();
    }

    @Test
    void of_rows_that_failed_together_only_that_is_skipped_which_fails_alone() {
        List<Long> group = new ArrayList<>();
        List<Completion> completions = new ArrayList<>();
        List<Long> passed = new ArrayList<>();
        Runnable send = () -> {
            boolean fails = group.contains(3L);
            if (!fails) {
                passed.addAll(group);
            }
            group.clear();
            List<Completion> all = List.copyOf(completions);
            completions.clear();
            all.forEach(completion -> {
                if (fails) {
                    completion.failed(new IllegalStateException("no"));
                } else {
                    completion.done();
                }
            });
        };
        // Groups of five; a smaller one is sent when nothing has come for a while.
        Thread timeout = new Thread(() -> {
            while (!scope.isOver()) {
                int size = handedOver.size();
                Control.pause(20);
                synchronized (group) {
                    if (size == handedOver.size() && !group.isEmpty()) {
                        send.run();
                    }
                }
            }
        });
        timeout.start();
        CopyWriter writer = writer((row, completion) -> {
            synchronized (group) {
                group.add(row);
                completions.add(completion);
                if (group.size() == 5) {
                    send.run();
                }
            }
        });
        for (int row = 1; row <= 10; row++) {
            writer.write(row(row));
        }
        writer.complete();
        scope.end();
        assertThat(counters.read().skipped()).isEqualTo(1);
        assertThat(passed).doesNotContain(3L).contains(1L, 2L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(budget.used()).isZero();
        assertThat(limit.inFlight()).isZero();
    }

    private CopyWriter writer(Route route) {
        return new CopyWriter(
                settings, control, scope, new Writer(route), limit, budget, new CopyHandOvers(),
                new FailureHandling(settings, new MemoryStateStore(), new TableRegistry(), counters), Lsn.of(100), range -> {
                });
    }

    private static ChangeEvent row(long ordinal) {
        Transaction transaction = Transaction.ofSnapshot(100);
        return ChangeEvent.row(Operation.READ, SCHEMA, new Object[0], null, transaction, 100, ordinal, 10);
    }

    private static boolean waitsIn(Thread thread, String method) {
        return Arrays.stream(thread.getStackTrace()).anyMatch(frame -> frame.getMethodName().equals(method));
    }

    private interface Route {
        void process(long row, Completion completion);
    }

    private final class Writer implements Destination {
        private final Route route;

        private Writer(Route route) {
            this.route = route;
        }

        @Override
        public void writeTableRows(List<ChangeEvent> rows, Completion completion) {
            handedOver.add(rows.get(0).ordinal());
            route.process(rows.get(0).ordinal(), completion);
        }

        @Override
        public void writeEvents(List<ChangeEvent> events, Completion completion) {
            throw new UnsupportedOperationException();
        }
    }
}
