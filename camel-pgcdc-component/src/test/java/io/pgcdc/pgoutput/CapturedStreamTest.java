package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.TableId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/** Bytes that PostgreSQL 15 wrote, so that the decoder and {@link PgOutputBytes} can't be wrong in the same way. */
class CapturedStreamTest {

    private static final String LARGE = "x".repeat(3000);
    private static final String LARGE_HEX = HexFormat.of().formatHex(LARGE.getBytes(StandardCharsets.UTF_8));

    private final Feed feed = new Feed();

    private void feed(long lsn, String hex) {
        feed.feedHex(lsn, hex.replace("<large>", LARGE_HEX));
    }

    @Test
    void a_transaction_with_every_kind_of_change_is_read() {
        feed(0x1536E18, "420000000001539f68000303ed3e3ed4f6000002dc");
        feed(0x1536E18, "59000040017075626c6963006d6f6f6400");
        feed(0x1536E18, "52000040057075626c6963006974656d006400030169640000000017ffffffff006e616d650000000019ffffffff"
                        + "006665656c696e670000004001ffffffff");
        feed(0x1536E18, "49000040054e00037400000001317400000bb8<large>74000000026f6b");
        feed(0x1536F10, "49000040054e00037400000001326e7400000003736164");
        feed(0x1536FD0, "4d010000000001536fd06e6f7465000000000468c3a46c");
        feed(0x1537008, "55000040054e0003740000000131757400000003736164");
        feed(0x1537068, "55000040054b00037400000001326e6e4e00037400000001336e7400000003736164");
        feed(0x1537100, "44000040054b00037400000001336e6e");
        feed(0x1537E60, "520000400c7075626c69630077686f6c650066000201610000000017ffffffff01620000000019ffffffff");
        feed(0x1537E60, "490000400c4e00027400000001377400000bb8<large>");
        feed(0x1537EB0, "490000400c4e00027400000001387400000000");
        feed(0x1537F28, "550000400c4f00027400000001377400000bb8<large>4e000274000000013975");
        feed(0x1538B68, "440000400c4f00027400000001387400000000");
        feed(0x1539F38, "540000000200000040050000400c");
        feed(0x153A1C0, "43000000000001539f68000000000153a1c0000303ed3e3ed4f6");

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
        feed(0x153A200, "4d00000000000153a200616c6f6e650000000002ff00");
        feed(0x153A200, "42000000000153a2e0000303ed3e3ed861000002dd");
        feed(0x153A200, "52000040117075626c6963004f646420224e616d650064000101780000000017ffffffff");
        feed(0x153A200, "49000040114e000174000000022d31");
        feed(0x153A310, "4300000000000153a2e0000000000153a310000303ed3e3ed861");

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
