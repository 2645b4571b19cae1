package io.pgcdc.examples.quarkus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The packaged application, in a JVM of its own; what it says is in {@code target/quarkus-app.log}. */
@PostgresTest
class QuarkusIT {

    private static final Path APPLICATION = Path.of("target", "quarkus-app", "quarkus-run.jar").toAbsolutePath();
    private static final Path LOG = Path.of("target", "quarkus-app.log").toAbsolutePath();
    private static final String ROWS = """
            INSERT INTO orders SELECT i, 'item ' || i, i * 1.25, now(), jsonb_build_object('n', i)
              FROM generate_series(1, 1000) i""";
    private static final Duration WAIT = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    @Test
    void a_database_and_files_have_the_copy_and_every_change(TestDatabase shop) throws Exception {
        shop.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, item text, total numeric(10, 2), paid timestamptz, detail jsonb)",
                ROWS,
                "CREATE PUBLICATION shop FOR TABLE orders");
        try (TestDatabase copy = shop.server().createDatabase()) {
            Process application = start(shop, copy);
            try {
                awaitCaughtUp(shop);
                assertThat(copy.count("orders")).isEqualTo(1000);
                shop.execute("UPDATE orders SET total = total + 1, detail = NULL WHERE id <= 10",
                        "DELETE FROM orders WHERE id > 990",
                        "UPDATE orders SET id = 5000 WHERE id = 500",
                        "ALTER TABLE orders ADD COLUMN currency text DEFAULT 'EUR'",
                        "INSERT INTO orders VALUES (2000, 'cake', 12.50, now(), '{}', 'CHF')");
                awaitCaughtUp(shop);

                assertThat(checksum(copy)).isEqualTo(checksum(shop));
                assertThat(Files.readAllLines(directory.resolve("output/yaml/public.orders.ndjson")))
                        .hasSize(1000 + 10 + 10 + 1 + 1)
                        .anyMatch(line -> line.contains("\"id\":2000,\"item\":\"cake\",\"total\":12.50"));
            } finally {
                application.destroy();
                if (!application.waitFor(30, TimeUnit.SECONDS)) {
                    application.destroyForcibly();
                }
            }
        }
    }

    private static void awaitCaughtUp(TestDatabase shop) {
        List.of("files_yaml", "shop_copy").forEach(pipeline -> shop.awaitCaughtUp(pipeline, WAIT));
    }

    private Process start(TestDatabase shop, TestDatabase copy) throws IOException {
        ProcessBuilder application = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", APPLICATION.toString());
        application.environment().putAll(Map.of(
                "SOURCE_URL", shop.url(), "SOURCE_USERNAME", shop.username(), "SOURCE_PASSWORD",
                String.valueOf(shop.password()),
                "COPY_URL", copy.url(), "COPY_USERNAME", copy.username(), "COPY_PASSWORD", String.valueOf(copy.password())));
        return application.directory(directory.toFile()).redirectErrorStream(true).redirectOutput(LOG.toFile()).start();
    }

    private static String checksum(TestDatabase database) {
        return database.query(
                "SELECT count(*) || ' ' || md5(string_agg(t::text, '|' ORDER BY id)) FROM orders t", String.class);
    }
}
