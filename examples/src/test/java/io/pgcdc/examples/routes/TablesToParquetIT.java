package io.pgcdc.examples.routes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class TablesToParquetIT {

    @Test
    void the_file_has_the_table_with_its_types_soon_after_each_change(TestDatabase database, @TempDir Path directory)
            throws Exception {
        ShopRoute.createShop(database);
        try (ShopRoute route = new ShopRoute(
                "tables-to-parquet.camel.yaml", database, Map.of(
                        "duckdb.url", "jdbc:duckdb:" + directory.resolve("shop.duckdb"), "parquet.directory", directory,
                        "parquet.period", "200"))) {
            awaitRows(directory, "1 tea 2.50 DECIMAL(10,2)");
            database.execute("UPDATE orders SET price = 3.00", "INSERT INTO orders VALUES (2, 'cake', NULL)");
            awaitRows(directory, "1 tea 3.00 DECIMAL(10,2)", "2 cake null DECIMAL(10,2)");
            database.execute("DELETE FROM orders WHERE id = 1");
            awaitRows(directory, "2 cake null DECIMAL(10,2)");
        }
    }

    private static void awaitRows(Path directory, String... rows) {
        Path file = directory.resolve("orders.parquet");
        Awaitility.await().atMost(Duration.ofMinutes(2)).ignoreException(SQLException.class).untilAsserted(
                () -> {
                    assertThat(file).matches(Files::exists);
                    assertThat(rowsOf(file)).containsExactlyInAnyOrder(rows);
                });
    }

    private static List<String> rowsOf(Path file) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery(
                     "SELECT id, item, price, typeof(price) FROM read_parquet('" + file + "')")) {
            while (row.next()) {
                rows.add(row.getString(1) + ' ' + row.getString(2) + ' ' + row.getString(3) + ' ' + row.getString(4));
            }
        }
        return rows;
    }
}
