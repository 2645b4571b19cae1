package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Operation;
import io.pgcdc.model.Transaction;
import io.pgcdc.types.ValueStyle;
import org.junit.jupiter.api.Test;

import static io.pgcdc.pgoutput.Feed.ITEM;
import static io.pgcdc.pgoutput.PgOutputBytes.insert;
import static io.pgcdc.pgoutput.PgOutputBytes.logicalMessage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class LogicalMessagesTest {

    private static final byte[] TEXT = "häl".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NO_TEXT = { (byte) 0xFF, 0 };

    private final Feed feed = new Feed();

    @Test
    void a_message_is_the_map_of_its_parts() {
        feed.feed(Feed.beginFirst(), logicalMessage(true, 0x1_0000_1100L, "note", TEXT));

        ChangeEvent message = feed.listener.messages.get(0);
        assertThat(message).containsExactly(
                entry("prefix", "note"), entry("content", "häl"), entry("transactional", true),
                entry("encoding", "utf8"));
        assertThat(message.operation()).isEqualTo(Operation.MESSAGE);
        assertThat(message.table()).isNull();
        assertThat(message.lsn()).isEqualTo(0x1_0000_1100L);
        assertThat(feed.listener.story).containsExactly("begin", "message");
    }

    @Test
    void a_content_that_is_no_text_is_base64_in_the_portable_style() {
        feed.feed(logicalMessage(false, 0x1100, "", NO_TEXT));

        assertThat(feed.listener.messages.get(0)).containsExactly(
                entry("prefix", ""), entry("content", "/wA="), entry("transactional", false),
                entry("encoding", "base64"));
    }

    @Test
    void a_content_is_bytes_in_the_java_style() {
        Feed java = new Feed(ValueStyle.JAVA).feed(logicalMessage(false, 0x1100, "note", TEXT));

        ChangeEvent message = java.listener.messages.get(0);
        assertThat(message.keySet()).containsExactly("prefix", "content", "transactional");
        assertThat((byte[]) message.get("content")).isEqualTo(TEXT);
    }

    @Test
    void a_transactional_message_belongs_to_its_transaction_and_disturbs_no_ordinal() {
        Feed open = Feed.inTransaction().feed(
                insert(ITEM, "1", "a", "b"), logicalMessage(true, 0x1_0000_1100L, "note", TEXT),
                insert(ITEM, "2", "a", "b"));

        ChangeEvent message = open.listener.messages.get(0);
        assertThat(message.transaction()).isSameAs(open.listener.begun.get(0));
        assertThat(message.ordinal()).isEqualTo(1);
        assertThat(open.listener.changes).extracting(ChangeEvent::ordinal).containsExactly(0L, 1L);
    }

    @Test
    void a_message_by_itself_gets_a_transaction_of_its_own() {
        feed.decoder.advanceTo(0x800);
        byte[] bytes = logicalMessage(false, 0x1100, "note", TEXT);
        feed.feed(bytes);

        ChangeEvent message = feed.listener.messages.get(0);
        assertThat(message.transaction()).isEqualTo(new Transaction(0, 0x1100, 0x800, null));
        assertThat(message.ordinal()).isZero();
        assertThat(message.bytes()).isEqualTo(bytes.length);
        assertThat(feed.listener.story).containsExactly("message by itself");
        assertThat(feed.decoder.inTransaction()).isFalse();
    }

    @Test
    void a_message_by_itself_has_nothing_of_the_transaction_before_it() {
        Feed later = Feed.inTransaction().feed(
                insert(ITEM, "1", "a", "b"), Feed.commitFirst(), logicalMessage(false, 0x1_0000_2100L, "note", TEXT));

        ChangeEvent message = later.listener.messages.get(0);
        assertThat(message.transaction()).isEqualTo(new Transaction(0, 0x1_0000_2100L, Feed.END_LSN, null));
        assertThat(message.ordinal()).isZero();
    }

    @Test
    void a_message_by_itself_does_not_move_the_restart_position() {
        feed.decoder.advanceTo(0x800);
        feed.feed(logicalMessage(false, 0x1100, "note", TEXT), Feed.beginFirst());

        assertThat(feed.listener.begun.get(0).restartLsn()).isEqualTo(0x800);
    }

    @Test
    void a_transactional_message_outside_a_transaction_is_refused() {
        feed.refuses(ErrorCode.PROTOCOL, logicalMessage(true, 0x1100, "note", TEXT))
                .withMessageContaining("outside any transaction");
    }

    @Test
    void a_content_longer_than_the_message_is_refused() {
        feed.refuses(
                ErrorCode.PROTOCOL,
                PgOutputBytes.message('M').int8(0).int64(1).text("p").int32(Integer.MAX_VALUE).raw(TEXT).bytes())
                .withMessageContaining("2147483647");
    }
}
