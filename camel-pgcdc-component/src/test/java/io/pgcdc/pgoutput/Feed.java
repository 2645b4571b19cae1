package io.pgcdc.pgoutput;

import java.util.Arrays;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;
import org.assertj.core.api.ThrowableAssertAlternative;

import static io.pgcdc.pgoutput.PgOutputBytes.begin;
import static io.pgcdc.pgoutput.PgOutputBytes.column;
import static io.pgcdc.pgoutput.PgOutputBytes.commit;
import static io.pgcdc.pgoutput.PgOutputBytes.key;
import static io.pgcdc.pgoutput.PgOutputBytes.relation;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A decoder with a recording listener, and the messages that most tests start with. */
final class Feed {

    static final int INT4 = 23;
    static final int INT8 = 20;
    static final int TEXT = 25;

    /** The table item (id integer as key, name text, note text). */
    static final int ITEM = 16401;
    /** The table whole (a integer, b text) with replica identity full. */
    static final int WHOLE = 16402;
    /** The table empty_table, without columns. */
    static final int EMPTY = 16403;

    static final long COMMIT_LSN = 0x1_0000_2000L;
    static final long END_LSN = 0x1_0000_2030L;
    /** Where each message is said to start. */
    static final long LSN = 0x1_0000_1000L;

    final RecordingListener listener = new RecordingListener();
    final PgOutputDecoder decoder;

    Feed() {
        this(ValueStyle.PORTABLE);
    }

    Feed(ValueStyle style) {
        decoder = new PgOutputDecoder(Codecs.of(style, false), listener, style);
    }

    static byte[] beginFirst() {
        return begin(COMMIT_LSN, 0, 7);
    }

    static byte[] commitFirst() {
        return commit(COMMIT_LSN, END_LSN);
    }

    static byte[] item() {
        return relation(ITEM, "shop", "item", 'd', key("id", INT4), column("name", TEXT), column("note", TEXT));
    }

    static byte[] whole() {
        return relation(WHOLE, "shop", "whole", 'f', key("a", INT4), key("b", TEXT));
    }

    static byte[] empty() {
        return relation(EMPTY, "shop", "empty_table", 'd');
    }

    /** A feed in a transaction that has announced all the tables above. */
    static Feed inTransaction() {
        return new Feed().feed(beginFirst(), item(), whole(), empty());
    }

    Feed feed(byte[]... messages) {
        for (byte[] message : messages) {
            feedAt(LSN, message);
        }
        return this;
    }

    /** Gives the message from the midst of a larger buffer whose other bytes are noise. */
    Feed feedAt(long lsn, byte[] message) {
        byte[] buffer = new byte[message.length + 16];
        Arrays.fill(buffer, (byte) 'N');
        System.arraycopy(message, 0, buffer, 5, message.length);
        decoder.decode(buffer, 5, message.length, lsn);
        return this;
    }

    ThrowableAssertAlternative<PgCdcException> refuses(ErrorCode code, byte[] message) {
        return assertThatExceptionOfType(PgCdcException.class)
                .isThrownBy(() -> feed(message))
                .matches(e -> e.code() == code, "code " + code)
                .matches(e -> e.remedy() != null && !e.remedy().isBlank(), "has a remedy");
    }
}
