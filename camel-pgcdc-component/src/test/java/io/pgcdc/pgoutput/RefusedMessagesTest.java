package io.pgcdc.pgoutput;

import java.util.List;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.types.ValueFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.pgoutput.Feed.EMPTY;
import static io.pgcdc.pgoutput.Feed.INT4;
import static io.pgcdc.pgoutput.Feed.ITEM;
import static io.pgcdc.pgoutput.Feed.WHOLE;
import static io.pgcdc.pgoutput.PgOutputBytes.column;
import static io.pgcdc.pgoutput.PgOutputBytes.deleteByKey;
import static io.pgcdc.pgoutput.PgOutputBytes.insert;
import static io.pgcdc.pgoutput.PgOutputBytes.key;
import static io.pgcdc.pgoutput.PgOutputBytes.message;
import static io.pgcdc.pgoutput.PgOutputBytes.relation;
import static io.pgcdc.pgoutput.PgOutputBytes.row;
import static io.pgcdc.pgoutput.PgOutputBytes.truncate;
import static io.pgcdc.pgoutput.PgOutputBytes.type;
import static io.pgcdc.pgoutput.PgOutputBytes.updateWithKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RefusedMessagesTest {

    private final Feed feed = Feed.inTransaction();

    @ParameterizedTest
    @ValueSource(chars = { 'S', 'E', 'c', 'b', 'P', 'K', 'r', 'p' })
    void a_message_of_a_later_protocol_is_refused(char kind) {
        feed.refuses(ErrorCode.PROTOCOL, message(kind).int32(1).bytes())
                .withMessageContaining("'" + kind + "' at LSN 1/1000").withMessageContaining("version 1 was asked for")
                .withMessageContaining("proto_version '1'");
    }

    /** PostgreSQL 18 tells of transactions that were rolled back, between those that were committed. */
    @Test
    void word_of_an_aborted_transaction_is_refused_only_within_another_one() {
        byte[] abort = message('A').int32(7).int32(7).bytes();
        feed.refuses(ErrorCode.PROTOCOL, abort).withMessageContaining("rolled back");
        Feed between = new Feed();
        between.feed(abort);
        between.refuses(ErrorCode.PROTOCOL, message('A').int32(7).bytes());
    }

    @Test
    void a_message_of_an_unknown_kind_is_refused() {
        feed.refuses(ErrorCode.PROTOCOL, message('Z').bytes()).withMessageContaining("'Z' at LSN 1/1000");
        feed.refuses(ErrorCode.PROTOCOL, message((char) 0xFE).bytes()).withMessageContaining("of kind 254");
        feed.refuses(ErrorCode.PROTOCOL, message((char) 0).bytes()).withMessageContaining("no such kind");
    }

    @Test
    void an_empty_message_is_refused() {
        feed.refuses(ErrorCode.PROTOCOL, new byte[0]).withMessageContaining("it is empty");
    }

    @Test
    void a_message_without_a_position_is_told_by_the_commit_of_its_transaction() {
        assertThatExceptionOfType(PgCdcException.class)
                .isThrownBy(() -> feed.feedAt(0, message('R').bytes()))
                .withMessageContaining("at LSN 1/2000");
    }

    @Test
    void a_row_outside_a_transaction_is_refused() {
        feed.feed(Feed.commitFirst());

        for (byte[] change : List.of(insert(EMPTY), PgOutputBytes.update(EMPTY), deleteByKey(EMPTY))) {
            feed.refuses(ErrorCode.PROTOCOL, change).withMessageContaining("outside any transaction");
        }
    }

    @Test
    void a_row_with_another_number_of_columns_than_announced_is_refused() {
        feed.refuses(ErrorCode.PROTOCOL, insert(ITEM, "1", "a"))
                .withMessageContaining("has 2 columns").withMessageContaining("shop.item was announced with 3");
        feed.refuses(ErrorCode.PROTOCOL, deleteByKey(ITEM, "1"));
    }

    @Test
    void a_value_in_binary_format_is_refused_if_its_type_has_none_that_is_known() {
        int inet = 869;
        feed.feed(relation(ITEM, "shop", "item", 'd', key("id", INT4), column("address", inet)));

        feed.refuses(ErrorCode.PROTOCOL, insert(ITEM, "1", new PgOutputBytes.Binary(new byte[] { 1 })))
                .withMessageContaining("column address of table shop.item comes in binary format")
                .withMessageContaining("without the option 'binary'");
    }

    @Test
    void a_value_in_an_unknown_format_is_refused() {
        byte[] message = message('I').int32(WHOLE).int8('N').int16(2).int8('n').int8('?').bytes();

        feed.refuses(ErrorCode.PROTOCOL, message).withMessageContaining("column b of table shop.whole");
    }

    @Test
    void a_value_of_negative_length_is_refused() {
        byte[] message = message('I').int32(WHOLE).int8('N').int16(2).int8('n').int8('t').int32(-1).bytes();

        feed.refuses(ErrorCode.PROTOCOL, message).withMessageContaining("-1");
    }

    @Test
    void a_value_longer_than_its_message_is_refused() {
        byte[] message = message('I').int32(WHOLE).int8('N').int16(2).int8('n').int8('t').int32(Integer.MAX_VALUE)
                .int8('x').bytes();

        feed.refuses(ErrorCode.PROTOCOL, message).withMessageContaining("beyond the 1 bytes left");
    }

    @Test
    void a_row_of_the_wrong_part_is_refused() {
        feed.refuses(ErrorCode.PROTOCOL, message('I').int32(WHOLE).tuple('O', "1", "a").bytes());
        feed.refuses(ErrorCode.PROTOCOL, message('U').int32(WHOLE).tuple('X', "1", "a").bytes());
        feed.refuses(ErrorCode.PROTOCOL, message('U').int32(WHOLE).tuple('O', "1", "a").tuple('O', "1", "a").bytes());
        feed.refuses(ErrorCode.PROTOCOL, message('D').int32(WHOLE).tuple('N', "1", "a").bytes());

        assertThat(feed.listener.changes).isEmpty();
    }

    @Test
    void a_value_that_its_type_does_not_take_is_told_by_everything_but_itself() {
        feed.refuses(ErrorCode.DECODE, insert(ITEM, "s3cret", "a", "b"))
                .withMessageContaining("Column id of table shop.item has a value at LSN 1/1000")
                .withMessageContaining("type with OID 23")
                .withCauseInstanceOf(ValueFormatException.class)
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("s3cret"));
    }

    @Test
    void a_value_that_its_type_does_not_take_is_told_with_the_name_of_the_type_if_known() {
        feed.feed(type(INT4, "shop", "number"), Feed.item());

        feed.refuses(ErrorCode.DECODE, updateWithKey(ITEM, row("?", null, null), row("1", "a", "b")))
                .withMessageContaining("type shop.number");
    }

    @Test
    void after_a_value_that_can_not_be_read_the_stream_goes_on_with_the_change_counted() {
        feed.refuses(ErrorCode.DECODE, insert(ITEM, "?", "a", "b"));
        feed.feed(insert(ITEM, "1", "a", "b"), truncate(ITEM), Feed.commitFirst());

        assertThat(feed.listener.changes).extracting(e -> e.position().toString())
                .containsExactly("1/2000#1", "1/2000#2");
        assertThat(feed.decoder.inTransaction()).isFalse();
    }

    @Test
    void a_listener_that_fails_leaves_the_decoder_as_if_it_had_not() {
        RuntimeException failure = new RuntimeException("from the listener");
        feed.listener.wanted = (table, commitLsn) -> {
            throw failure;
        };
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> feed.feed(truncate(ITEM, WHOLE)))
                .isSameAs(failure);

        feed.listener.wanted = (table, commitLsn) -> true;
        feed.feed(relation(ITEM, "shop", "item", 'd', key("id", INT4)), insert(ITEM, "1"));
        assertThat(feed.listener.lastChange().ordinal()).isEqualTo(2);
    }
}
