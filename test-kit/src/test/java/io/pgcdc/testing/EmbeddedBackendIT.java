package io.pgcdc.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedBackendIT {

    private static final Duration NO_LONG_WAIT = Duration.ofSeconds(1);

    @Test
    void a_server_that_does_not_start_says_why() {
        int major = PostgresSelection.isExternal() ? PostgresSelection.NEWEST : PostgresSelection.defaultMajor();

        assertThatThrownBy(() -> EmbeddedBackend.start(major, Map.of("max_wal_senders", "many"), NO_LONG_WAIT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("PostgreSQL " + major + " did not start")
                .hasMessageContaining("invalid value for parameter \"max_wal_senders\": \"many\"");
    }

    @Test
    void missing_binaries_are_named_never_skipped(@TempDir Path empty) {
        assertThatThrownBy(() -> PostgresBinaries.of(16, empty.toString()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("No binaries of PostgreSQL 16")
                .hasMessageContaining(empty.resolve("postgres-16.jar").toString());
    }

    @Test
    void equal_binaries_are_unpacked_once(@TempDir Path directory) {
        assertThat(new PostgresBinaries(18, directory)).isEqualTo(new PostgresBinaries(18, directory));
    }
}
