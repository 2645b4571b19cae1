package io.pgcdc.camel;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.DataType;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The transformers and converters, in routes that register nothing. */
class TransformersTest {

    private static final TableSchema SCHEMA = new TableSchema(
            new TableId("public", "t & co"), 1, ReplicaIdentity.DEFAULT,
            List.of(
                    new Column("id", 20, "bigint", -1, false, true),
                    new Column("doc", 3802, "jsonb", -1, true, false)));
    private static final Transaction TRANSACTION
            = new Transaction(700, 0x2A0, 0x100, Instant.parse("2026-01-02T03:04:05.123456Z"));
    private static final Transaction SNAPSHOT = Transaction.ofSnapshot(0x99);
    private static final Origin ORIGIN = new Origin("shop", "orders");

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ObjectMapper jackson = new ObjectMapper();
    private ProducerTemplate template;

    @BeforeEach
    void start() {
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = { "pgcdc:json", "pgcdc:debezium", "pgcdc:cloudevents" })
    void java_yaml_and_xml_find_a_transformer_by_its_name_alone(String type) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:java").transformDataType(new DataType(type));
            }
        });
        load("routes.yaml", """
                - route:
                    from:
                      uri: direct:yaml
                      steps:
                        - transformDataType:
                            toType: "%s"
                """.formatted(type));
        load("routes.xml", """
                <routes xmlns="http://camel.apache.org/schema/xml-io">
                  <route><from uri="direct:xml"/><transformDataType toType="%s"/></route>
                </routes>
                """.formatted(type));
        ChangeEvent event = insert(0);
        for (String dsl : List.of("java", "yaml", "xml")) {
            Object body = send("direct:" + dsl, event, event).getMessage().getBody();

            assertThat(body).as(dsl).isInstanceOf(String.class);
            assertThat(jackson.readTree((String) body).isObject()).as(dsl).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void every_operation_has_an_object_alone_and_an_array_in_a_batch(Operation operation) throws Exception {
        ChangeEvent event = event(operation);
        for (String type : List.of("pgcdc:json", "pgcdc:debezium", "pgcdc:cloudevents")) {
            JsonNode single = jackson.readTree(transform(type, event, event));
            JsonNode batch = jackson.readTree(transform(type, new ChangeBatch(List.of(event)), event));

            assertThat(single.isObject()).as(type).isTrue();
            assertThat(batch.isArray()).as(type).isTrue();
            assertThat(batch).hasSize(1);
            assertThat(withoutTime(batch.get(0))).as(type).isEqualTo(withoutTime(single));
        }
    }

    @Test
    void json_is_what_the_converters_give() {
        ChangeEvent event = insert(0);
        String expected = "{\"id\":1,\"doc\":{\"a\": 1.50}}";

        assertThat(transform("pgcdc:json", event, event)).isEqualTo(expected);
        assertThat(context.getTypeConverter().convertTo(String.class, event)).isEqualTo(expected);
        assertThat(context.getTypeConverter().convertTo(byte[].class, event)).asString(StandardCharsets.UTF_8)
                .isEqualTo(expected);
        assertThat(context.getTypeConverter().convertTo(InputStream.class, event)).hasContent(expected);
        assertThat(context.getTypeConverter().convertTo(String.class, event.key())).isEqualTo("{\"id\":1}");
        ChangeBatch batch = new ChangeBatch(List.of(event, insert(1)));
        assertThat(context.getTypeConverter().convertTo(String.class, batch))
                .isEqualTo("[" + expected + "," + expected + "]");
        assertThat(context.getTypeConverter().convertTo(InputStream.class, batch))
                .hasContent("[" + expected + "," + expected + "]");
    }

    @Test
    void what_was_aggregated_is_an_array_of_all_its_changes() throws Exception {
        List<Exchange> sent = new CopyOnWriteArrayList<>();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").aggregate(constant(true), new PgCdcAggregationStrategy()).completionSize(2)
                        .process(exchange -> sent.add(exchange.copy()));
            }
        });
        send("direct:in", insert(0), insert(0));
        send("direct:in", new ChangeBatch(List.of(insert(1), insert(2))), insert(2));

        Awaitility.await().until(() -> sent.size() == 1);
        assertThat(sent.get(0).getMessage().getBody(String.class)).startsWith("[{\"id\":1,").endsWith("]]");
        assertThat(jackson.readTree(transform("pgcdc:debezium", sent.get(0).getMessage().getBody(), insert(2)))).hasSize(3);
    }

    @Test
    void debezium_has_its_letters_for_the_operations() throws Exception {
        Map<Operation, String> letters = Map.of(
                Operation.READ, "r", Operation.INSERT, "c", Operation.UPDATE, "u", Operation.DELETE, "d",
                Operation.TRUNCATE, "t", Operation.MESSAGE, "m");
        for (Operation operation : Operation.values()) {
            assertThat(debezium(event(operation)).get("op").textValue())
                    .isEqualTo(letters.getOrDefault(operation, operation.text()));
        }
    }

    @Test
    void debezium_has_before_after_and_source() throws Exception {
        JsonNode update = debezium(event(Operation.UPDATE));
        assertThat(update.get("before")).hasToString("{\"id\":9}");
        assertThat(update.get("after")).hasToString("{\"id\":1,\"doc\":{\"a\":1.5}}");
        JsonNode source = update.get("source");
        assertThat(source.get("connector").textValue()).isEqualTo("postgresql");
        assertThat(source.get("name").textValue()).isEqualTo("orders");
        assertThat(source.get("db").textValue()).isEqualTo("shop");
        assertThat(source.get("schema").textValue()).isEqualTo("public");
        assertThat(source.get("table").textValue()).isEqualTo("t & co");
        assertThat(source.get("snapshot").textValue()).isEqualTo("false");
        assertThat(source.get("txId").longValue()).isEqualTo(700);
        assertThat(source.get("lsn").longValue()).isEqualTo(0x210);
        assertThat(source.get("sequence").textValue()).isEqualTo("[\"672\",\"528\"]");
        assertThat(source.get("ts_ms").longValue()).isEqualTo(TRANSACTION.commitTimestamp().toEpochMilli());
        assertThat(update.get("ts_ms").longValue()).isGreaterThan(source.get("ts_ms").longValue());
        assertThat(update.get("transaction")).hasToString("{\"id\":\"700:672\",\"total_order\":3}");

        JsonNode delete = debezium(event(Operation.DELETE));
        assertThat(delete.get("before")).hasToString("{\"id\":1}");
        assertThat(delete.get("after").isNull()).isTrue();

        JsonNode read = debezium(event(Operation.READ));
        assertThat(read.get("before").isNull()).isTrue();
        assertThat(read.get("source").get("snapshot").textValue()).isEqualTo("true");
        assertThat(read.get("source").get("txId").isNull()).isTrue();
        assertThat(read.get("transaction").isNull()).isTrue();

        JsonNode truncate = debezium(event(Operation.TRUNCATE));
        assertThat(truncate.get("before").isNull() && truncate.get("after").isNull()).isTrue();

        JsonNode message = debezium(event(Operation.MESSAGE));
        assertThat(message.get("message")).hasToString("{\"prefix\":\"box\",\"content\":\"aGVsbG8=\"}");
        assertThat(debezium(message(new byte[] { 104, 105 }, TableRow.ABSENT)).get("message").get("content").textValue())
                .isEqualTo("aGk=");
        assertThat(debezium(message("aGk=", "base64")).get("message").get("content").textValue()).isEqualTo("aGk=");

        JsonNode schema = debezium(event(Operation.SCHEMA)).get("tableChanges").get(0);
        assertThat(schema.get("id").textValue()).isEqualTo("\"public\".\"t & co\"");
        assertThat(schema.get("table").get("primaryKeyColumnNames")).hasToString("[\"id\"]");
        assertThat(schema.get("table").get("columns").get(1)).hasToString(
                "{\"name\":\"doc\",\"nativeType\":3802,\"typeName\":\"jsonb\",\"position\":2,\"optional\":true}");
    }

    @Test
    void cloud_events_have_their_attributes() throws Exception {
        ChangeEvent event = insert(3);
        JsonNode insert = jackson.readTree(transform("pgcdc:cloudevents", event, event));

        assertThat(insert.get("specversion").textValue()).isEqualTo("1.0");
        assertThat(insert.get("id").textValue()).isEqualTo(event.eventId());
        assertThat(insert.get("source").textValue()).isEqualTo("/pgcdc/shop/orders/public/t%20%26%20co");
        assertThat(insert.get("type").textValue()).isEqualTo("io.pgcdc.insert");
        assertThat(insert.get("subject").textValue()).isEqualTo("public.t & co");
        assertThat(insert.get("time").textValue()).isEqualTo("2026-01-02T03:04:05.123456Z");
        assertThat(insert.get("datacontenttype").textValue()).isEqualTo("application/json");
        assertThat(insert.get("data")).hasToString("{\"id\":1,\"doc\":{\"a\":1.5}}");
        assertThat(insert).hasSize(8);

        ChangeEvent read = event(Operation.READ);
        assertThat(jackson.readTree(transform("pgcdc:cloudevents", read, read)).has("time")).isFalse();
        ChangeEvent begin = event(Operation.BEGIN);
        assertThat(jackson.readTree(transform("pgcdc:cloudevents", begin, begin)).get("source").textValue())
                .isEqualTo("/pgcdc/shop/orders");
        ChangeEvent schema = event(Operation.SCHEMA);
        assertThat(jackson.readTree(transform("pgcdc:cloudevents", schema, schema)).get("data").get("columns")).hasSize(2);
    }

    @Test
    void the_content_type_is_told() {
        assertThat(contentType("pgcdc:json", false)).isEqualTo("application/json");
        assertThat(contentType("pgcdc:debezium", true)).isEqualTo("application/json");
        assertThat(contentType("pgcdc:cloudevents", false)).isEqualTo("application/cloudevents+json");
        assertThat(contentType("pgcdc:cloudevents", true)).isEqualTo("application/cloudevents-batch+json");
    }

    @Test
    void another_body_is_refused_without_telling_its_value() {
        assertThatThrownBy(() -> transform("pgcdc:debezium", "secret", insert(0)))
                .isInstanceOf(CamelExecutionException.class).rootCause()
                .hasMessageContaining("java.lang.String").hasMessageNotContaining("secret");
    }

    private String contentType(String type, boolean batch) {
        Exchange exchange = exchange(type, batch ? new ChangeBatch(List.of(insert(0))) : insert(0), insert(0));
        return exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
    }

    private JsonNode debezium(ChangeEvent event) throws Exception {
        return jackson.reader().with(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readTree(transform("pgcdc:debezium", event, event));
    }

    private String transform(String type, Object body, ChangeEvent last) {
        return exchange(type, body, last).getMessage().getBody(String.class);
    }

    private Exchange exchange(String type, Object body, ChangeEvent last) {
        String uri = "direct:" + type.replace(':', '-');
        if (context.getRoute(uri) == null) {
            try {
                context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(uri).routeId(uri).transformDataType(new DataType(type));
                    }
                });
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        Exchange done = send(uri, body, last);
        if (done.getException() != null) {
            throw new CamelExecutionException("failed", done, done.getException());
        }
        return done;
    }

    private Exchange send(String uri, Object body, ChangeEvent last) {
        return template.send(uri, exchange -> {
            exchange.getMessage().setBody(body);
            ExchangeDestination.headers(exchange.getMessage(), last, ORIGIN);
        });
    }

    private void load(String name, String text) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(name, text));
    }

    private static JsonNode withoutTime(JsonNode json) {
        ((com.fasterxml.jackson.databind.node.ObjectNode) json).remove("ts_ms");
        JsonNode source = json.get("source");
        if (source instanceof com.fasterxml.jackson.databind.node.ObjectNode object) {
            object.remove("ts_ms");
        }
        return json;
    }

    private static ChangeEvent insert(int ordinal) {
        return ChangeEvent.row(
                Operation.INSERT, SCHEMA, new Object[] { 1L, "{\"a\": 1.50}" }, null, TRANSACTION, 0x210, ordinal, 10);
    }

    private static ChangeEvent message(Object content, Object encoding) {
        TableSchema parts = new TableSchema(
                new TableId("pg_catalog", "pg_logical_emit_message"), 0, ReplicaIdentity.NOTHING,
                List.of(
                        new Column("prefix", 25, "text", -1, false, false),
                        new Column("content", 17, "bytea", -1, false, false),
                        new Column("transactional", 16, "boolean", -1, false, false),
                        new Column("encoding", 25, "text", -1, true, false)));
        return ChangeEvent.ofTransaction(
                Operation.MESSAGE, parts, new Object[] { "box", content, true, encoding }, TRANSACTION, 0x210, 0, 10);
    }

    private static ChangeEvent event(Operation operation) {
        Object[] row = { 1L, "{\"a\": 1.50}" };
        Object[] key = { 1L, TableRow.ABSENT };
        TableSchema none = new TableSchema(new TableId("", ""), 0, ReplicaIdentity.NOTHING, List.of());
        return switch (operation) {
            case READ -> ChangeEvent.row(operation, SCHEMA, row, null, SNAPSHOT, 0x99, 1, 10);
            case INSERT -> insert(0);
            case UPDATE -> ChangeEvent.row(
                    operation, SCHEMA, row, new TableRow(SCHEMA, new Object[] { 9L, TableRow.ABSENT }), TRANSACTION, 0x210,
                    2, 10);
            case DELETE -> ChangeEvent.row(
                    operation, SCHEMA, key, new TableRow(SCHEMA, key), TRANSACTION, 0x210, 2, 10);
            case TRUNCATE -> new TruncateEvent(SCHEMA, true, true, TRANSACTION, 0x210, 2);
            case SCHEMA -> ChangeEvent.ofTable(operation, SCHEMA, TRANSACTION, 0x210, 2);
            case COPY_START, COPY_END -> ChangeEvent.ofTable(operation, SCHEMA, SNAPSHOT, 0x99, 2);
            case MESSAGE -> message("hello", "utf8");
            case BEGIN, COMMIT -> ChangeEvent.ofTransaction(operation, none, new Object[0], TRANSACTION, 0x2A0, 0, 10);
        };
    }
}
