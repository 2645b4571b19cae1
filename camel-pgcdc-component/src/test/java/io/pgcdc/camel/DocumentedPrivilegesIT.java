package io.pgcdc.camel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that a pipeline does, with the very SQL of README.md and nothing else: no superuser, no other privilege.
 * The tables belong to somebody else.
 */
class DocumentedPrivilegesIT {

    private static final Pattern BLOCK = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
    private static final String OPTIONS
            = "username=pgcdc&password=secret&batching=true&copyRangeBytes=65536&expressBacklogBytes=100000";

    @ParameterizedTest
    @PostgresMajors
    void the_privileges_of_the_page_are_enough(int major) throws Exception {
        List<String> blocks = sqlOfPage();
        String[] states = blocks.get(2).split("-- or\n");
        assertThat(states).hasSize(2);
        // A server of one's own: the page names a database and a role.
        try (PostgresServer server = PostgresServer.start(major, Map.of("log_connections", "off"))) {
            for (String state : states) {
                try (TestDatabase database = server.createDatabase("shop")) {
                    prepare(database, blocks.get(1), state);
                    run(database);
                }
                try (TestDatabase other = server.createDatabase()) {
                    other.execute("DROP ROLE pgcdc", "DROP ROLE shop_owner");
                }
            }
        }
    }

    private static void run(TestDatabase database) throws Exception {
        Model model = new Model();
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        try (RouteUnderTest route = RouteUnderTest.start(database, "orders", OPTIONS, exchange -> {
            copying.countDown();
            looked.await(120, TimeUnit.SECONDS);
            model.apply(exchange);
        })) {
            assertThat(route.consumer().getEndpoint().preflight().isReady()).isTrue();
            assertThat(copying.await(120, TimeUnit.SECONDS)).isTrue();
            assertThat(sessions(database)).as("connections of a copy in ranges").hasSizeGreaterThan(4)
                    .allSatisfy(session -> assertThat(session).containsEntry("usename", "pgcdc"));
            looked.countDown();
            route.awaitReady();
            asOwner(database, "UPDATE orders SET note = 'new' WHERE id = 1", "ALTER TABLE orders ADD more int DEFAULT 7",
                    "INSERT INTO orders VALUES (0, 'more', 8)", "DELETE FROM order_items WHERE id = 2", "TRUNCATE order_items");
            database.awaitCaughtUp("orders");
            assertThat(model.rows("orders").size()).isEqualTo(5001);
            assertThat(model.rows("orders").subList(0, 2)).containsExactly("{id=0, note=more, more=8}", "{id=1, note=new}");
            assertThat(model.rows("order_items")).isEmpty();
            route.consumer().resyncTable("public.orders");
            asOwner(database, "INSERT INTO order_items VALUES (9)");
            Awaitility.await().until(() -> model.rows("order_items").size() == 1);
            route.awaitReady();
        }
        asOwner(database, "INSERT INTO orders SELECT i, repeat('y', 100) FROM generate_series(10000, 19999) i");
        try (EveryLogLine log = new EveryLogLine();
             RouteUnderTest route = RouteUnderTest.start(database, "orders", OPTIONS, model::apply)) {
            database.awaitCaughtUp("orders");
            assertThat(log.lines()).anyMatch(line -> line.contains("is read in chunks"));
            assertThat(log.lines()).noneMatch(line -> line.contains("express catch-up failed"));
        }
        assertThat(model.rows("orders")).hasSize(15_001);
        assertThat(database.query("SELECT rolsuper OR rolbypassrls OR rolcreaterole OR EXISTS (SELECT FROM pg_auth_members"
                                  + " WHERE member = r.oid) FROM pg_roles r WHERE rolname = 'pgcdc'",
                Boolean.class)).isFalse();
    }

    private static void prepare(TestDatabase database, String publication, String state) throws Exception {
        database.execute("CREATE ROLE shop_owner LOGIN PASSWORD 'secret'", "GRANT CREATE ON DATABASE shop TO shop_owner",
                "GRANT CREATE, USAGE ON SCHEMA public TO shop_owner");
        asOwner(database, "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, repeat('x', 500) FROM generate_series(1, 5000) i",
                "CREATE TABLE order_items (id bigint PRIMARY KEY)", "INSERT INTO order_items VALUES (1), (2)");
        for (String sql : statements(publication)) {
            // As the owner of the tables, but for what only an administrator may.
            if (sql.startsWith("CREATE ROLE") || sql.contains("ON SCHEMA")) {
                database.execute(sql);
            } else {
                asOwner(database, sql);
            }
        }
        database.execute(statements(state).toArray(String[]::new));
    }

    private static List<Map<String, Object>> sessions(TestDatabase database) {
        return database.rows("SELECT usename FROM pg_stat_activity WHERE application_name LIKE 'pgcdc%'");
    }

    private static void asOwner(TestDatabase database, String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection(database.url(), "shop_owner", "secret");
             Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> statements(String block) {
        List<String> statements = new ArrayList<>();
        for (String line : block.split("\n")) {
            String sql = line.replaceFirst("--.*", "").strip();
            if (!sql.isEmpty()) {
                statements.add(sql.substring(0, sql.length() - 1));
            }
        }
        return statements;
    }

    private static List<String> sqlOfPage() throws Exception {
        String page = Files.readString(Path.of("../README.md"));
        Matcher block = BLOCK.matcher(page.substring(page.indexOf("## What PostgreSQL needs")));
        List<String> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }
}
