package io.pgcdc.torture;

import java.util.Locale;
import java.util.Random;

/**
 * How one seed's route is built.
 *
 * @param route    what stands between the component and the sink
 * @param options  of the endpoint
 * @param text     whether a table has a column because of which all changes come as text, not in binary
 * @param failures of a thousand exchanges, how many the sink refuses
 * @param slowness of a thousand exchanges, how many are answered late
 */
record Variant(Route route, String options, boolean text, int failures, int slowness) {

    /** An odd number with bits all over: that of the golden ratio. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** What stands between the component and the sink. */
    enum Route {
        /** Nothing: one exchange after the other, so the order of the sink is the order of the component. */
        DIRECT,
        /** Four threads: exchanges complete out of order. */
        THREADS,
        /** Groups of each table, with the component's strategy. */
        AGGREGATED;

        boolean keepsOrder() {
            return this == DIRECT;
        }
    }

    static Variant of(long seed) {
        // Random answers alike first, for seeds that are alike.
        Random random = new Random(seed * SPREAD);
        // Most of the invariants can be seen where the route keeps the order.
        Route route = switch ((int) (seed % 6)) {
            case 2 -> Route.THREADS;
            case 5 -> Route.AGGREGATED;
            default -> Route.DIRECT;
        };
        boolean batching = route != Route.AGGREGATED && seed % 2 == 0;
        String options = "tableSyncWorkers=" + (random.nextBoolean() ? 1 : 4)
                         + "&copyConnectionsPerTable=" + (1 + random.nextInt(2))
                         + "&copyRangeBytes=" + pick(random, 64 << 10, 32 << 20)
                         + "&maxInFlight="
                         // Groups that wait for more must not hold everything up.
                         + (route == Route.AGGREGATED ? pick(random, 1_000, 10_000) : pick(random, 50, 1_000, 10_000))
                         + (batching ? "&batching=true&maxBatchSize=" + pick(random, 7, 100, 1_000) : "");
        int failures = pick(random, 0, 0, 1, 2);
        int slowness = pick(random, 0, 2);
        // Last, so that the seeds of before are what they were: after each crash by chunks, whatever there is to read.
        options += random.nextBoolean() ? "&expressBacklogBytes=" + pick(random, 0, 64 << 10) : "";
        options += random.nextInt(3) == 0 ? "&streamTransactions=true" : "";
        return new Variant(route, options, seed % 4 == 3, failures, slowness);
    }

    boolean streamsTransactions() {
        return options.contains("streamTransactions=true");
    }

    boolean isBatching() {
        return options.contains("batching=true");
    }

    private static int pick(Random random, int... values) {
        return values[random.nextInt(values.length)];
    }

    @Override
    public String toString() {
        return route.name().toLowerCase(Locale.ROOT) + " " + options + (text ? ", as text" : "")
               + (failures == 0 ? "" : ", " + failures + "‰ refused") + (slowness == 0 ? "" : ", " + slowness + "‰ late");
    }
}
