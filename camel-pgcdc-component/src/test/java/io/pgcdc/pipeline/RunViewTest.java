package io.pgcdc.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.pgcdc.model.Lsn;
import io.pgcdc.postgres.ServerFigures;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the lag in seconds is, by what is known. */
class RunViewTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    /** The server's clock goes an hour before ours. */
    private static final Duration OFFSET = Duration.ofHours(1);
    private static final Instant SERVER_NOW = NOW.plus(OFFSET);

    @Test
    void the_lag_is_the_age_of_the_oldest_commit_that_is_not_complete_by_the_servers_clock() {
        assertThat(view(SERVER_NOW.minusSeconds(90), 100, SERVER_NOW.minusSeconds(5), null, 100, 1).lagAt(NOW))
                .isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void it_is_zero_at_the_end_of_the_servers_log() {
        assertThat(view(null, 100, SERVER_NOW.minusSeconds(500), null, 100, 1).lagAt(NOW)).isEqualTo(Duration.ZERO);
        assertThat(view(null, 100, null, null, 100, 1).lagAt(NOW)).isEqualTo(Duration.ZERO);
    }

    @Test
    void log_that_was_not_read_counts_since_the_last_commit_that_was_read_or_since_the_end_was_reached() {
        assertThat(view(null, 100, SERVER_NOW.minusSeconds(70), null, 200, 1).lagAt(NOW)).isEqualTo(Duration.ofSeconds(70));
        assertThat(view(null, 100, SERVER_NOW.minusSeconds(70), SERVER_NOW.minusSeconds(3), 200, 1).lagAt(NOW))
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(view(null, 100, null, null, 200, 1).lagAt(NOW)).as("nobody knows").isNull();
    }

    @Test
    void a_server_that_was_not_heard_of_for_long_may_have_gone_on_since() {
        assertThat(view(null, 100, null, null, 100, 60).lagAt(NOW)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void what_a_new_run_does_not_know_yet_is_told_of_the_one_before() {
        RunView before = view(null, 100, null, null, 100, 1);
        RunView next = new RunView(null, null, null, null, null, 3, 0, List.of());
        assertThat(next.after(before).confirmed()).isEqualTo(Lsn.of(50));
        assertThat(next.after(before).slot()).isEqualTo("slot");
        assertThat(next.after(before).inFlight()).isEqualTo(3);
    }

    private static RunView view(
            Instant oldest, long received, Instant last, Instant readUpTo, long position, int secondsAgo) {
        return new RunView(
                "db", "slot", List.of(), new RunView.Stream(Lsn.of(50), oldest, Lsn.of(received), last, readUpTo),
                new ServerFigures(NOW.minusSeconds(secondsAgo), OFFSET, Lsn.of(position), 10, -1, "reserved"), 0, 0,
                List.of());
    }
}
