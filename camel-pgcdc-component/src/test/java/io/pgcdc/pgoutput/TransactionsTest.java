package io.pgcdc.pgoutput;

import java.time.Instant;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Transaction;
import org.junit.jupiter.api.Test;

import static io.pgcdc.pgoutput.PgOutputBytes.begin;
import static io.pgcdc.pgoutput.PgOutputBytes.commit;
import static io.pgcdc.pgoutput.PgOutputBytes.insert;
import static io.pgcdc.pgoutput.PgOutputBytes.origin;
import static org.assertj.core.api.Assertions.assertThat;

class TransactionsTest {

    private final Feed feed = new Feed();

    @Test
    void a_transaction_begins_with_its_id_its_positions_and_its_time() {
        feed.decoder.advanceTo(0x100);

        feed.feed(begin(0x1_0000_2000L, 500_000_000_000_001L, 0xFFFF_FFFE));

        assertThat(feed.listener.begun).containsExactly(new Transaction(
                0xFFFF_FFFEL, 0x1_0000_2000L, 0x100, Instant.parse("2015-11-05T00:53:20.000001Z")));
    }

    @Test
    void a_time_before_the_year_2000_is_read() {
        feed.feed(begin(0x2000, -1, 7));

        assertThat(feed.listener.begun.get(0).commitTimestamp()).isEqualTo("1999-12-31T23:59:59.999999Z");
    }

    @Test
    void no_number_of_microseconds_is_too_much_for_the_clock() {
        feed.feed(begin(0x2000, Long.MAX_VALUE, 7), commit(0x2000, 0x2030), begin(0x3000, Long.MIN_VALUE, 8));

        assertThat(feed.listener.begun).hasSize(2);
    }

    @Test
    void a_commit_hands_on_the_transaction_and_its_end() {
        feed.feed(begin(0x2000, 0, 7), commit(0x2000, 0x2030));

        assertThat(feed.listener.committed).isEqualTo(feed.listener.begun);
        assertThat(feed.listener.story).containsExactly("begin", "commit up to 0/2030");
    }

    @Test
    void the_decoder_is_in_a_transaction_from_its_begin_to_its_commit() {
        assertThat(feed.decoder.inTransaction()).isFalse();
        feed.feed(begin(0x2000, 0, 7));
        assertThat(feed.decoder.inTransaction()).isTrue();
        feed.feed(commit(0x2000, 0x2030));
        assertThat(feed.decoder.inTransaction()).isFalse();
    }

    @Test
    void a_transaction_can_be_had_again_from_the_end_of_the_one_before() {
        feed.feed(begin(0x2000, 0, 7), commit(0x2000, 0x2030), begin(0x3000, 0, 8));

        assertThat(feed.listener.begun).extracting(Transaction::restartLsn).containsExactly(0L, 0x2030L);
    }

    @Test
    void a_keepalive_between_transactions_moves_the_restart_position() {
        feed.feed(begin(0x2000, 0, 7), commit(0x2000, 0x2030));
        feed.decoder.advanceTo(0x2800);
        feed.feed(begin(0x3000, 0, 8));

        assertThat(feed.listener.begun.get(1).restartLsn()).isEqualTo(0x2800);
    }

    @Test
    void a_keepalive_inside_a_transaction_does_not_move_the_restart_position() {
        feed.feed(begin(0x2000, 0, 7));
        feed.decoder.advanceTo(0x2A00);
        feed.feed(commit(0x2000, 0x2030), begin(0x3000, 0, 8));

        assertThat(feed.listener.begun.get(1).restartLsn()).isEqualTo(0x2030);
    }

    @Test
    void the_restart_position_never_moves_back() {
        feed.decoder.advanceTo(0xFFFF_FFFF_0000_0000L);
        feed.decoder.advanceTo(0x1000);
        feed.feed(begin(0xFFFF_FFFF_0000_2000L, 0, 7));

        assertThat(feed.listener.begun.get(0).restartLsn()).isEqualTo(0xFFFF_FFFF_0000_0000L);
    }

    @Test
    void the_restart_position_is_never_behind_the_commit_that_it_must_bring_back() {
        feed.decoder.advanceTo(0x9000);
        feed.feed(begin(0x2000, 0, 7));

        assertThat(feed.listener.begun.get(0).restartLsn()).isEqualTo(0x2000);
    }

    @Test
    void an_origin_is_read_and_not_handed_on() {
        feed.feed(begin(0x2000, 0, 7), origin(0x42, "other server"), commit(0x2000, 0x2030));

        assertThat(feed.listener.story).containsExactly("begin", "commit up to 0/2030");
    }

    @Test
    void ordinals_start_at_zero_in_every_transaction_and_count_nothing_but_changes() {
        feed.feed(
                Feed.beginFirst(), origin(0x42, "o"), PgOutputBytes.type(90000, "shop", "mood"), Feed.item(),
                insert(Feed.ITEM, "1", "a", "b"),
                PgOutputBytes.logicalMessage(true, 0x1500, "p", new byte[0]),
                PgOutputBytes.logicalMessage(false, 0x1500, "p", new byte[0]),
                Feed.item(), insert(Feed.ITEM, "2", "a", "b"), Feed.commitFirst(),
                begin(0x1_0000_3000L, 0, 8), insert(Feed.ITEM, "3", "a", "b"));

        assertThat(feed.listener.changes).extracting(e -> e.position().toString())
                .containsExactly("1/2000#0", "1/2000#1", "1/3000#0");
    }

    @Test
    void a_begin_inside_a_transaction_is_refused() {
        feed.feed(begin(0x2000, 0, 7));

        feed.refuses(ErrorCode.PROTOCOL, begin(0x3000, 0, 8)).withMessageContaining("before the one");
    }

    @Test
    void a_commit_outside_a_transaction_is_refused() {
        feed.refuses(ErrorCode.PROTOCOL, commit(0x2000, 0x2030)).withMessageContaining("outside any transaction");
    }

    @Test
    void a_commit_of_another_transaction_is_refused() {
        feed.feed(begin(0x2000, 0, 7));

        feed.refuses(ErrorCode.PROTOCOL, commit(0x3000, 0x3030))
                .withMessageContaining("0/3000").withMessageContaining("0/2000");
        assertThat(feed.decoder.inTransaction()).isTrue();
    }
}
