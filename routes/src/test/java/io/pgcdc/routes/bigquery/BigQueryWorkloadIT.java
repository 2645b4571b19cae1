package io.pgcdc.routes.bigquery;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.routes.bigquery.fake.FakeBigQuery;
import io.pgcdc.routes.bigquery.fake.Fault;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Random changes, failures of BigQuery and failures behind it, which make everything from there on come again. */
@PostgresTest
class BigQueryWorkloadIT {

    private static final int TRANSACTIONS = Integer.getInteger("pgcdc.bigquery.transactions", 90);
    private static final int KEYS = 60;
    private static final List<Fault> FAULTS
            = List.of(Fault.UNAVAILABLE, Fault.ACKNOWLEDGEMENT_LOST, Fault.RESOURCE_EXHAUSTED, Fault.NOT_FOUND);

    private final long seed = Long.getLong("pgcdc.bigquery.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private int columns;

    @Test
    void whatever_fails_and_comes_again_the_views_end_as_the_tables(TestDatabase shop) throws Exception {
        System.out.println("seed: -Dpgcdc.bigquery.seed=" + seed);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, item text, price numeric(12,4), at timestamptz)",
                "CREATE TABLE lines (a text, b date, n bigint, note text, PRIMARY KEY (a, b))",
                "ALTER TABLE lines REPLICA IDENTITY FULL",
                "INSERT INTO orders SELECT n, 'copied', n, now() FROM generate_series(1, 40) n",
                "INSERT INTO lines SELECT 'copied', '2020-01-01'::date + n, n FROM generate_series(1, 40) n",
                "CREATE PUBLICATION mypub FOR TABLE orders, lines");
        AtomicInteger failures = new AtomicInteger();
        try (FakeBigQuery fake = new FakeBigQuery()) {
            for (int run = 0; run < 3; run++) {
                try (SinkRoute route = SinkRoute.start(shop, fake, new RouteBuilder() {
                    @Override
                    public void configure() {
                        errorHandler(noErrorHandler());
                        from("pgcdc:mypub?batching=true&maxBatchSize=40&maxBatchDelay=10&maxInFlight=400").routeId("cdc")
                                .to("pgcdc-bigquery:" + FakeBigQuery.PROJECT + ":" + FakeBigQuery.DATASET
                                    + "?maxRequestRows=7")
                                .process(exchange -> {
                                    if (mayFail()) {
                                        failures.incrementAndGet();
                                        throw new IllegalStateException("failed behind the sink");
                                    }
                                });
                    }
                })) {
                    if (run == 0) {
                        route.awaitCaughtUp();
                    }
                    for (int i = 0; i < TRANSACTIONS / 3; i++) {
                        if (random.nextInt(6) == 0) {
                            fake.fault(FAULTS.get(random.nextInt(FAULTS.size())));
                        }
                        shop.execute(transaction());
                    }
                    // The next run meets a stop in the midst of things, the last one comes to its end.
                    if (run == 2) {
                        route.awaitCaughtUp();
                    }
                }
            }
            assertThat(fake.rows("orders")).containsExactlyInAnyOrderElementsOf(SourceRows.of(shop, "orders"));
            assertThat(fake.rows("lines")).containsExactlyInAnyOrderElementsOf(SourceRows.of(shop, "lines"));
            assertThat(fake.mostRows()).isLessThanOrEqualTo(7);
            assertThat(failures.get()).isPositive();
            System.out.println(failures + " failures behind the sink, " + fake.requests() + " requests, tables "
                               + fake.names());
        }
    }

    /** Not from the seed: nobody knows how changes come together in exchanges. */
    private static boolean mayFail() {
        return ThreadLocalRandom.current().nextInt(6) == 0;
    }

    private String[] transaction() {
        List<String> statements = new ArrayList<>(List.of("BEGIN"));
        for (int i = random.nextInt(6); i >= 0; i--) {
            statements.add(statement());
        }
        statements.add(random.nextInt(10) == 0 ? "ROLLBACK" : "COMMIT");
        return statements.toArray(String[]::new);
    }

    private String statement() {
        int key = random.nextInt(KEYS);
        return switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5 -> "INSERT INTO orders (id, item, price, at) VALUES (" + key
                                     + ", 'x', 1.5, now()) ON CONFLICT (id) DO UPDATE SET price = orders.price + 1";
            case 6, 7, 8 -> "UPDATE orders SET item = item || '.', at = clock_timestamp() WHERE id % 7 = " + key % 7;
            case 9, 10 -> "DELETE FROM orders WHERE id = " + key;
            case 11 -> "UPDATE orders SET id = id + 1000 WHERE id = " + key
                       + " AND NOT EXISTS (SELECT 1 FROM orders WHERE id = " + (key + 1000) + ")";
            case 12, 13, 14 -> "INSERT INTO lines (a, b, n) VALUES ('" + key % 5 + "', '2021-01-01'::date + " + key
                               + ", 1) ON CONFLICT (a, b) DO UPDATE SET n = lines.n + 1";
            case 15 -> "UPDATE lines SET b = b + 10000, note = repeat('long', 3000) WHERE n = 1 AND a = '" + key % 5
                       + "' AND NOT EXISTS (SELECT 1 FROM lines other WHERE other.a = lines.a AND other.b = lines.b + 10000)";
            case 16 -> "DELETE FROM lines WHERE a = '" + key % 5 + "' AND n > 3";
            case 17 -> "UPDATE lines SET n = n + 1 WHERE note IS NOT NULL";
            case 18 -> random.nextInt(4) == 0 ? "TRUNCATE " + (random.nextBoolean() ? "orders" : "lines, orders") : "SELECT 1";
            case 19 -> random.nextInt(4) == 0 ? "ALTER TABLE orders ADD c" + columns++ + " int" : "SELECT 1";
            default -> "UPDATE orders SET price = NULL WHERE id = " + key;
        };
    }
}
