package io.pgcdc.routes.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.pgcdc.camel.PgCdcConstants;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.TruncateEvent;
import io.pgcdc.routes.Document;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What pgcdc: tells, through Kafka and back, is what pgcdc: told. */
@PostgresTest
class FromKafkaIT {

    private static final List<String> SAME_HEADERS = List.of(
            PgCdcConstants.OPERATION, PgCdcConstants.SCHEMA, PgCdcConstants.TABLE, PgCdcConstants.KEY, PgCdcConstants.BEFORE,
            PgCdcConstants.UNCHANGED, PgCdcConstants.LSN, PgCdcConstants.COMMIT_LSN, PgCdcConstants.ORDINAL,
            PgCdcConstants.EVENT_ID, PgCdcConstants.XID, PgCdcConstants.COMMIT_TIMESTAMP, PgCdcConstants.MESSAGE_TIMESTAMP,
            PgCdcConstants.TABLE_SCHEMA, PgCdcConstants.SCHEMA_CHANGE, PgCdcConstants.CASCADE,
            PgCdcConstants.RESTART_IDENTITY, PgCdcConstants.DATABASE, PgCdcConstants.PIPELINE,
            PgCdcConstants.SYSTEM_IDENTIFIER);

    private final List<Exchange> sent = new CopyOnWriteArrayList<>();
    private final List<Exchange> received = new CopyOnWriteArrayList<>();
    /** How often the sink fails before it takes something. */
    private final AtomicInteger failures = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(strings = { "java", "yaml" })
    void every_change_is_the_same_with_its_headers_and_shape(String language, TestDatabase database) throws Exception {
        KafkaBroker.shared().createTopic(KafkaRoute.topic(database, "item"), 1, Map.of());
        database.execute("CREATE TYPE mood AS ENUM ('fine')", "CREATE TYPE size AS (w int, h numeric)",
                "CREATE DOMAIN amount AS numeric(12,2) CHECK (value >= 0)",
                "CREATE TABLE item (id bigint PRIMARY KEY, n int DEFAULT 7, small smallint, price amount, exact numeric,"
                                                                            + " f4 real, f8 double precision, flag boolean NOT NULL DEFAULT true,"
                                                                            + " doc jsonb, raw json, data bytea, at timestamptz, tags text[], grid int[][],"
                                                                            + " feel mood, box size, spans int4range[], u uuid, big text)",
                "ALTER TABLE item ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO item VALUES (1, 1, 1, 1.50, 'NaN', 1.1, 'Infinity', true, 'null', E'{\"a\" :\\n1}', '\\xdeadbeef',"
                                                                   + " '2026-01-02 03:04:05.678901+00', '{a,NULL,\"b c\"}', '{{1,2},{3,4}}', 'fine',"
                                                                   + " ROW(1, 2.50), '{\"[1,5)\"}', '00000000-0000-0000-0000-000000000001',"
                                                                   + " repeat('x', 10000))",
                "INSERT INTO item (id, exact) VALUES (2, 12345678901234567890.0987654321000)",
                "CREATE PUBLICATION shop FOR TABLE item");
        try (KafkaRoute route = KafkaRoute.of(database, route(database));
             CamelContext reader = reader(database, "from-kafka", language)) {
            route.awaitCaughtUp();
            database.execute("UPDATE item SET n = 2 WHERE id = 1", "INSERT INTO item VALUES (3)",
                    "BEGIN; DELETE FROM item WHERE id = 3; DELETE FROM item WHERE id = 2; COMMIT",
                    "ALTER TABLE item REPLICA IDENTITY FULL",
                    "UPDATE item SET n = 3 WHERE id = 1", "ALTER TABLE item ADD extra varchar(5) DEFAULT 'a'",
                    "ALTER TABLE item RENAME n TO m", "INSERT INTO item (id) VALUES (4)", "DELETE FROM item WHERE id = 4",
                    "TRUNCATE item RESTART IDENTITY CASCADE");
            route.awaitCaughtUp();
            Awaitility.await().until(() -> received.size() >= sent.size());
        }

        assertThat(sent).extracting(exchange -> change(exchange).operation()).contains(
                Operation.READ, Operation.INSERT, Operation.UPDATE, Operation.DELETE, Operation.SCHEMA, Operation.TRUNCATE,
                Operation.COPY_START, Operation.COPY_END);
        assertThat(received).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertSame(received.get(i), sent.get(i));
        }
    }

    @Test
    void an_update_of_the_key_is_a_delete_and_an_update_that_knows_nothing_of_it(TestDatabase database) throws Exception {
        KafkaBroker.shared().createTopic(KafkaRoute.topic(database, "item"), 1, Map.of());
        database.execute("CREATE TABLE item (id int PRIMARY KEY, n int)", "INSERT INTO item VALUES (1, 1)",
                "CREATE PUBLICATION shop FOR TABLE item");
        try (KafkaRoute route = KafkaRoute.of(database, route(database));
             CamelContext reader = reader(database, "from-kafka", "xml")) {
            route.awaitCaughtUp();
            database.execute("UPDATE item SET id = 2");
            route.awaitCaughtUp();
            Awaitility.await().until(() -> received.size() == 5);
        }
        ChangeEvent deleted = change(received.get(3));
        ChangeEvent updated = change(received.get(4));

        assertThat(deleted.operation()).isEqualTo(Operation.DELETE);
        assertThat(deleted).isEqualTo(Map.of("id", 1));
        assertThat(updated.operation()).isEqualTo(Operation.UPDATE);
        assertThat(updated).isEqualTo(Map.of("id", 2, "n", 1));
        assertThat(updated.before()).isNull();
        assertThat(updated.position()).isEqualTo(deleted.position());
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 3 })
    void batches_have_the_changes_of_each_key_in_their_order(int partitions, TestDatabase database) throws Exception {
        KafkaBroker.shared().createTopic(KafkaRoute.topic(database, "item"), partitions, Map.of());
        database.execute("CREATE TABLE item (id int PRIMARY KEY, n int)",
                "INSERT INTO item SELECT n, 0 FROM generate_series(1, 50) n", "CREATE PUBLICATION shop FOR TABLE item");
        try (KafkaRoute route = KafkaRoute.of(database, route(database)); CamelContext reader = batchReader(database)) {
            route.awaitCaughtUp();
            for (int n = 1; n <= 5; n++) {
                database.execute("UPDATE item SET n = " + n);
            }
            route.awaitCaughtUp();
            Awaitility.await().until(() -> rows().size() == 300);
        }

        for (int id = 1; id <= 50; id++) {
            int key = id;
            assertThat(rows()).filteredOn(change -> change.get("id").equals(key)).extracting(change -> change.get("n"))
                    .containsExactly(0, 1, 2, 3, 4, 5);
        }
        assertThat(received).allSatisfy(exchange -> assertThat(exchange.getMessage().getHeaders())
                .doesNotContainKey(PgCdcConstants.IN_ORDER).containsEntry(PgCdcConstants.DATABASE, database.name())
                .containsKey(PgCdcConstants.BATCH_SIZE).doesNotContainKey(PgCdcConstants.EVENT_ID));
    }

    @ParameterizedTest
    @ValueSource(strings = { "java", "yaml", "xml" })
    void a_batch_that_the_sink_fails_with_comes_again_and_is_committed_when_it_is_done(
            String language, TestDatabase database)
            throws Exception {
        KafkaBroker.shared().createTopic(KafkaRoute.topic(database, "item"), 3, Map.of());
        database.execute("CREATE TABLE item (id int PRIMARY KEY, n int)",
                "INSERT INTO item SELECT n, 0 FROM generate_series(1, 50) n", "CREATE PUBLICATION shop FOR TABLE item");
        try (KafkaRoute route = KafkaRoute.of(database, route(database))) {
            route.awaitCaughtUp();
            failures.set(5);
            try (CamelContext reader = reader(database, "scale-out", language)) {
                Awaitility.await().until(() -> ids().equals(numbers(1, 50)));
            }
            assertThat(failures.get()).isLessThan(0);
            received.clear();
            database.execute("INSERT INTO item VALUES (51, 0)");
            route.awaitCaughtUp();
            try (CamelContext reader = reader(database, "scale-out", language)) {
                Awaitility.await().until(() -> ids().contains(51));
            }
            assertThat(ids()).containsExactly(51);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "breakOnFirstError=true", "allowManualCommit=true&breakOnFirstError=true",
            "autoCommitEnable=false&allowManualCommit=false&breakOnFirstError=true",
            "autoCommitEnable=false&allowManualCommit=true" })
    void options_that_lose_batches_are_refused(String options) throws Exception {
        try (CamelContext camel = new DefaultCamelContext()) {
            Exchange record = camel.getEndpoint("kafka:public.item?groupId=g&" + options).createExchange();
            Exchange exchange = camel.getEndpoint("direct:any").createExchange();
            exchange.getMessage().setBody(List.of(record));

            assertThatThrownBy(() -> new FromKafka().process(exchange)).isInstanceOf(PgCdcException.class)
                    .hasMessageContainingAll("public.item",
                            "autoCommitEnable=false&allowManualCommit=true&breakOnFirstError=true");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "from-kafka", "scale-out" })
    void the_java_routes_of_the_document_are_those_that_run_here(String name) throws Exception {
        KafkaDocumentIT.assertRunsIn("FromKafkaIT", name);
    }

    private Set<Object> ids() {
        return received.stream()
                .flatMap(exchange -> exchange.getMessage().getBody() instanceof List<?> list
                        ? list.stream() : Stream.of(exchange.getMessage().getBody()))
                .map(change -> ((ChangeEvent) change).get("id")).filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    private static Set<Object> numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().collect(Collectors.toSet());
    }

    private List<ChangeEvent> rows() {
        List<ChangeEvent> rows = new ArrayList<>();
        for (Exchange exchange : received) {
            for (Object change : exchange.getMessage().getBody(List.class)) {
                if (((ChangeEvent) change).operation().isRow()) {
                    rows.add((ChangeEvent) change);
                }
            }
        }
        return rows;
    }

    private static ChangeEvent change(Exchange exchange) {
        return (ChangeEvent) exchange.getMessage().getBody();
    }

    private static void assertSame(Exchange received, Exchange sent) {
        ChangeEvent expected = change(sent);
        ChangeEvent change = change(received);
        String what = expected.toString();
        assertThat(change.toString()).isEqualTo(what);
        assertThat(new ArrayList<>(change.entrySet())).as(what).isEqualTo(new ArrayList<>(expected.entrySet()));
        assertThat(change.before()).as(what).isEqualTo(expected.before());
        assertThat(change.key()).as(what).isEqualTo(expected.key());
        assertThat(change.unchanged()).as(what).isEqualTo(expected.unchanged());
        assertThat(change.tableSchema()).as(what).isEqualTo(expected.tableSchema());
        assertThat(change.tableSchema().relationOid()).as(what).isEqualTo(expected.tableSchema().relationOid());
        assertThat(change.lsn()).as(what).isEqualTo(expected.lsn());
        assertThat(change.position()).as(what).isEqualTo(expected.position());
        assertThat(change.transaction().xid()).as(what).isEqualTo(expected.transaction().xid());
        assertThat(change.transaction().commitTimestamp()).as(what).isEqualTo(expected.transaction().commitTimestamp());
        if (expected instanceof SchemaChangeEvent schema) {
            assertThat(((SchemaChangeEvent) change).change()).as(what).isEqualTo(schema.change());
        }
        if (expected instanceof TruncateEvent truncate) {
            assertThat(((TruncateEvent) change).cascade()).isEqualTo(truncate.cascade());
            assertThat(((TruncateEvent) change).restartIdentity()).isEqualTo(truncate.restartIdentity());
        }
        for (String header : SAME_HEADERS) {
            assertThat(received.getMessage().getHeader(header)).as(what + " " + header)
                    .isEqualTo(sent.getMessage().getHeader(header));
        }
        assertThat(received.getMessage().getHeader(PgCdcConstants.IN_ORDER)).as(what).isNull();
    }

    private RouteBuilder route(TestDatabase database) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:" + KafkaRoute.PUBLICATION + "?includeCopyMarkers=true")
                        .process(exchange -> sent.add(exchange.copy()))
                        .to("kamelet:pgcdc-kafka-sink?format=cbor&topic=" + database.name() + ".{schema}.{table}");
            }
        };
    }

    /** The route of the document. */
    private CamelContext reader(TestDatabase database, String name, String language) throws Exception {
        CamelContext camel = context(database);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:sink").process(exchange -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("the sink is down");
                    }
                    received.add(exchange.copy());
                });
            }
        });
        if (language.equals("java")) {
            camel.addRoutes(name.equals("scale-out") ? scaleOut() : single());
        } else {
            String text = Document.of("kafka.md").block(name, language);
            PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString(
                    "route." + language,
                    language.equals("yaml")
                            ? text : "<routes xmlns=\"http://camel.apache.org/schema/xml-io\">" + text + "</routes>"));
        }
        camel.start();
        return camel;
    }

    private static RouteBuilder single() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("kafka:{{topic}}?brokers={{kafka.brokers}}&groupId=warehouse&autoOffsetReset=earliest"
                     + "&valueDeserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer&breakOnFirstError=true")
                        .to("kamelet:pgcdc-from-kafka")
                        .to("{{sink}}");
            }
        };
    }

    private static RouteBuilder scaleOut() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("kafka:{{topics}}?brokers={{kafka.brokers}}&groupId=warehouse&autoOffsetReset=earliest"
                     + "&valueDeserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer"
                     + "&breakOnFirstError=true&autoCommitEnable=false&allowManualCommit=true"
                     + "&batching=true&maxPollRecords=500&pollTimeoutMs=200")
                        .to("kamelet:pgcdc-from-kafka")
                        .to("{{sink}}")
                        .to("kamelet:pgcdc-kafka-commit");
            }
        };
    }

    private CamelContext batchReader(TestDatabase database) throws Exception {
        CamelContext camel = context(database);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("kafka:{{topic}}?brokers={{kafka.brokers}}&groupId=batches&autoOffsetReset=earliest"
                     + "&valueDeserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer"
                     + "&breakOnFirstError=true&autoCommitEnable=false&allowManualCommit=true"
                     + "&batching=true&maxPollRecords=40&pollTimeoutMs=200")
                        .to("kamelet:pgcdc-from-kafka")
                        .process(exchange -> received.add(exchange.copy()))
                        .to("kamelet:pgcdc-kafka-commit");
            }
        });
        camel.start();
        return camel;
    }

    private static CamelContext context(TestDatabase database) {
        CamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent().addInitialProperty("kafka.brokers", KafkaBroker.shared().address());
        camel.getPropertiesComponent().addInitialProperty("topic", KafkaRoute.topic(database, "item"));
        camel.getPropertiesComponent().addInitialProperty("topics", KafkaRoute.topic(database, "item"));
        camel.getPropertiesComponent().addInitialProperty("sink", "direct:sink");
        return camel;
    }
}
