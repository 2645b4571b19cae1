package io.pgcdc.camel;

import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The context dies abruptly (no drain, no last position) again and again, at random moments, under a writer. */
class KillAndRestartIT {

    private static final int SEEDS_PER_OPTIONS = 7;
    private static final int KILLS_PER_SEED = 4;

    @ParameterizedTest
    @ValueSource(strings = { "", "batching=true&maxBatchSize=50", "tableSyncWorkers=1&maxInFlight=20" })
    void nothing_is_lost_and_order_is_kept_over_abrupt_ends_at_random_moments(String options) throws Exception {
        for (long seed = 1; seed <= SEEDS_PER_OPTIONS; seed++) {
            System.out.println("seed " + seed + " with '" + options + "'");
            try (TestDatabase database = PostgresServer.shared().createDatabase()) {
                survivesKills(database, options, new Random(seed * 31 + options.length()), seed);
            }
        }
    }

    private static void survivesKills(TestDatabase database, String options, Random random, long seed)
            throws Exception {
        Workload.create(database, 2_000);
        Model model = new Model();
        try (Workload workload = Workload.start(database, seed)) {
            for (int kill = 0; kill < KILLS_PER_SEED; kill++) {
                RouteUnderTest route = RouteUnderTest.start(database, options, model::apply);
                if (random.nextBoolean()) {
                    // During slots, copy and hand-over, which take a few hundred milliseconds; else while streaming.
                    LockSupport.parkNanos(random.nextInt(400) * 1_000_000L);
                } else {
                    route.awaitReady();
                    LockSupport.parkNanos(random.nextInt(100) * 1_000_000L);
                }
                route.kill();
                model.expectReplay();
            }
            try (RouteUnderTest route = RouteUnderTest.start(database, options, model::apply)) {
                route.awaitReady();
                workload.close();
                route.awaitCaughtUp();
            }
        }
        for (String table : Workload.TABLES) {
            assertThat(model.rows(table)).as(table).isEqualTo(Workload.expected(database, table));
        }
        assertThat(model.violations()).isEmpty();
        assertThat(database.slots()).as("no slot is left over").containsExactly("pgcdc_" + database.name() + "_mypub");
    }
}
