package io.pgcdc.torture;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.Position;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A checker that finds nothing is worth something only if it finds what is there. */
class CheckerTest {

    private final Violations violations = new Violations(line -> {
    });
    private final Checker checker
            = new Checker(new Variant(Variant.Route.DIRECT, "", false, 0, 0), violations);

    @Test
    void changes_in_order_are_right() {
        receive(insert(100, 0, "1"), insert(100, 1, "2"), insert(200, 0, "3"));

        assertThat(violations.first()).isEmpty();
        assertThat(checker.changes()).isEqualTo(3);
    }

    @Test
    void a_change_before_the_last_one_is_out_of_order() {
        receive(insert(200, 0, "1"), insert(100, 0, "2"));

        assertFound(Invariant.ORDER);
    }

    @Test
    void a_change_that_comes_again_needs_a_cause() {
        receive(insert(100, 0, "1"), insert(100, 0, "1"));

        assertFound(Invariant.DUPLICATES);
    }

    @Test
    void a_change_may_come_again_after_a_kill() {
        receive(insert(100, 0, "1"), insert(200, 0, "2"));
        checker.openWindow();
        receive(insert(100, 0, "1"), insert(200, 0, "2"), insert(300, 0, "3"));

        assertThat(violations.first()).isEmpty();
        assertThat(checker.changes()).isEqualTo(3);
        assertThat(checker.duplicates()).isEqualTo(2);
    }

    @Test
    void a_change_that_comes_again_has_the_same_content() {
        receive(insert(100, 0, "1"));
        checker.openWindow();
        receive(insert(100, 0, "2"));

        assertFound(Invariant.DUPLICATES);
    }

    @Test
    void a_copy_that_comes_again_needs_a_cause() {
        receive(event(Operation.COPY_START, "notes", 50, 0, Map.of()), event(Operation.COPY_START, "notes", 70, 0, Map.of()));

        assertFound(Invariant.DUPLICATES);
    }

    @Test
    void a_copy_may_start_over_when_what_came_of_it_was_said_to_be_void() {
        receive(event(Operation.COPY_START, "notes", 50, 0, Map.of()),
                new Delivered(Operation.TRUNCATE, "notes", true, new Position(70, 0), Map.of(), null),
                event(Operation.COPY_START, "notes", 70, 1, Map.of()));

        assertThat(violations.first()).isEmpty();
    }

    @Test
    void a_change_that_was_passed_over_and_comes_with_a_replay_is_out_of_order() {
        receive(insert(100, 0, "1"), insert(300, 0, "3"));
        checker.openWindow();
        receive(insert(100, 0, "1"), insert(200, 0, "2"));

        assertFound(Invariant.ORDER);
    }

    @Test
    void a_row_of_the_copy_after_a_change_is_out_of_order() {
        receive(event(Operation.COPY_START, "parts", 50, 0, Map.of()), insert(100, 0, "1"),
                event(Operation.READ, "parts", 50, 1, Map.of("id", "2")));

        assertFound(Invariant.ORDER);
    }

    @Test
    void a_transaction_of_a_writer_that_is_missing_is_a_gap() {
        receive(ledger(100, 0, 1, 1), ledger(200, 0, 3, 1));

        assertFound(Invariant.NO_GAP);
    }

    @Test
    void a_change_of_a_transaction_that_is_missing_is_a_gap() {
        Ledger ledger = new Ledger(true, violations);
        ledger.first(insert(100, 0, "1"));
        ledger.first(ledger(100, 2, 1, 3));
        ledger.finish(0);

        assertFound(Invariant.NO_GAP);
    }

    @Test
    void no_slot_may_confirm_what_is_not_complete() {
        receive(insert(100, 0, "1"));
        checker.confirmed(Map.of("apply", Lsn.of(100)));
        assertThat(violations.first()).isEmpty();

        checker.confirmed(Map.of("apply", Lsn.of(101)));
        assertFound(Invariant.ACKNOWLEDGEMENT);
    }

    @Test
    void a_slot_of_a_copy_may_hold_what_the_other_one_has_passed() {
        receive(insert(100, 0, "1"));

        checker.confirmed(Map.of("apply", Lsn.of(500), "sync", Lsn.of(90)));
        assertThat(violations.first()).isEmpty();
    }

    @Test
    void what_is_complete_may_be_confirmed() {
        Delivered change = insert(100, 0, "1");
        receive(change);
        checker.complete(List.of(change));

        checker.confirmed(Map.of("apply", Lsn.of(500)));
        assertThat(violations.first()).isEmpty();
    }

    @Test
    void an_old_row_that_differs_from_the_delivered_one_is_found() {
        receive(event(Operation.COPY_START, "notes", 50, 0, Map.of()),
                event(Operation.READ, "notes", 50, 1, note("1", "0.10")),
                event(Operation.COPY_END, "notes", 50, 2, Map.of()));
        checker.logEndsAt(Lsn.of(60));
        receive(new Delivered(
                Operation.UPDATE, "notes", false, new Position(100, 0), note("1", "0.2"), note("1", "0.1")));

        assertFound(Invariant.SAME_VALUES);
    }

    private void receive(Delivered... events) {
        checker.receive(List.of(events));
    }

    private void assertFound(Invariant invariant) {
        assertThat(violations.first()).extracting(Violation::invariant).contains(invariant);
    }

    private static Delivered insert(long commit, long ordinal, String id) {
        return event(Operation.INSERT, "parts", commit, ordinal, Map.of("id", id));
    }

    private static Delivered ledger(long commit, long ordinal, int seq, int changes) {
        return event(Operation.INSERT, "ledger", commit, ordinal,
                Map.of("writer", "1", "seq", Integer.toString(seq), "changes", Integer.toString(changes)));
    }

    private static Delivered event(
            Operation operation, String table, long commit, long ordinal, Map<String, String> row) {
        boolean ofCopy = operation == Operation.READ || operation == Operation.COPY_START;
        return new Delivered(operation, table, ofCopy, new Position(commit, ordinal), row, null);
    }

    private static Map<String, String> note(String id, String amount) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("id", id);
        row.put("amount", amount);
        return row;
    }
}
