package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.LongStream;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.Subscription;
import io.pgcdc.state.MemoryStateStore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A delivery thread with a destination that answers when the test says so. Changes are known by their ordinal. */
class DeliveryWorkerTest {

    private static final long TABLE = 7;
    private static final TableSchema SCHEMA
            = new TableSchema(new TableId("public", "t"), TABLE, ReplicaIdentity.DEFAULT, List.of());

    private final PipelineSettings settings = new PipelineSettings("p", "p").batching(true)
            .failurePolicy(PipelineSettings.FailurePolicy.SKIP)
            .retry(new RetryPolicy(0, Duration.ofMillis(1), Duration.ofMillis(1)));
    private final Control control = new Control();
    private final WorkerScope scope = new WorkerScope(control::isStopping);
    private final WindowQueue windows = new WindowQueue(10);
    private final InFlightLimit limit = new InFlightLimit(10);
    private final AckTracker tracker = new AckTracker(0, new ByteBudget(Long.MAX_VALUE));
    private final PipelineCounters counters = new PipelineCounters();
    private final List<List<Long>> handedOver = Collections.synchronizedList(new ArrayList<>());
    private final Map<List<Long>, Completion> answers = Collections.synchronizedMap(new HashMap<>());
    private volatile Predicate<ChangeEvent> owned = event -> true;
    private volatile Predicate<List<Long>> failing;
    private DeliveryWorker worker;
    private Thread thread;

    @AfterEach
    void stop() throws InterruptedException {
        control.stop();
        thread.join();
        assertThat(scope.failure()).isNull();
    }

    @Test
    void a_change_that_waited_while_its_table_was_taken_away_is_not_handed_over() {
        assertThat(limit.tryAcquire(10, 0)).isTrue();
        start();
        deliver(1);
        awaitIn("tryAcquire");
        owned = event -> false;
        assertThat(tracker.isOutstanding(TABLE)).isFalse();
        limit.release(10);
        Awaitility.await().until(() -> worker.finishedWindows() == 1);
        assertThat(handedOver).isEmpty();
        assertThat(limit.inFlight()).isZero();
        assertThat(tracker.awaitEmpty(0)).isTrue();
    }

    @Test
    void a_change_counts_as_outstanding_before_it_is_asked_whose_it_is() {
        List<Boolean> outstanding = Collections.synchronizedList(new ArrayList<>());
        owned = event -> outstanding.add(tracker.isOutstanding(TABLE));
        start();
        deliver(1);
        Awaitility.await().until(() -> worker.finishedWindows() == 1);
        assertThat(outstanding).containsExactly(true);
    }

    @Test
    void skip_decides_on_the_failure_that_is_first_when_everything_has_settled() {
        start();
        deliver(1);
        deliver(2, 3, 4);
        Awaitility.await().until(() -> handedOver.size() == 2);
        failing = changes -> changes.contains(1L) || changes.contains(3L);
        answers.get(List.of(2L, 3L, 4L)).failed(new IllegalStateException("no"));
        awaitIn("awaitSettled");
        answers.get(List.of(1L)).failed(new IllegalStateException("no"));
        Awaitility.await().until(() -> worker.finishedWindows() == 2 && tracker.awaitEmpty(0));
        assertThat(counters.read().skipped()).isEqualTo(2);
        assertThat(handedOver).contains(List.of(2L), List.of(4L));
    }

    @Test
    void what_failed_while_something_else_was_in_flight_is_not_skipped_before_it_has_failed_alone() {
        start();
        deliver(1);
        deliver(2);
        Awaitility.await().until(() -> handedOver.size() == 2);
        failing = changes -> false;
        answers.get(List.of(2L)).failed(new IllegalStateException("no"));
        answers.get(List.of(1L)).done();
        Awaitility.await().until(() -> worker.finishedWindows() == 2 && tracker.awaitEmpty(0));
        assertThat(handedOver).containsExactly(List.of(1L), List.of(2L), List.of(2L));
        assertThat(counters.read().skipped()).isZero();
        assertThat(tracker.confirmed()).isEqualTo(103);
        assertThat(limit.inFlight()).isZero();
    }

    @Test
    void what_failed_with_nothing_else_in_flight_is_skipped_at_once() {
        failing = changes -> changes.contains(2L);
        start();
        deliver(1);
        deliver(2);
        deliver(3);
        Awaitility.await().until(() -> worker.finishedWindows() == 3 && tracker.awaitEmpty(0));
        assertThat(handedOver).containsExactly(List.of(1L), List.of(2L), List.of(3L));
        assertThat(counters.read().skipped()).isEqualTo(1);
        assertThat(tracker.confirmed()).isEqualTo(104);
    }

    private void start() {
        MemoryStateStore states = new MemoryStateStore();
        worker = new DeliveryWorker(
                settings, control, scope, windows, new Writer(), limit, tracker,
                new FailureHandling(settings, states, new TableRegistry(), counters), new Routing(), () -> {
                });
        thread = new Thread(worker, "delivery");
        thread.start();
    }

    /** Waits until the worker waits in a method. */
    private void awaitIn(String method) {
        Awaitility.await().until(
                () -> Arrays.stream(thread.getStackTrace()).anyMatch(frame -> frame.getMethodName().equals(method)));
    }

    private void deliver(long... ordinals) {
        Transaction transaction = new Transaction(1, 100 + ordinals[0], 100 + ordinals[0], null);
        List<ChangeEvent> events = LongStream.of(ordinals)
                .mapToObj(
                        ordinal -> ChangeEvent.row(
                                Operation.INSERT, SCHEMA, new Object[0], null, transaction, 100 + ordinal, ordinal, 10))
                .toList();
        assertThat(windows
                .offer(new Window(List.of(new Delivery(events, 100 + ordinals[0], System.nanoTime())), 101 + ordinals[0]), 0))
                .isTrue();
    }

    /** Answers later, until it is known which changes fail. */
    private final class Writer implements Destination {
        @Override
        public void writeTableRows(List<ChangeEvent> rows, Completion completion) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void writeEvents(List<ChangeEvent> events, Completion completion) {
            List<Long> changes = events.stream().map(ChangeEvent::ordinal).toList();
            handedOver.add(changes);
            if (failing == null) {
                answers.put(changes, completion);
            } else if (failing.test(changes)) {
                completion.failed(new IllegalStateException("no"));
            } else {
                completion.done();
            }
        }
    }

    private final class Routing implements StreamRouting {
        @Override
        public boolean owns(ChangeEvent event) {
            return owned.test(event);
        }

        @Override
        public Subscription subscribe(TableSchema announced, Transaction transaction, StreamRun run) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean begin(Transaction transaction) {
            return true;
        }

        @Override
        public boolean boundary(long lsn) {
            return true;
        }

        @Override
        public boolean awaitsBoundary() {
            return false;
        }

        @Override
        public boolean tellsTransactions() {
            return true;
        }
    }
}
