package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AckTrackerTest {

    private static final TableSchema SCHEMA
            = new TableSchema(new TableId("public", "t"), 1, ReplicaIdentity.DEFAULT, List.of());
    private static final IllegalStateException FAILURE = new IllegalStateException("no");

    private final AckTracker tracker = new AckTracker(10, new ByteBudget(Long.MAX_VALUE));

    @Test
    void nothing_is_confirmed_before_it_is_complete() {
        Delivery first = delivery(10);
        int attempt = tracker.add(first);
        tracker.boundary(20);
        assertThat(tracker.confirmed()).isEqualTo(10);
        tracker.settle(first, attempt, null);
        assertThat(tracker.confirmed()).isEqualTo(20);
    }

    @Test
    void what_completes_out_of_order_waits_for_what_is_before_it() {
        Delivery first = delivery(10);
        Delivery second = delivery(20);
        Delivery third = delivery(30);
        int one = tracker.add(first);
        int two = tracker.add(second);
        int three = tracker.add(third);
        tracker.boundary(40);
        tracker.settle(third, three, null);
        tracker.settle(second, two, null);
        assertThat(tracker.confirmed()).isEqualTo(10);
        tracker.settle(first, one, null);
        assertThat(tracker.confirmed()).isEqualTo(40);
    }

    @Test
    void a_transaction_of_several_deliveries_is_confirmed_only_whole() {
        Delivery first = delivery(10);
        Delivery second = delivery(10);
        tracker.settle(first, tracker.add(first), null);
        int two = tracker.add(second);
        assertThat(tracker.confirmed()).isEqualTo(10);
        tracker.boundary(20);
        tracker.settle(second, two, null);
        assertThat(tracker.confirmed()).isEqualTo(20);
    }

    @Test
    void a_failure_takes_everything_behind_it_along_and_confirms_none_of_it() {
        Delivery first = delivery(10);
        Delivery second = delivery(20);
        Delivery third = delivery(30);
        tracker.settle(first, tracker.add(first), null);
        tracker.settle(second, tracker.add(second), FAILURE);
        tracker.settle(third, tracker.add(third), null);
        tracker.boundary(40);
        assertThat(tracker.hasFailure()).isTrue();
        assertThat(tracker.takeFromFirstFailure()).containsExactly(second, third);
        assertThat(tracker.hasFailure()).isFalse();
        assertThat(tracker.confirmed()).isEqualTo(20);
        int two = tracker.add(second);
        int three = tracker.add(third);
        tracker.settle(third, three, null);
        tracker.settle(second, two, null);
        tracker.boundary(40);
        assertThat(tracker.confirmed()).isEqualTo(40);
    }

    @Test
    void a_delivery_is_in_order_when_nothing_of_its_table_is_open_before_it() {
        Delivery first = delivery(10);
        Delivery second = delivery(20);
        Delivery ofAnother = delivery(20, 2);
        int one = tracker.add(first);
        tracker.add(ofAnother);
        int two = tracker.add(second);
        assertThat(first.inOrder).isTrue();
        assertThat(ofAnother.inOrder).isTrue();
        assertThat(second.inOrder).isFalse();
        tracker.settle(second, two, null);
        tracker.settle(first, one, FAILURE);
        Delivery third = delivery(30);
        tracker.add(third);
        assertThat(third.inOrder).as("behind one that has failed").isFalse();
        tracker.takeFromFirstFailure();
        tracker.settle(first, tracker.add(first), null);
        tracker.add(second);
        assertThat(first.inOrder).as("again").isTrue();
        assertThat(second.inOrder).as("behind one that is done").isTrue();
    }

    @Test
    void a_delivery_is_in_order_behind_one_that_was_given_up() {
        Delivery first = delivery(10);
        tracker.settle(first, tracker.add(first), FAILURE);
        tracker.drop(first);
        Delivery second = delivery(20);
        tracker.add(second);
        assertThat(second.inOrder).isTrue();
    }

    @Test
    void the_answer_to_an_old_attempt_is_not_heard() {
        Delivery first = delivery(10);
        Delivery second = delivery(20);
        int failed = tracker.add(first);
        int held = tracker.add(second);
        tracker.held(second, held, true);
        tracker.settle(first, failed, FAILURE);
        tracker.takeFromFirstFailure();
        int again = tracker.add(first);
        tracker.add(second);
        tracker.boundary(30);
        assertThat(tracker.settle(second, held, null)).isFalse();
        tracker.settle(first, again, null);
        assertThat(tracker.confirmed()).isEqualTo(20);
    }

    @Test
    void what_was_taken_to_be_handed_over_again_is_not_forgotten() {
        Delivery first = delivery(10);
        tracker.settle(first, tracker.add(first), FAILURE);
        tracker.takeFromFirstFailure();
        assertThat(tracker.awaitEmpty(1)).isFalse();
        tracker.settle(first, tracker.add(first), null);
        assertThat(tracker.awaitEmpty(1)).isTrue();
    }

    @Test
    void what_is_held_does_not_keep_a_redelivery_waiting() {
        Delivery first = delivery(10);
        int attempt = tracker.add(first);
        assertThat(tracker.awaitSettled(1)).isFalse();
        tracker.held(first, attempt, true);
        assertThat(tracker.awaitSettled(1)).isTrue();
        tracker.held(first, attempt, false);
        assertThat(tracker.awaitSettled(1)).isFalse();
    }

    private static Delivery delivery(long restartLsn) {
        return delivery(restartLsn, SCHEMA.relationOid());
    }

    private static Delivery delivery(long restartLsn, long relationOid) {
        TableSchema schema = new TableSchema(SCHEMA.table(), relationOid, ReplicaIdentity.DEFAULT, List.of());
        Transaction transaction = new Transaction(1, restartLsn + 5, restartLsn, null);
        return new Delivery(
                List.of(ChangeEvent.row(
                        Operation.INSERT, schema, new Object[0], null, transaction, restartLsn + 1, 0, 10)),
                restartLsn, System.nanoTime());
    }
}
