package io.pgcdc.routes.kafka;

import java.util.List;
import java.util.Map;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of changes that Kafka does not take at once. */
@PostgresTest
class KafkaFailureIT {

    private static final String SHORT_TIMEOUTS
            = "deliveryTimeoutMs=600&requestTimeoutMs=500&lingerMs=0&maxBlockMs=500&reconnectBackoffMaxMs=100";

    @BeforeEach
    void createTable(TestDatabase database) {
        database.execute("CREATE TABLE customer (id int PRIMARY KEY, name text)", "CREATE PUBLICATION shop FOR TABLE customer");
    }

    @Test
    void what_comes_while_the_broker_is_away_is_not_acknowledged_and_written_when_it_is_back(TestDatabase database)
            throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(Map.of());
             KafkaRoute route = KafkaRoute.ofTemplate(
                     database, Map.of("brokers", broker.address(), "options", SHORT_TIMEOUTS))) {
            database.execute("INSERT INTO customer VALUES (1, 'Ann')");
            route.awaitCaughtUp();
            broker.stop();
            int failuresBefore = route.failures();
            database.execute("INSERT INTO customer VALUES (2, 'Bob')");
            String lsn = database.currentLsn();
            database.execute("UPDATE customer SET name = 'Rob' WHERE id = 2");
            Awaitility.await().until(() -> route.failures() > failuresBefore + 1);
            assertThat(database.query("SELECT pg_lsn '" + lsn + "' > confirmed_flush_lsn FROM pg_replication_slots",
                    Boolean.class)).as("not confirmed").isTrue();
            broker.start();
            route.awaitCaughtUp();

            assertThat(broker.records(KafkaRoute.topic(database, "customer")).stream().map(ConsumerRecord::value).distinct())
                    .containsExactly("{\"id\":1,\"name\":\"Ann\"}", "{\"id\":2,\"name\":\"Bob\"}",
                            "{\"id\":2,\"name\":\"Rob\"}");
        }
    }

    @Test
    void a_record_that_is_too_large_holds_its_table_back_until_the_topic_takes_it(TestDatabase database) throws Exception {
        String topic = KafkaRoute.topic(database, "customer");
        KafkaBroker.shared().createTopic(topic, 1, Map.of("max.message.bytes", "20000"));
        try (KafkaRoute route = KafkaRoute.ofTemplate(database, Map.of())) {
            database.execute("INSERT INTO customer SELECT 1, string_agg(md5(n::text), '') FROM generate_series(1, 1000) n");
            database.execute("INSERT INTO customer VALUES (2, 'Bob')");
            Awaitility.await().until(() -> route.failures() > 1);
            KafkaBroker.shared().setTopic(topic, "max.message.bytes", "1000000");
            route.awaitCaughtUp();
        }

        List<String> keys = KafkaBroker.shared().records(topic).stream().map(ConsumerRecord::key).distinct().toList();
        assertThat(keys).containsExactlyInAnyOrder("{\"id\":1}", "{\"id\":2}");
    }
}
