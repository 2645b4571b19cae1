package io.pgcdc.routes.bigquery;

import java.util.concurrent.atomic.AtomicInteger;

import io.pgcdc.camel.FailurePolicy;
import io.pgcdc.routes.bigquery.fake.FakeBigQuery;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Copy and changes into the fake: it has what the source has. */
@PostgresTest
class BigQuerySinkIT {

    private FakeBigQuery fake;

    @BeforeEach
    void start() throws Exception {
        fake = new FakeBigQuery();
    }

    @AfterEach
    void stop() throws Exception {
        fake.close();
    }

    @ParameterizedTest
    @ValueSource(strings = { "batching=true", "batching=false&values=java" })
    void copied_rows_and_changes_make_the_table_that_the_source_has(String options, TestDatabase shop) throws Exception {
        shop.execute("CREATE TABLE orders (id bigint PRIMARY KEY, item text, price numeric(10,2), free numeric, flag boolean,"
                     + " at timestamptz, local timestamp, day date, clock time, code uuid, raw bytea, doc jsonb, rate float8)",
                "INSERT INTO orders SELECT n, 'item ' || n, n * 1.5, n / 7.0, n % 2 = 0, now() + n * interval '1 hour',"
                                                                                                                                + " now() + n * interval '1 day', '2020-01-01'::date + n, '10:00'::time + n * interval '1 s',"
                                                                                                                                + " gen_random_uuid(), decode(lpad(to_hex(n), 8, '0'), 'hex'), jsonb_build_object('n', n), n / 3.0"
                                                                                                                                + " FROM generate_series(1, 100) n",
                "CREATE PUBLICATION mypub FOR TABLE orders");
        try (SinkRoute route = SinkRoute.start(shop, fake, options, "")) {
            route.awaitCaughtUp();
            assertSame(shop, "orders");
            shop.execute("UPDATE orders SET price = 0, at = NULL WHERE id <= 10", "DELETE FROM orders WHERE id > 50",
                    "UPDATE orders SET id = id + 1000, raw = NULL WHERE id <= 5", "INSERT INTO orders (id) VALUES (7777)",
                    // Two rows exchange their keys.
                    "BEGIN; UPDATE orders SET id = -1 WHERE id = 20; UPDATE orders SET id = 20 WHERE id = 21;"
                                                                                                                           + " UPDATE orders SET id = 21 WHERE id = -1; COMMIT",
                    "BEGIN; DELETE FROM orders WHERE id = 30; INSERT INTO orders (id, item) VALUES (30, 'back'); COMMIT");
            route.awaitCaughtUp();
            assertSame(shop, "orders");
        }
    }

    @Test
    void a_key_of_several_columns_keeps_large_values_under_replica_identity_full(TestDatabase shop) throws Exception {
        shop.execute("CREATE TABLE \"Line Items\" (a text, b date, doc text, n int, PRIMARY KEY (a, b))",
                "ALTER TABLE \"Line Items\" REPLICA IDENTITY FULL",
                "ALTER TABLE \"Line Items\" ALTER doc SET STORAGE EXTERNAL",
                "INSERT INTO \"Line Items\" VALUES ('x', '2026-01-01', repeat('long', 5000), 1)",
                "CREATE PUBLICATION mypub FOR TABLE \"Line Items\"");
        try (SinkRoute route = SinkRoute.start(shop, fake, "batching=true", "")) {
            route.awaitCaughtUp();
            shop.execute("UPDATE \"Line Items\" SET n = 2", "UPDATE \"Line Items\" SET b = '2026-01-02', n = 3");
            route.awaitCaughtUp();
        }
        assertThat(fake.rows("Line Items")).containsExactlyElementsOf(SourceRows.of(shop, "\"Line Items\""));
        assertThat(fake.table("Line_Items_1").key()).containsExactly("a", "b");
    }

    @Test
    void an_update_without_its_large_value_puts_the_table_into_error_until_it_has_a_full_identity(TestDatabase shop)
            throws Exception {
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, doc text, n int)",
                "ALTER TABLE orders ALTER doc SET STORAGE EXTERNAL",
                "INSERT INTO orders VALUES (1, repeat('long', 5000), 1)", "CREATE PUBLICATION mypub FOR TABLE orders");
        try (SinkRoute route = SinkRoute.start(shop, fake, "batching=true&failurePolicy=isolateTable", "")) {
            route.awaitCaughtUp();
            shop.execute("UPDATE orders SET n = 2");
            Awaitility.await().until(() -> route.lastFailure().contains("REPLICA IDENTITY FULL"));
            shop.execute("ALTER TABLE \"public\".\"orders\" REPLICA IDENTITY FULL", "UPDATE orders SET n = 3");
            Awaitility.await().until(() -> !route.consumer().getTablesInError().isEmpty());
            route.resync("public.orders");
            Awaitility.await().untilAsserted(() -> assertSame(shop, "orders"));
            shop.execute("UPDATE orders SET n = 4");
            route.awaitCaughtUp();
            assertSame(shop, "orders");
        }
    }

    @ParameterizedTest
    @EnumSource(FailurePolicy.class)
    void a_row_that_bigquery_refuses_meets_with_the_failure_policy(FailurePolicy policy, TestDatabase shop) throws Exception {
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, item text)", "CREATE TABLE others (id int PRIMARY KEY)",
                "CREATE PUBLICATION mypub FOR TABLE orders, others");
        fake.refuse(row -> "bad".equals(row.get("item")));
        try (SinkRoute route = SinkRoute.start(shop, fake, "batching=true&failurePolicy=" + policy, "")) {
            route.awaitCaughtUp();
            shop.execute(
                    "INSERT INTO orders SELECT n, CASE n WHEN 13 THEN 'bad' ELSE 'good' END FROM generate_series(1, 30) n");
            Awaitility.await().until(() -> route.lastFailure().contains("BigQuery refused 1 of"));
            assertThat(route.lastFailure()).doesNotContain("secret");
            switch (policy) {
                case retry -> fake.refuse(row -> false);
                case isolateTable -> {
                    Awaitility.await().until(() -> !route.consumer().getTablesInError().isEmpty());
                    fake.refuse(row -> false);
                    route.resync("public.orders");
                    Awaitility.await().untilAsserted(() -> assertSame(shop, "orders"));
                }
                case skip -> shop.execute("UPDATE orders SET item = 'gone' WHERE id = 14");
            }
            shop.execute("INSERT INTO others VALUES (1)");
            route.awaitCaughtUp();
            assertThat(fake.rows("others")).hasSize(1);
        }
        if (policy == FailurePolicy.skip) {
            shop.execute("DELETE FROM orders WHERE id = 13");
        }
        assertSame(shop, "orders");
    }

    @Test
    void a_table_without_a_key_is_a_log_in_which_nothing_is_twice(TestDatabase shop) throws Exception {
        shop.execute("CREATE TABLE visits (page text, n int)", "ALTER TABLE visits REPLICA IDENTITY FULL",
                "INSERT INTO visits VALUES ('home', 1), ('home', 1)", "CREATE PUBLICATION mypub FOR TABLE visits");
        AtomicInteger failures = new AtomicInteger();
        try (SinkRoute route = SinkRoute.start(shop, fake, new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgcdc:mypub?batching=true").routeId("cdc")
                        .to("pgcdc-bigquery:" + FakeBigQuery.PROJECT + ":" + FakeBigQuery.DATASET)
                        .process(exchange -> {
                            if (failures.getAndIncrement() % 2 == 0) {
                                throw new IllegalStateException("comes again");
                            }
                        });
            }
        })) {
            route.awaitCaughtUp();
            shop.execute("INSERT INTO visits VALUES ('shop', 2)", "UPDATE visits SET n = 3 WHERE page = 'shop'",
                    "DELETE FROM visits WHERE page = 'shop'");
            route.awaitCaughtUp();
        }
        assertThat(fake.rows("visits"))
                .extracting(row -> row.get("_pgcdc_op") + " " + row.get("page") + " " + row.get("n"))
                .containsExactlyInAnyOrder("read home 1", "read home 1", "insert shop 2", "update shop 3", "delete shop 3");
        assertThat(fake.table("visits_1").key()).containsExactly("_pgcdc_seq");
        assertThat(fake.table("visits_1").log()).hasSizeGreaterThan(5);
    }

    private void assertSame(TestDatabase shop, String table) {
        assertThat(fake.rows(table)).containsExactlyInAnyOrderElementsOf(SourceRows.of(shop, table));
    }
}
