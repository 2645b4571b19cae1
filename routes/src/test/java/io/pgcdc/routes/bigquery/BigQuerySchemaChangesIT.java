package io.pgcdc.routes.bigquery;

import java.util.List;
import java.util.Map;

import io.pgcdc.routes.bigquery.fake.FakeBigQuery;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tables that are redefined while they are followed. */
@PostgresTest
class BigQuerySchemaChangesIT {

    private FakeBigQuery fake;

    @BeforeEach
    void start(TestDatabase shop) throws Exception {
        fake = new FakeBigQuery();
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, item varchar(20), price numeric(10,2))",
                "INSERT INTO orders VALUES (1, 'tea', 1.5), (2, 'milk', 2)",
                "CREATE PUBLICATION mypub FOR TABLE orders");
    }

    @AfterEach
    void stop() throws Exception {
        fake.close();
    }

    @Test
    void columns_that_come_go_change_their_name_or_widen_are_followed(TestDatabase shop) throws Exception {
        try (SinkRoute route = SinkRoute.start(shop, fake, "batching=true", "")) {
            route.awaitCaughtUp();
            shop.execute("ALTER TABLE orders ADD note text", "INSERT INTO orders VALUES (3, 'cake', 3, 'fresh')");
            route.awaitCaughtUp();
            assertSame(shop);
            shop.execute("ALTER TABLE orders RENAME item TO article", "INSERT INTO orders VALUES (4, 'jam', 4, NULL)");
            route.awaitCaughtUp();
            assertSame(shop);
            shop.execute("ALTER TABLE orders DROP note", "UPDATE orders SET price = 9 WHERE id = 1");
            route.awaitCaughtUp();
            assertSame(shop);
            shop.execute("ALTER TABLE orders ADD note int", "UPDATE orders SET note = 7 WHERE id = 2");
            route.awaitCaughtUp();
            assertSame(shop);
            int statements = fake.statements().size();
            shop.execute("ALTER TABLE orders ALTER article TYPE text", "ALTER TABLE orders ALTER note TYPE bigint",
                    "ALTER TABLE orders ALTER price SET NOT NULL, ALTER price SET DEFAULT 1",
                    "UPDATE orders SET note = 5000000000 WHERE id = 3");
            route.awaitCaughtUp();
            assertSame(shop);
            assertThat(fake.statements()).as("wider types, NOT NULL and defaults change nothing").hasSize(statements);
        }
        assertThat(fake.table("orders_1").columns()).extracting(column -> column.name() + " " + column.type())
                .as("a dropped column is kept, and one of the same name is another one")
                .containsExactly("id INT64", "item STRING", "price NUMERIC", "note STRING", "note_2 INT64");
        assertThat(fake.names()).containsExactly("orders", "orders_1");
    }

    @Test
    void a_table_that_gets_another_name_has_its_view_under_that(TestDatabase shop) throws Exception {
        try (SinkRoute route = SinkRoute.start(shop, fake, "batching=true", "")) {
            route.awaitCaughtUp();
            shop.execute("ALTER TABLE orders RENAME TO purchases", "INSERT INTO purchases VALUES (3, 'cake', 3)");
            route.awaitCaughtUp();
            assertThat(fake.rows("purchases")).containsExactlyInAnyOrderElementsOf(SourceRows.of(shop, "purchases"));
            assertThat(fake.names()).containsExactly("orders_1", "purchases");
            shop.execute("TRUNCATE purchases", "INSERT INTO purchases VALUES (4, 'jam', 3)");
            route.awaitCaughtUp();
            assertThat(fake.rows("purchases")).containsExactlyInAnyOrderElementsOf(SourceRows.of(shop, "purchases"));
            shop.execute("CREATE SCHEMA sales", "ALTER TABLE purchases SET SCHEMA sales",
                    "INSERT INTO sales.purchases VALUES (5, 'tea', 4)");
            route.awaitCaughtUp();
            assertThat(fake.rows("sales_purchases"))
                    .containsExactlyInAnyOrderElementsOf(SourceRows.of(shop, "sales.purchases"));
            assertThat(fake.names()).containsExactly("orders_1", "orders_2", "sales_purchases");
        }
    }

    @Test
    void a_type_that_bigquery_can_widen_is_refused_with_the_statement_and_goes_on_once_it_was_run(TestDatabase shop)
            throws Exception {
        shop.execute("ALTER TABLE orders ADD n int");
        try (SinkRoute route = SinkRoute.start(shop, fake, "batching=true", "")) {
            route.awaitCaughtUp();
            shop.execute("ALTER TABLE orders ALTER n TYPE numeric(20,2)", "UPDATE orders SET n = 1.25 WHERE id = 1");
            Awaitility.await().until(() -> route.lastFailure().contains("has another type"));
            assertThat(route.lastFailure()).contains("The column public.orders.n has another type from event")
                    .contains("BigQuery has it as INT64, it wants NUMERIC").contains("resyncTable");
            String statement = "ALTER TABLE `shop-project.warehouse.orders_1` ALTER COLUMN `n` SET DATA TYPE NUMERIC";
            assertThat(route.lastFailure()).contains("Run in BigQuery: " + statement);
            fake.execute(statement);
            route.awaitCaughtUp();
            assertSame(shop);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "isolateTable", "retry" })
    void a_table_with_another_type_or_key_is_right_again_after_it_was_copied_anew(String policy, TestDatabase shop)
            throws Exception {
        try (SinkRoute route = SinkRoute.start(shop, fake, "batching=true&failurePolicy=" + policy, "")) {
            route.awaitCaughtUp();
            shop.execute("ALTER TABLE orders ALTER price TYPE text", "UPDATE orders SET price = 'dear' WHERE id = 1");
            Awaitility.await().until(() -> route.lastFailure().contains("BigQuery has it as NUMERIC, it wants STRING"));
            assertThat(route.lastFailure()).contains("call resyncTable of the pgcdc consumer with public.orders");
            route.resync("public.orders");
            route.awaitCaughtUp();
            Awaitility.await().untilAsserted(() -> assertSame(shop));
            shop.execute("ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (id, item)",
                    "UPDATE orders SET price = 'cheap' WHERE id = 1");
            Awaitility.await().until(() -> route.lastFailure().contains("The key of public.orders is another one"));
            route.resync("public.orders");
            route.awaitCaughtUp();
            Awaitility.await().untilAsserted(() -> assertSame(shop));
        }
        assertThat(fake.table("orders_3").key()).containsExactly("id", "item");
    }

    private void assertSame(TestDatabase shop) {
        List<Map<String, Object>> rows = fake.rows("orders");
        assertThat(rows).containsExactlyInAnyOrderElementsOf(SourceRows.of(shop, "orders"));
        assertThat(rows.get(0).keySet()).containsExactlyElementsOf(SourceRows.of(shop, "orders").get(0).keySet());
    }
}
