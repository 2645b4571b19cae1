package io.pgcdc.testing;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest(majors = PostgresSelection.OLDEST)
class PostgresTestMajorsIT {

    @Test
    void a_class_runs_on_a_major_that_it_can_run_on(PostgresServer server, TestDatabase database) {
        assertThat(server.major()).isEqualTo(PostgresSelection.OLDEST);
        assertThat(database.server()).isSameAs(server);
    }
}
