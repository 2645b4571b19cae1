package io.pgcdc.routes.jdbc;

import io.pgcdc.testing.PostgresTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The command of docs/jdbc.md goes on working. */
@PostgresTest
class SinkBenchmarkIT {

    @ParameterizedTest
    @EnumSource(value = SinkDatabase.Kind.class, names = { "POSTGRES", "DUCKDB" })
    void sink_and_program_by_hand_make_the_same_rows(SinkDatabase.Kind kind) throws Exception {
        assertThat(new SinkBenchmark(1, 20, 3).run(kind)).contains(kind.name());
    }
}
