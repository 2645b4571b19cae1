package io.pgcdc.routes.bigquery;

import java.util.List;
import java.util.Map;

import io.pgcdc.routes.bigquery.fake.FakeBigQuery;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
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
    @ValueSource(strings = { "batching=true", "batching=false", "batching=true&values=java", "batching=false&values=java" })
    void copied_rows_and_changes_make_the_table_that_the_source_has(String options, TestDatabase shop) throws Exception {
        shop.execute("CREATE TABLE orders (id bigint PRIMARY KEY, item text, price numeric(10,2))",
                "INSERT INTO orders SELECT n, 'item ' || n, n * 1.5 FROM generate_series(1, 100) n",
                "CREATE PUBLICATION mypub FOR TABLE orders");
        try (SinkRoute route = SinkRoute.start(shop, fake, options, "")) {
            route.awaitCaughtUp();
            assertThat(ids("orders")).hasSize(100);
            shop.execute("UPDATE orders SET price = 0 WHERE id <= 10", "DELETE FROM orders WHERE id > 50",
                    "UPDATE orders SET id = id + 1000 WHERE id <= 5", "INSERT INTO orders VALUES (7777, 'new', NULL)");
            route.awaitCaughtUp();
            assertThat(ids("orders")).isEqualTo(shop.rows("SELECT id FROM orders ORDER BY id").stream()
                    .map(row -> row.get("id")).toList());
        }
    }

    private List<Object> ids(String table) {
        return fake.rows(table).stream().map((Map<String, Object> row) -> row.get("id")).sorted().toList();
    }
}
