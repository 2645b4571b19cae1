package io.pgcdc.pgoutput;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.TruncateEvent;
import org.junit.jupiter.api.Test;

import static io.pgcdc.pgoutput.Feed.EMPTY;
import static io.pgcdc.pgoutput.Feed.ITEM;
import static io.pgcdc.pgoutput.Feed.WHOLE;
import static io.pgcdc.pgoutput.PgOutputBytes.insert;
import static io.pgcdc.pgoutput.PgOutputBytes.truncate;
import static io.pgcdc.pgoutput.PgOutputBytes.truncateWith;
import static org.assertj.core.api.Assertions.assertThat;

class TruncateTest {

    private final Feed feed = Feed.inTransaction();

    @Test
    void each_truncated_table_is_an_event_of_its_own_in_the_order_of_the_message() {
        feed.feed(insert(ITEM, "1", "a", "b"), truncate(WHOLE, ITEM), insert(ITEM, "2", "a", "b"));

        assertThat(feed.listener.story.subList(4, 8)).containsExactly(
                "insert shop.item", "truncate shop.whole", "truncate shop.item", "insert shop.item");
        assertThat(feed.listener.changes).extracting(ChangeEvent::ordinal).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void a_truncate_is_an_empty_map_with_the_schema_of_its_table() {
        feed.feed(truncate(WHOLE));

        ChangeEvent event = feed.listener.lastChange();
        assertThat(event).isEmpty();
        assertThat(event.tableSchema()).isSameAs(feed.listener.announced.get(1));
        assertThat(event.lsn()).isEqualTo(Feed.LSN);
        assertThat(event.transaction()).isSameAs(feed.listener.begun.get(0));
    }

    @Test
    void a_table_that_is_not_wanted_is_left_out_but_counted() {
        feed.listener.wanted = (table, commitLsn) -> !table.equals("whole") && commitLsn == Feed.COMMIT_LSN;

        feed.feed(truncate(ITEM, WHOLE, EMPTY));

        assertThat(feed.listener.changes).extracting(ChangeEvent::ordinal).containsExactly(0L, 2L);
    }

    @Test
    void the_options_of_the_command_are_told() {
        feed.feed(truncate(ITEM), truncateWith(1, ITEM), truncateWith(2, ITEM), truncateWith(3, ITEM));

        assertThat(feed.listener.changes).extracting(event -> ((TruncateEvent) event).cascade()).containsExactly(false, true,
                false, true);
        assertThat(feed.listener.changes).extracting(event -> ((TruncateEvent) event).restartIdentity())
                .containsExactly(false, false, true, true);
    }

    @Test
    void with_one_table_unknown_none_is_handed_on() {
        feed.refuses(ErrorCode.PROTOCOL, truncate(ITEM, 4711)).withMessageContaining("4711");

        assertThat(feed.listener.changes).isEmpty();
    }

    @Test
    void more_tables_than_the_message_can_hold_are_refused() {
        feed.refuses(
                ErrorCode.PROTOCOL, PgOutputBytes.message('T').int32(Integer.MAX_VALUE).int8(0).int32(ITEM).bytes());
        feed.refuses(ErrorCode.PROTOCOL, PgOutputBytes.message('T').int32(-1).int8(0).bytes());
    }

    @Test
    void a_truncate_outside_a_transaction_is_refused() {
        feed.feed(Feed.commitFirst());

        feed.refuses(ErrorCode.PROTOCOL, truncate(ITEM)).withMessageContaining("outside any transaction");
    }
}
