package io.pgcdc.pgoutput;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import org.junit.jupiter.api.Test;

import static io.pgcdc.pgoutput.Feed.EMPTY;
import static io.pgcdc.pgoutput.Feed.ITEM;
import static io.pgcdc.pgoutput.Feed.WHOLE;
import static io.pgcdc.pgoutput.PgOutputBytes.UNCHANGED;
import static io.pgcdc.pgoutput.PgOutputBytes.deleteByKey;
import static io.pgcdc.pgoutput.PgOutputBytes.deleteWithOldRow;
import static io.pgcdc.pgoutput.PgOutputBytes.insert;
import static io.pgcdc.pgoutput.PgOutputBytes.row;
import static io.pgcdc.pgoutput.PgOutputBytes.update;
import static io.pgcdc.pgoutput.PgOutputBytes.updateWithKey;
import static io.pgcdc.pgoutput.PgOutputBytes.updateWithOldRow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class RowChangesTest {

    private final Feed feed = Feed.inTransaction();

    private ChangeEvent decoded(byte[] message) {
        feed.feed(message);
        return feed.listener.lastChange();
    }

    @Test
    void an_insert_is_the_new_row() {
        ChangeEvent event = decoded(insert(ITEM, "1", "nut", null));

        assertThat(event).containsExactly(entry("id", 1), entry("name", "nut"), entry("note", null));
        assertThat(event.operation()).isEqualTo(Operation.INSERT);
        assertThat(event.before()).isNull();
        assertThat(event.unchanged()).isEmpty();
        assertThat(event.tableSchema()).isSameAs(feed.listener.announced.get(0));
    }

    @Test
    void an_event_tells_its_transaction_its_position_and_the_size_of_its_message() {
        byte[] message = insert(ITEM, "1", "nut", "");
        ChangeEvent event = decoded(message);

        assertThat(event.transaction()).isSameAs(feed.listener.begun.get(0));
        assertThat(event.lsn()).isEqualTo(Feed.LSN);
        assertThat(event.eventId()).isEqualTo("0000000100002000/0000000000000000");
        assertThat(event.bytes()).isEqualTo(message.length);
    }

    @Test
    void values_in_binary_are_the_same_as_in_text() {
        Object one = new PgOutputBytes.Binary(new byte[] { 0, 0, 0, 1 });
        Object nut = new PgOutputBytes.Binary(new byte[] { 'n', 'u', 't' });

        assertThat(decoded(insert(ITEM, one, nut, "text"))).containsExactly(
                entry("id", 1), entry("name", "nut"), entry("note", "text"));
        assertThat(decoded(updateWithKey(ITEM, row(one, nut, null), row("2", nut, UNCHANGED))).before())
                .containsExactly(entry("id", 1));
        assertThat(decoded(deleteWithOldRow(WHOLE, one, nut))).containsExactly(entry("a", 1), entry("b", "nut"));
    }

    @Test
    void an_empty_text_is_not_null() {
        assertThat(decoded(insert(ITEM, "1", "", null))).containsEntry("name", "").containsEntry("note", null);
    }

    @Test
    void a_row_without_columns_is_an_empty_map() {
        assertThat(decoded(insert(EMPTY))).isEmpty();
    }

    @Test
    void an_update_that_keeps_the_key_has_nothing_before_it() {
        ChangeEvent event = decoded(update(ITEM, "1", "bolt", null));

        assertThat(event.operation()).isEqualTo(Operation.UPDATE);
        assertThat(event).containsExactly(entry("id", 1), entry("name", "bolt"), entry("note", null));
        assertThat(event.before()).isNull();
    }

    @Test
    void a_large_value_that_did_not_change_is_absent() {
        ChangeEvent event = decoded(update(ITEM, "1", "bolt", UNCHANGED));

        assertThat(event).containsExactly(entry("id", 1), entry("name", "bolt"));
        assertThat(event.unchanged()).containsExactly("note");
    }

    @Test
    void an_update_of_the_key_has_the_old_key_before_it() {
        ChangeEvent event = decoded(updateWithKey(ITEM, row("1", null, null), row("2", "nut", UNCHANGED)));

        assertThat(event).containsExactly(entry("id", 2), entry("name", "nut"));
        assertThat(event.before()).containsExactly(entry("id", 1));
        assertThat(event.key()).containsExactly(entry("id", 2));
        assertThat(event.unchanged()).containsExactly("note");
    }

    @Test
    void a_large_key_that_did_not_change_is_taken_from_the_old_key() {
        ChangeEvent event = decoded(updateWithKey(ITEM, row("1", null, null), row(UNCHANGED, "nut", null)));

        assertThat(event).containsEntry("id", 1);
        assertThat(event.key()).containsExactly(entry("id", 1));
    }

    @Test
    void what_an_old_key_holds_beside_the_key_is_skipped() {
        ChangeEvent event = decoded(deleteByKey(ITEM, "1", "more than promised", UNCHANGED));

        assertThat(event).containsExactly(entry("id", 1));
    }

    @Test
    void an_update_under_replica_identity_full_has_the_old_row_before_it() {
        ChangeEvent event = decoded(updateWithOldRow(WHOLE, row("1", "old"), row("2", null)));

        assertThat(event).containsExactly(entry("a", 2), entry("b", null));
        assertThat(event.before()).containsExactly(entry("a", 1), entry("b", "old"));
    }

    @Test
    void a_large_value_that_did_not_change_is_taken_from_the_old_row() {
        ChangeEvent event = decoded(updateWithOldRow(WHOLE, row("1", "large"), row("2", UNCHANGED)));

        assertThat(event).containsExactly(entry("a", 2), entry("b", "large"));
        assertThat(event.unchanged()).isEmpty();
    }

    @Test
    void a_large_value_that_not_even_the_old_row_has_is_absent() {
        ChangeEvent event = decoded(updateWithOldRow(WHOLE, row("1", UNCHANGED), row("2", UNCHANGED)));

        assertThat(event).containsExactly(entry("a", 2));
        assertThat(event.before()).containsExactly(entry("a", 1));
        assertThat(event.unchanged()).containsExactly("b");
    }

    @Test
    void a_delete_by_key_is_the_key() {
        ChangeEvent event = decoded(deleteByKey(ITEM, "1", null, null));

        assertThat(event.operation()).isEqualTo(Operation.DELETE);
        assertThat(event).containsExactly(entry("id", 1));
        assertThat(event.before()).containsExactly(entry("id", 1));
        assertThat(event.key()).containsExactly(entry("id", 1));
    }

    @Test
    void a_delete_under_replica_identity_full_is_the_old_row() {
        ChangeEvent event = decoded(deleteWithOldRow(WHOLE, "1", null));

        assertThat(event).containsExactly(entry("a", 1), entry("b", null));
        assertThat(event.before()).isEqualTo(event);
    }

    @Test
    void a_change_that_is_not_wanted_is_left_out_but_counted() {
        feed.listener.wanted = (table, commitLsn) -> !table.equals("whole");

        feed.feed(
                insert(ITEM, "1", "a", "b"), insert(WHOLE, "1", "x"),
                updateWithOldRow(WHOLE, row("1", "x"), row("2", "y")), deleteWithOldRow(WHOLE, "2", "y"),
                insert(ITEM, "2", "a", "b"));

        assertThat(feed.listener.changes).extracting(ChangeEvent::ordinal).containsExactly(0L, 4L);
    }

    @Test
    void whether_a_change_is_wanted_is_asked_with_the_position_of_its_commit() {
        feed.listener.wanted = (table, commitLsn) -> commitLsn != Feed.COMMIT_LSN;

        feed.feed(
                insert(ITEM, "1", "a", "b"), Feed.commitFirst(), PgOutputBytes.begin(Feed.COMMIT_LSN + 0x100, 0, 8),
                insert(ITEM, "2", "a", "b"));

        assertThat(feed.listener.changes).extracting(e -> e.get("id")).containsExactly(2);
    }

    @Test
    void values_of_a_change_that_is_not_wanted_are_not_decoded() {
        feed.listener.wanted = (table, commitLsn) -> false;

        feed.feed(insert(ITEM, "no number", "a", "b"));

        assertThat(feed.listener.changes).isEmpty();
    }
}
