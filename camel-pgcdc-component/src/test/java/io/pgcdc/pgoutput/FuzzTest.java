package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Spoiled input is read or refused, and nothing else. The seed is printed; {@code -Dpgcdc.test.seed} plays it again.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzTest {

    private static final int INPUTS = 300_000;
    /** A decoder lives this long: spoiled announcements shall meet rows, and not be met for ever. */
    private static final int INPUTS_PER_DECODER = 30;

    private final long seed = Long.getLong("pgcdc.test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Mutation mutation = new Mutation(random);

    @Test
    void spoiled_messages_are_read_or_refused() {
        System.out.println("spoiled messages with seed " + seed);
        List<Map.Entry<String, byte[]>> messages = List.copyOf(GoldenMessages.all().entrySet());
        int read = 0;
        Feed feed = null;
        for (int i = 0; i < INPUTS; i++) {
            Map.Entry<String, byte[]> message = messages.get(random.nextInt(messages.size()));
            if (i % INPUTS_PER_DECODER == 0) {
                feed = GoldenMessages.feedFor(message.getKey());
            }
            byte[] other = messages.get(random.nextInt(messages.size())).getValue();
            read += isRead(feed, mutation.of(message.getValue(), other)) ? 1 : 0;
        }
        assertThat(read).as("how many of %d were read, seed %d", INPUTS, seed).isBetween(INPUTS / 100, INPUTS);
    }

    private boolean isRead(Feed feed, byte[] message) {
        try {
            feed.feed(message);
            return true;
        } catch (PgCdcException e) {
            assertThat(e.code()).isIn(ErrorCode.PROTOCOL, ErrorCode.DECODE);
            return false;
        } catch (RuntimeException | Error e) {
            return fail("seed " + seed, e);
        }
    }

    @Test
    void spoiled_rows_of_a_copy_are_read_or_refused() {
        System.out.println("spoiled rows of a copy with seed " + seed);
        List<byte[]> rows = List.of(
                bytes("1\tname\t\\N\n"), bytes("\\N\t\\N\t\\N"), bytes("-7\ta\\tb\\\\c\\x41\\101\t\n"),
                bytes("12\tgröße\t\\b\\f\\n\\r\\v\n"));
        CopyRowDecoder decoder = new CopyRowDecoder(CopyRowDecoderTest.ITEM, Codecs.of(ValueStyle.PORTABLE, false));
        int read = 0;
        for (int i = 0; i < INPUTS; i++) {
            byte[] row = mutation.of(rows.get(random.nextInt(rows.size())), rows.get(random.nextInt(rows.size())));
            read += isRead(decoder, row) ? 1 : 0;
        }
        assertThat(read).as("how many of %d were read, seed %d", INPUTS, seed).isBetween(INPUTS / 100, INPUTS);
    }

    private boolean isRead(CopyRowDecoder decoder, byte[] row) {
        try {
            assertThat(decoder.decode(row, 0, row.length).length).isEqualTo(3);
            return true;
        } catch (PgCdcException e) {
            assertThat(e.code()).isIn(ErrorCode.PROTOCOL, ErrorCode.DECODE);
            return false;
        } catch (RuntimeException | Error e) {
            return fail("seed " + seed, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
