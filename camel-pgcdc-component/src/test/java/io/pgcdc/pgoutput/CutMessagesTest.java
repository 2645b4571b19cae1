package io.pgcdc.pgoutput;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CutMessagesTest {

    static Stream<Arguments> messages() {
        return GoldenMessages.all().entrySet().stream().map(CutMessagesTest::arguments);
    }

    private static Arguments arguments(Map.Entry<String, byte[]> message) {
        return Arguments.of(message.getKey(), message.getValue());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void the_whole_message_is_taken(String name, byte[] message) {
        GoldenMessages.feedFor(name).feed(message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void every_beginning_of_a_message_is_refused_and_nothing_of_it_handed_on(String name, byte[] message) {
        for (int length = 0; length < message.length; length++) {
            Feed feed = GoldenMessages.feedFor(name);
            int before = feed.listener.story.size();
            feed.refuses(ErrorCode.PROTOCOL, Arrays.copyOf(message, length));
            assertThat(feed.listener.story).hasSize(before);
        }
    }

    /** Here a read beyond the message would be one beyond the array, which shows. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void every_beginning_of_a_message_is_refused_where_its_array_ends_with_it(String name, byte[] message) {
        for (int length = 0; length < message.length; length++) {
            Feed feed = GoldenMessages.feedFor(name);
            byte[] cut = Arrays.copyOf(message, length);
            assertThatExceptionOfType(PgCdcException.class)
                    .isThrownBy(() -> feed.decoder.decode(cut, 0, cut.length, Feed.LSN))
                    .matches(e -> e.code() == ErrorCode.PROTOCOL);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void a_message_with_a_byte_too_many_is_refused_and_nothing_of_it_handed_on(String name, byte[] message) {
        Feed feed = GoldenMessages.feedFor(name);
        int before = feed.listener.story.size();
        feed.refuses(ErrorCode.PROTOCOL, Arrays.copyOf(message, message.length + 1)).withMessageContaining("1 bytes");
        assertThat(feed.listener.story).hasSize(before);
    }
}
