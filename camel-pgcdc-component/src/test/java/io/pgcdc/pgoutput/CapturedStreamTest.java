package io.pgcdc.pgoutput;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.TableId;
import org.junit.jupiter.api.Test;

import static io.pgcdc.pgoutput.CapturedStream.LARGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/** What PostgreSQL 15 wrote, so that the decoder and {@link PgOutputBytes} can't be wrong in the same way. */
class CapturedStreamTest {

    private final Feed feed = new Feed();

    private void feed(CapturedStream.Message message) {
        feed.feedAt(message.lsn(), message.bytes());
    }

    @Test
    void a_transaction_with_every_kind_of_change_is_read() {
        CapturedStream.TRANSACTION.forEach(this::feed);

        assertThat(feed.listener.story).containsExactly(
                "begin", "relation public.item at 0/1539F68", "insert public.item", "insert public.item", "message",
                "update public.item", "update public.item", "delete public.item", "relation public.whole at 0/1539F68",
                "insert public.whole", "insert public.whole", "update public.whole", "delete public.whole",
                "truncate public.item", "truncate public.whole", "commit up to 0/153A1C0");
        assertThat(feed.listener.begun.get(0).xid()).isEqualTo(732);
        assertThat(feed.listener.begun.get(0).commitTimestamp()).isEqualTo("2026-11-23T09:46:56.569590Z");
        assertThat(feed.listener.announced.get(0).columns()).containsExactly(
                new Column("id", 23, null, -1, true, true), new Column("name", 25, null, -1, true, false),
                new Column("feeling", 16385, "public.mood", -1, true, false));
        assertThat(feed.listener.messages.get(0)).containsEntry("prefix", "note").containsEntry("content", "häl");
        assertThat(feed.listener.changes).extracting(ChangeEvent::ordinal)
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);

        assertThat(change(0)).containsExactly(entry("id", 1), entry("name", LARGE), entry("feeling", "ok"));
        assertThat(change(1)).containsExactly(entry("id", 2), entry("name", null), entry("feeling", "sad"));
        assertThat(change(2)).containsExactly(entry("id", 1), entry("feeling", "sad"));
        assertThat(change(3)).containsExactly(entry("id", 3), entry("name", null), entry("feeling", "sad"));
        assertThat(change(3).before()).containsExactly(entry("id", 2));
        assertThat(change(4)).containsExactly(entry("id", 3));
        assertThat(change(7)).containsExactly(entry("a", 9), entry("b", LARGE));
        assertThat(change(7).before()).containsExactly(entry("a", 7), entry("b", LARGE));
        assertThat(change(8)).containsExactly(entry("a", 8), entry("b", ""));
    }

    @Test
    void a_message_by_itself_and_the_transaction_behind_it_are_read() {
        CapturedStream.MESSAGE_AND_TRANSACTION.forEach(this::feed);

        assertThat(feed.listener.story).containsExactly(
                "message by itself", "begin", "relation public.Odd \"Name at 0/153A2E0", "insert public.Odd \"Name",
                "commit up to 0/153A310");
        assertThat(change(0).table()).isEqualTo(new TableId("public", "Odd \"Name"));
        assertThat(change(0)).containsExactly(entry("x", -1));
    }

    private ChangeEvent change(int index) {
        return feed.listener.changes.get(index);
    }
}
