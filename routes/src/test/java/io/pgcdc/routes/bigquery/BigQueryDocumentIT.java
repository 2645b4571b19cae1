package io.pgcdc.routes.bigquery;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.api.client.json.gson.GsonFactory;
import io.pgcdc.model.TableSchema;
import io.pgcdc.routes.bigquery.fake.FakeBigQuery;
import io.pgcdc.routes.bigquery.fake.FakeColumn;
import io.pgcdc.routes.bigquery.fake.FakeTable;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The routes and the SQL of docs/bigquery.md, run as they stand there. */
@PostgresTest
class BigQueryDocumentIT {

    private static final Path DOCUMENT = Path.of("../docs/bigquery.md");
    private static final Path SOURCE = Path.of("src/test/java/io/pgcdc/routes/bigquery/BigQueryDocumentIT.java");

    private static final List<String> LANGUAGES = List.of("java", "yaml", "xml");

    private FakeBigQuery fake;

    @BeforeEach
    void start(TestDatabase shop) throws Exception {
        fake = new FakeBigQuery();
        shop.execute("CREATE TABLE orders (id bigint PRIMARY KEY, item text, price numeric(10,2))",
                "INSERT INTO orders SELECT n, 'item ' || n, n FROM generate_series(1, 1200) n",
                "CREATE PUBLICATION orders FOR TABLE orders");
    }

    @AfterEach
    void stop() throws Exception {
        fake.close();
    }

    @Test
    void the_route_to_the_sink_keeps_the_table_in_every_language(TestDatabase shop) throws Exception {
        assertKeepsTable(shop, "sink", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:orders?batching=true")
                        .to("pgcdc-bigquery:shop-project:warehouse");
            }
        });
    }

    @Test
    void the_kamelet_keeps_the_table_in_every_language(TestDatabase shop) throws Exception {
        assertKeepsTable(shop, "kamelet", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:orders?batching=true")
                        .to("kamelet:pgcdc-bigquery-sink?project=shop-project&dataset=warehouse");
            }
        });
        assertThat(fake.table("orders_1").options()).containsEntry("max_staleness", "INTERVAL 900 SECOND");
    }

    private void assertKeepsTable(TestDatabase shop, String name, RouteBuilder java) throws Exception {
        for (String language : LANGUAGES) {
            try (SinkRoute route = start(shop, name, language, java)) {
                shop.awaitCaughtUp("orders");
                change(shop);
                shop.awaitCaughtUp("orders");
            }
            assertThat(fake.rows("orders")).as(language)
                    .containsExactlyInAnyOrderElementsOf(SourceRows.of(shop, "orders"));
        }
    }

    @Test
    void the_route_to_the_stock_component_makes_a_changelog_whose_view_is_the_table_in_every_language(TestDatabase shop)
            throws Exception {
        String[] statements = block("changelog sql", "sql").replace("`warehouse.", "`shop-project.warehouse.").split(";\n");
        fake.execute(statements[0]);
        FakeTable changelog = fake.table("orders_changelog");
        for (String language : LANGUAGES) {
            try (SinkRoute route = start(shop, "changelog", language, new RouteBuilder() {
                @Override
                public void configure() {
                    getContext().getRegistry().bind("changelog", new BigQueryChangelog());
                    from("pgcdc:orders?batching=true&maxBatchSize=500")
                            .process("changelog")
                            .split(body()).stopOnException()
                            .to("google-bigquery:shop-project:warehouse?useAsInsertId=_pgcdc_seq");
                }
            })) {
                shop.awaitCaughtUp("orders");
                change(shop);
                shop.awaitCaughtUp("orders");
            }
            List<FakeTable.Written> twice = new ArrayList<>(changelog.log());
            twice.addAll(changelog.log());
            assertThat(shownBy(statements[1], changelog, twice, shop)).as(language)
                    .containsExactlyInAnyOrderElementsOf(shop.rows("SELECT id, item, 1::bigint AS n FROM orders"));
        }
        assertThat(changelog.log()).extracting(row -> row.values().get("_pgcdc_op"))
                .contains("read", "insert", "update", "delete", "truncate");
        assertThat(fake.inserts()).allSatisfy(request -> {
            assertThat(request.rows()).isLessThanOrEqualTo(500);
            assertThat(request.insertIds()).doesNotHaveDuplicates()
                    .allMatch(id -> id.matches("[0-9a-f]{16}/[0-9a-f]{16}/[01]"));
        });
    }

    /**
     * The first language meets rows that are there, each one rows of the one before, and what came before a truncate.
     */
    private static void change(TestDatabase shop) {
        shop.execute("UPDATE orders SET price = price + 1 WHERE id <= 50", "UPDATE orders SET id = id + 5000 WHERE id <= 5",
                "DELETE FROM orders WHERE id BETWEEN 10 AND 19", "INSERT INTO orders VALUES (9001, 'new', NULL)",
                "UPDATE orders SET id = 1 WHERE id = 5001", "BEGIN; TRUNCATE orders; "
                                                            + "INSERT INTO orders SELECT n, 'again', n FROM generate_series(1, 30) n; COMMIT",
                "UPDATE orders SET id = id + 5000, item = 'moved' WHERE id <= 5",
                "DELETE FROM orders WHERE id BETWEEN 10 AND 19");
    }

    /** What the view shows of rows of its table, run by a PostgreSQL: the SQL is common to both but for its quotes. */
    private static List<Map<String, Object>> shownBy(
            String view, FakeTable table, List<FakeTable.Written> rows, TestDatabase shop)
            throws Exception {
        shop.execute("DROP SCHEMA IF EXISTS warehouse CASCADE", "CREATE SCHEMA warehouse",
                "CREATE TABLE warehouse." + table.name() + " ("
                                                                                           + table.columns().stream()
                                                                                                   .map(BigQueryDocumentIT::asInPostgres)
                                                                                                   .collect(
                                                                                                           java.util.stream.Collectors
                                                                                                                   .joining(
                                                                                                                           ", "))
                                                                                           + ")");
        try (Connection connection = shop.connect();
             PreparedStatement insert = connection.prepareStatement(
                     "INSERT INTO warehouse." + table.name() + " SELECT * FROM json_populate_record(NULL::warehouse."
                                                                    + table.name() + ", ?::json)")) {
            for (FakeTable.Written row : rows) {
                insert.setString(1, GsonFactory.getDefaultInstance().toString(row.values()));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        shop.execute(view.replace("`shop-project.warehouse.", "`warehouse`.`").replace('`', '"'));
        return shop.rows("SELECT id, item, count(*) AS n FROM warehouse.orders GROUP BY id, item");
    }

    private static String asInPostgres(FakeColumn column) {
        String type = switch (column.type()) {
            case "INT64" -> "bigint";
            case "NUMERIC" -> "numeric";
            case "TIMESTAMP" -> "timestamptz";
            default -> "text";
        };
        return column.name() + " " + type;
    }

    @Test
    void the_statements_are_those_that_the_bean_makes() throws Exception {
        BigQueryChangelog bean = new BigQueryChangelog();
        bean.setDataset("warehouse");
        TableSchema schema = Orders.SCHEMA;
        assertThat(block("changelog sql", "sql"))
                .isEqualTo(bean.tableStatement(schema) + ";\n" + bean.viewStatement(schema) + ";\n");
    }

    /** A route of the document. That in Java is compiled here, and compared with the document. */
    private SinkRoute start(TestDatabase shop, String name, String language, RouteBuilder java) throws Exception {
        String block = block(name + " " + language, language);
        RouteBuilder routes = java;
        if (language.equals("java")) {
            assertThat(Files.readString(SOURCE).replaceAll("\\s+", "")).contains(block.replaceAll("\\s+", ""));
        } else {
            routes = new RouteBuilder() {
                @Override
                public void configure() throws Exception {
                    PluginHelper.getRoutesLoader(getContext())
                            .loadRoutes(ResourceHelper.fromString("document." + language, block));
                }
            };
        }
        return SinkRoute.start(shop, fake, routes);
    }

    private static String block(String name, String language) throws Exception {
        Matcher matcher = Pattern.compile("(?s)<!-- " + name + " -->\n```" + language + "\n(.*?)```\n")
                .matcher(Files.readString(DOCUMENT));
        assertThat(matcher.find()).as(name).isTrue();
        return matcher.group(1);
    }
}
