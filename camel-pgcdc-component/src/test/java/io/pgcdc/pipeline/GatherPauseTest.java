package io.pgcdc.pipeline;

import java.util.HashSet;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GatherPauseTest {

    private final GatherPause pause = new GatherPause();
    private long now = -5_000_000_000L;
    private long bytes;
    private long blocked;

    @Test
    void the_pause_that_brings_most_is_found_and_found_again_when_another_one_does() {
        assertThat(mostly(rateWithPeakAt(1_600_000))).isEqualTo(1_600_000);
        assertThat(mostly(rateWithPeakAt(2_000_000))).isEqualTo(2_000_000);
        assertThat(mostly(rateWithPeakAt(100_000))).as("the shortest").isEqualTo(1_000_000);
    }

    @Test
    void buffers_that_are_full_after_a_short_pause_make_it_short_but_a_costly_server_does_not() {
        // 64 KB is all that fits, and each message that finds room costs the server as much again.
        assertThat(mostly(nanos -> Math.min(65_536 / nanos, 0.045))).isLessThanOrEqualTo(1_600_000);
        assertThat(mostly(nanos -> nanos < 1_200_000 ? 0.02 : 65_536 / nanos)).isEqualTo(1_250_000);
    }

    @Test
    void a_look_in_which_the_receiver_was_slow_says_nothing() {
        mostly(rateWithPeakAt(1_250_000));
        Set<Long> made = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            blocked += pause.nanos();
            long nanos = make(rateWithPeakAt(2_000_000));
            // The look that was under way has to end first.
            if (i > 16) {
                made.add(nanos);
            }
        }
        assertThat(made).hasSize(1);
    }

    private static DoubleUnaryOperator rateWithPeakAt(long best) {
        return nanos -> 0.04 / (1 + Math.abs(Math.log(nanos / best)));
    }

    /** The pause made most often in the second of two seconds. */
    private long mostly(DoubleUnaryOperator bytesPerNano) {
        for (int i = 0; i < 2_000; i++) {
            make(bytesPerNano);
        }
        return java.util.stream.IntStream.range(0, 1_000).mapToObj(i -> make(bytesPerNano))
                .collect(java.util.stream.Collectors.groupingBy(nanos -> nanos, java.util.stream.Collectors.counting()))
                .entrySet().stream().max(java.util.Map.Entry.comparingByValue()).orElseThrow().getKey();
    }

    private long make(DoubleUnaryOperator bytesPerNano) {
        long nanos = pause.nanos();
        now += nanos;
        bytes += (long) (nanos * bytesPerNano.applyAsDouble(nanos));
        pause.made(now, bytes, blocked);
        return nanos;
    }
}
