package io.pgcdc.camel;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.dataformat.JsonLibrary;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.processor.idempotent.FileIdempotentRepository;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Sinks and data formats that know nothing of pgcdc take the body as it is. */
@PostgresTest
class PlainBodyIT {

    private static final String VALUES = "1, 'größe', 1.50, 'NaN', 1e-7, true, '2026-01-02 03:04:05.5+02', '1999-12-31',"
                                         + " '{\"b\": 1, \"a\": [1.10]}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x00ff',"
                                         + " '{1,NULL,3}', NULL";

    @ParameterizedTest
    @ValueSource(strings = { "batching=false", "batching=true" })
    void marshal_json_of_jackson_writes_every_value(String options, TestDatabase database) throws Exception {
        create(database);
        List<String> told = new CopyOnWriteArrayList<>();
        run(database, options, new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?" + options).routeId("cdc").marshal().json(JsonLibrary.Jackson)
                        .process(exchange -> told.add(exchange.getMessage().getBody(String.class)));
            }
        });
        ObjectMapper jackson = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", 1);
        row.put("name", "größe");
        row.put("price", new BigDecimal("1.50"));
        row.put("n", "NaN");
        row.put("f", new BigDecimal("1.0E-7"));
        row.put("b", true);
        row.put("at", "2026-01-02T01:04:05.5Z");
        row.put("day", "1999-12-31");
        row.put("doc", "{\"a\": [1.10], \"b\": 1}");
        row.put("u", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
        row.put("bin", "AP8=");
        row.put("numbers", java.util.Arrays.asList(1, null, 3));
        row.put("nothing", null);
        Object expected = options.endsWith("true") ? List.of(row) : row;
        assertThat(told).hasSize(2);
        for (String json : told) {
            assertThat(jackson.readValue(json, Object.class)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "batching=true" })
    void columns_can_be_bound_by_name_as_they_are(String options, TestDatabase database, TestDatabase target)
            throws Exception {
        create(database);
        target.execute(table());
        try (Connection connection = target.connect();
             PreparedStatement insert = connection.prepareStatement(
                     "INSERT INTO t VALUES (?, ?, ?, ?::numeric, ?, ?, ?::timestamptz, ?::date, ?::jsonb, ?::uuid,"
                                                                    + " decode(?, 'base64'), NULL, ?)")) {
            Received.events(Received.from(database, options)).forEach(row -> bind(insert, row));
        }
        String rows = "SELECT json_agg(to_jsonb(t) - 'numbers')::text FROM t";
        assertThat(target.query(rows, String.class)).isEqualTo(database.query(rows, String.class));
    }

    @Test
    void what_takes_a_map_gets_the_row_and_a_split_gives_the_rows_of_a_batch(TestDatabase database) throws Exception {
        create(database);
        List<Map<?, ?>> documents = new CopyOnWriteArrayList<>();
        List<String> names = new CopyOnWriteArrayList<>();
        run(database, "batching=true", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?batching=true").routeId("cdc").split(body())
                        .process(exchange -> documents.add(new LinkedHashMap<>(exchange.getIn().getBody(Map.class))))
                        .setBody(simple("${body[name]}"))
                        .process(exchange -> names.add(exchange.getIn().getBody(String.class)));
            }
        });
        assertThat(names).containsExactly("größe", "größe");
        assertThat(documents).hasSize(2).allSatisfy(
                document -> assertThat(document.keySet().toString()).startsWith("[id, name, price, n, f, "));
    }

    @Test
    void an_idempotent_consumer_by_event_id_lets_each_change_pass_once_over_a_crash(
            TestDatabase database, @TempDir Path directory)
            throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
        Path seen = directory.resolve("seen");
        List<Object> passed = new CopyOnWriteArrayList<>();
        List<Object> delivered = new CopyOnWriteArrayList<>();
        Processor record = exchange -> passed.add(exchange.getIn().getBody(Map.class).get("id"));
        try (RouteUnderTest route = idempotent(database, seen, record, new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                Object id = exchange.getIn().getBody(Map.class).get("id");
                delivered.add(id);
                if (id.equals(1)) {
                    return false; // never completes
                }
                callback.done(true);
                return true;
            }
        })) {
            route.awaitReady();
            database.execute(
                    "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2), (3)", "DELETE FROM t WHERE id = 2");
            Awaitility.await().until(() -> delivered.size() == 4);
            route.kill();
        }
        delivered.clear();
        try (RouteUnderTest route = idempotent(
                database, seen, record, exchange -> delivered.add(exchange.getIn().getBody(Map.class).get("id")))) {
            database.execute("INSERT INTO t VALUES (5)");
            route.awaitCaughtUp();
        }
        assertThat(delivered).containsExactly(1, 2, 3, 2, 5);
        assertThat(passed).containsExactly(1, 2, 3, 2, 5);
    }

    private static RouteUnderTest idempotent(
            TestDatabase database, Path seen, Processor passed, Processor delivered)
            throws Exception {
        RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub").routeId("cdc")
                        .idempotentConsumer(
                                header(PgCdcConstants.EVENT_ID),
                                FileIdempotentRepository.fileIdempotentRepository(seen.toFile()))
                        .completionEager(true).process(passed)
                        .end()
                        .process(delivered);
            }
        });
        route.start();
        return route;
    }

    private static void run(TestDatabase database, String options, RouteBuilder builder) throws Exception {
        try (RouteUnderTest route = new RouteUnderTest(database, options, builder)) {
            route.start();
            route.awaitReady();
            database.execute("INSERT INTO t VALUES (" + VALUES + ")");
            route.awaitCaughtUp();
        }
    }

    private static void bind(PreparedStatement insert, ChangeEvent row) {
        List<String> names = new ArrayList<>(row.keySet());
        names.remove("numbers");
        try {
            for (int i = 0; i < names.size(); i++) {
                insert.setObject(i + 1, row.get(names.get(i)));
            }
            insert.execute();
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String table() {
        return "CREATE TABLE t (id bigint, name text, price numeric(10,2), n numeric, f float8, b boolean, at timestamptz,"
               + " day date, doc jsonb, u uuid, bin bytea, numbers int[], nothing text)";
    }

    private static void create(TestDatabase database) {
        database.execute(table(), "INSERT INTO t VALUES (" + VALUES + ")", "CREATE PUBLICATION mypub FOR TABLE t");
    }
}
