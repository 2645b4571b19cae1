package io.pgcdc.routes.kafka;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is on the topics. */
@PostgresTest
class KafkaRouteIT {

    private static final String ONE = "{\"id\":1}";
    private static final String TWO = "{\"id\":2}";

    private final KafkaBroker broker = KafkaBroker.shared();

    @BeforeEach
    void createTable(TestDatabase database) {
        database.execute("CREATE TABLE customer (id int PRIMARY KEY, name text, profile jsonb)",
                "INSERT INTO customer VALUES (1, 'Ann', '{\"tags\": []}')", "CREATE PUBLICATION shop FOR TABLE customer");
    }

    @Test
    void a_row_is_a_record_with_its_key_and_the_headers_say_what_it_is(TestDatabase database) throws Exception {
        try (KafkaRoute route = KafkaRoute.ofTemplate(database, Map.of())) {
            route.awaitCaughtUp();
            database.execute("UPDATE customer SET name = 'Bea', profile = NULL");
            route.awaitCaughtUp();
        }
        List<ConsumerRecord<String, String>> records = broker.records(KafkaRoute.topic(database, "customer"));

        assertThat(records).extracting(ConsumerRecord::key).containsExactly(ONE, ONE);
        assertThat(records).extracting(ConsumerRecord::value).containsExactly(
                "{\"id\":1,\"name\":\"Ann\",\"profile\":{\"tags\": []}}", "{\"id\":1,\"name\":\"Bea\",\"profile\":null}");
        Map<String, String> copied = headers(records.get(0));
        assertThat(copied).containsOnlyKeys("pgcdc.op", "pgcdc.event_id", "pgcdc.lsn", "pgcdc.schema", "pgcdc.table",
                "pgcdc.database", "pgcdc.pipeline", "pgcdc.system", "content-type")
                .containsEntry("pgcdc.op", "read").containsEntry("pgcdc.schema", "public")
                .containsEntry("pgcdc.table", "customer").containsEntry("pgcdc.database", database.name())
                .containsEntry("pgcdc.pipeline", "shop").containsEntry("content-type", "application/json");
        Map<String, String> changed = headers(records.get(1));
        assertThat(changed).containsEntry("pgcdc.op", "update").containsKeys("pgcdc.xid", "pgcdc.commit_timestamp");
        assertThat(changed.get("pgcdc.event_id")).matches("[0-9A-F]{16}/[0-9A-F]{16}")
                .isGreaterThan(copied.get("pgcdc.event_id"));
        assertThat(changed.get("pgcdc.lsn")).matches("[0-9A-F]+/[0-9A-F]+");
    }

    @Test
    void a_deleted_row_and_a_key_that_a_row_gave_up_end_in_a_tombstone(TestDatabase database) throws Exception {
        try (KafkaRoute route = KafkaRoute.ofTemplate(database, Map.of())) {
            route.awaitCaughtUp();
            database.execute("UPDATE customer SET id = 2", "DELETE FROM customer");
            route.awaitCaughtUp();
        }

        assertThat(recordsOf(ONE, database)).containsExactly(
                "read {\"id\":1,\"name\":\"Ann\",\"profile\":{\"tags\": []}}", "delete null");
        assertThat(recordsOf(TWO, database)).containsExactly(
                "update {\"id\":2,\"name\":\"Ann\",\"profile\":{\"tags\": []}}", "delete null");
    }

    @Test
    void an_update_with_full_identity_that_keeps_its_key_leaves_no_tombstone(TestDatabase database) throws Exception {
        database.execute("ALTER TABLE customer REPLICA IDENTITY FULL");
        try (KafkaRoute route = KafkaRoute.ofTemplate(database, Map.of())) {
            route.awaitCaughtUp();
            database.execute("UPDATE customer SET name = 'Bea'", "UPDATE customer SET id = 2");
            route.awaitCaughtUp();
        }

        assertThat(recordsOf(ONE, database)).extracting(record -> record.split(" ")[0])
                .containsExactly("read", "update", "delete");
    }

    @ParameterizedTest
    @CsvSource({ "debezium, '\"op\":\"d\"'", "cloudevents, '\"type\":\"io.pgcdc.delete\"'" })
    void an_envelope_tells_a_delete_before_its_tombstone(String format, String delete, TestDatabase database)
            throws Exception {
        try (KafkaRoute route = KafkaRoute.ofTemplate(database, Map.of("format", format))) {
            route.awaitCaughtUp();
            database.execute("DELETE FROM customer");
            route.awaitCaughtUp();
        }
        List<String> records = recordsOf(ONE, database);

        assertThat(records).hasSize(3);
        assertThat(records.get(0)).startsWith("read {").contains("\"name\":\"Ann\",\"profile\":{\"tags\": []}");
        assertThat(records.get(1)).startsWith("delete {").contains(delete, database.name());
        assertThat(records.get(2)).isEqualTo("delete null");
    }

    @Test
    void what_is_about_the_whole_table_is_in_every_partition(TestDatabase database) throws Exception {
        try (KafkaRoute route = KafkaRoute.ofTemplate(database, Map.of())) {
            route.awaitCaughtUp();
            database.execute("TRUNCATE customer", "ALTER TABLE customer ADD vip boolean",
                    "INSERT INTO customer VALUES (2, 'Bob', NULL, true)");
            route.awaitCaughtUp();
        }
        List<ConsumerRecord<String, String>> records = broker.records(KafkaRoute.topic(database, "customer"));

        for (int partition = 0; partition < 3; partition++) {
            int number = partition;
            assertThat(records).filteredOn(record -> record.partition() == number && !record.key().startsWith("{"))
                    .extracting(ConsumerRecord::key).as("partition " + partition)
                    .containsExactly("\"truncate\"", "\"schema\"");
            assertThat(records).filteredOn(record -> record.partition() == number).last()
                    .extracting(ConsumerRecord::key).isIn("\"schema\"", TWO);
        }
        assertThat(records).filteredOn(record -> record.key().equals("\"schema\""))
                .allSatisfy(record -> assertThat(record.value()).contains("\"added\":[\"vip\"]"));
    }

    @Test
    void each_table_has_its_topic_whatever_its_name(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE \"Straße nach.Ulm\" (id int PRIMARY KEY)", "INSERT INTO \"Straße nach.Ulm\" VALUES (1)",
                "ALTER PUBLICATION shop ADD TABLE \"Straße nach.Ulm\"");
        try (KafkaRoute route = KafkaRoute.ofTemplate(database, Map.of())) {
            route.awaitCaughtUp();
        }

        assertThat(broker.records(KafkaRoute.topic(database, "Stra_x00DF_e_x0020_nach_x002E_Ulm")))
                .extracting(ConsumerRecord::key).containsExactly(ONE);
        assertThat(broker.records(KafkaRoute.topic(database, "customer"))).hasSize(1);
    }

    @Test
    void rows_without_a_key_are_records_without_one(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE log (line text)", "INSERT INTO log VALUES ('a')",
                "ALTER PUBLICATION shop ADD TABLE log");
        try (KafkaRoute route = KafkaRoute.ofTemplate(database, Map.of())) {
            route.awaitCaughtUp();
        }
        List<ConsumerRecord<String, String>> records = broker.records(KafkaRoute.topic(database, "log"));

        assertThat(records).extracting(ConsumerRecord::key).containsExactly((String) null);
        assertThat(records).extracting(ConsumerRecord::value).containsExactly("{\"line\":\"a\"}");
    }

    private List<String> recordsOf(String key, TestDatabase database) {
        return broker.records(KafkaRoute.topic(database, "customer")).stream()
                .filter(record -> record.key().equals(key))
                .map(record -> headers(record).get("pgcdc.op") + ' ' + record.value())
                .toList();
    }

    private static Map<String, String> headers(ConsumerRecord<String, String> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}
