package io.pgcdc.testing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PollingTest {

    private static final Duration INTERVAL = Duration.ofMillis(1);

    @Test
    void it_looks_until_the_condition_holds() {
        AtomicInteger looks = new AtomicInteger();

        assertThat(Polling.until(Duration.ofMinutes(1), INTERVAL, () -> looks.incrementAndGet() == 3)).isTrue();
        assertThat(looks).hasValue(3);
    }

    @Test
    void it_looks_even_if_there_is_no_time() {
        assertThat(Polling.until(Duration.ZERO, INTERVAL, () -> true)).isTrue();
        assertThat(Polling.until(Duration.ofSeconds(-1), INTERVAL, () -> false)).isFalse();
    }

    @Test
    void an_interrupted_thread_waits_no_longer_and_stays_interrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Polling.until(Duration.ofMinutes(1), INTERVAL, () -> false))
                .isInstanceOf(IllegalStateException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
