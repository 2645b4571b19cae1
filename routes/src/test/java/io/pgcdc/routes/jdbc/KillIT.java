package io.pgcdc.routes.jdbc;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The short run; {@link SinkKills} is the long one. */
class KillIT {

    @ParameterizedTest
    @CsvSource({ "DUCKDB, 2", "POSTGRES, 2" })
    void both_sides_are_equal_after_kills(SinkDatabase.Kind kind, int kills) throws Exception {
        try (KillRun run = new KillRun(kind, 1)) {
            System.out.println(run.run(kills));
        }
    }
}
