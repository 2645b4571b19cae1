package io.pgcdc.torture;

import java.io.File;

import io.pgcdc.testing.PostgresServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The short run: a small part of each kind of fault, with fixed seeds. {@link Torture} is the long one. */
class TortureIT {

    private static final int EFFORT = 1;

    @ParameterizedTest
    @ValueSource(longs = 4)
    void the_invariants_hold_through_kills_cuts_and_crashes(long seed) {
        File log = new File("target/torture/short-" + seed + ".log");
        log.getParentFile().mkdirs();
        try (PostgresServer server = PostgresServer.start(PostgresServer.shared().major(), Torture.SERVER);
             TortureRun run = new TortureRun(server, seed, Variant.of(seed), log, System.out::println)) {
            SeedResult result = run.run(EFFORT);

            assertThat(result.violations()).as("seed " + seed).isEmpty();
            assertThat(result.jvmKills()).as("kills").isPositive();
            assertThat(result.changes()).as("changes checked").isPositive();
        }
    }
}
