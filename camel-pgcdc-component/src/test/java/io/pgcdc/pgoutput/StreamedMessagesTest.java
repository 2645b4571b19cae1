package io.pgcdc.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.pgoutput.PgOutputBytes.begin;
import static io.pgcdc.pgoutput.PgOutputBytes.message;
import static io.pgcdc.pgoutput.PgOutputBytes.origin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StreamedMessagesTest {

    private static final byte[] START = message('S').int32(7).int8(1).bytes();
    private static final byte[] END = message('E').bytes();

    private final List<String> told = new ArrayList<>();
    private final StreamedMessages messages = new StreamedMessages(new StreamedMessages.Listener() {
        @Override
        public void message(long xid, long part, ByteBuffer message, long lsn) {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            told.add(xid + "/" + part + " at " + lsn + ": " + new String(bytes, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void abort(long xid, long part) {
            told.add(xid + "/" + part + " aborted");
        }

        @Override
        public void commit(long xid, ByteBuffer begin, ByteBuffer commit, long lsn) {
            told.add(xid + " at " + lsn + ": " + HexFormat.of().formatHex(begin.array()) + " "
                     + HexFormat.of().formatHex(commit.array()));
        }
    });

    private boolean take(byte[] message, long lsn) {
        byte[] framed = new byte[message.length + 5];
        System.arraycopy(message, 0, framed, 3, message.length);
        ByteBuffer buffer = ByteBuffer.wrap(framed, 3, message.length);
        boolean taken = messages.take(buffer, lsn);
        assertThat(buffer.remaining()).isEqualTo(message.length);
        return taken;
    }

    @Test
    void messages_in_a_block_are_those_of_version_1_with_the_number_taken_out() {
        assertThat(take(START, 1)).isTrue();
        for (char kind : "IUDTRYM".toCharArray()) {
            assertThat(take(message(kind).int32(9).text("rest").bytes(), 2)).isTrue();
        }
        assertThat(take(origin(0x4142434445464748L, "o"), 3)).isTrue();
        assertThat(take(END, 0)).isTrue();
        assertThat(told).containsExactly(
                "7/9 at 2: Irest\0", "7/9 at 2: Urest\0", "7/9 at 2: Drest\0", "7/9 at 2: Trest\0", "7/9 at 2: Rrest\0",
                "7/9 at 2: Yrest\0", "7/9 at 2: Mrest\0", "7/7 at 3: OABCDEFGHo\0");
    }

    @Test
    void what_comes_outside_of_blocks_is_left_alone() {
        take(START, 1);
        take(END, 1);
        assertThat(take(begin(1, 2, 3), 1)).isFalse();
        assertThat(take(message('I').int32(9).bytes(), 1)).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void aborts_and_commits_are_told_with_unsigned_numbers() {
        take(message('A').int32(-1).int32(-2).bytes(), 1);
        take(message('c').int32(-1).int8(0).int64(0x11).int64(0x22).int64(0x33).bytes(), 5);
        assertThat(told).containsExactly(
                "4294967295/4294967294 aborted",
                "4294967295 at 5: 4200000000000000110000000000000033ffffffff 4300000000000000001100000000000000220000000000000033");
    }

    @ParameterizedTest
    @ValueSource(chars = { 'S', 'c', 'A', 'B', 'C', 'b', 'P', 'K', 'r', 'p', '!' })
    void nothing_else_comes_in_a_block(char kind) {
        take(START, 1);
        refuses(message(kind).int32(9).int32(9).int64(1).int64(1).int8(1).bytes());
    }

    @Test
    void messages_that_are_cut_or_too_long_are_refused() {
        refuses(new byte[0]);
        refuses(END);
        refuses(message('S').int32(7).bytes());
        refuses(message('S').int32(7).int8(1).int8(1).bytes());
        refuses(message('A').int32(7).bytes());
        refuses(message('A').int32(7).int32(7).int8(1).bytes());
        refuses(message('c').int32(7).int8(0).int64(1).int64(1).bytes());
        take(START, 1);
        refuses(message('I').int16(1).bytes());
        refuses(message('E').int8(1).bytes());
        assertThat(told).isEmpty();
    }

    private void refuses(byte[] message) {
        assertThatExceptionOfType(PgCdcException.class)
                .isThrownBy(() -> take(message, 0x10))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL))
                .withMessageContaining("0/10");
    }
}
