package io.pgcdc.pipeline;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CommitTimesTest {

    private final CommitTimes times = new CommitTimes();

    @Test
    void the_oldest_commit_is_the_first_behind_what_is_complete() {
        times.add(100, at(1));
        times.add(200, at(2));
        times.add(300, at(3));
        assertThat(times.oldestAfter(99)).isEqualTo(at(1));
        assertThat(times.oldestAfter(100)).isEqualTo(at(2));
        assertThat(times.oldestAfter(250)).isEqualTo(at(3));
        assertThat(times.oldestAfter(300)).isNull();
    }

    @Test
    void of_very_many_that_are_not_complete_the_age_is_told_too_long_rather_than_too_short() {
        int count = 100_000;
        for (int i = 1; i <= count; i++) {
            times.add(i * 10L, at(i));
        }
        for (int complete = 0; complete < count; complete += 777) {
            assertThat(times.oldestAfter(complete * 10L)).isBetween(Instant.EPOCH, at(complete + 1));
        }
        assertThat(times.oldestAfter(count * 10L - 1)).isEqualTo(at(count));
        assertThat(times.oldestAfter(count * 10L)).isNull();
    }

    private static Instant at(int second) {
        return Instant.ofEpochSecond(second);
    }
}
