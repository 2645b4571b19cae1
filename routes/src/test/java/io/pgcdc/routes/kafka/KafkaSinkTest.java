package io.pgcdc.routes.kafka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** When an exchange is complete, and what becomes of failures. */
class KafkaSinkTest {

    private static final TableSchema ORDERS = new TableSchema(
            new TableId("public", "orders"), 1, ReplicaIdentity.DEFAULT,
            List.of(new Column("id", 23, "integer", -1, false, true)));

    private final CamelContext camel = new DefaultCamelContext();
    private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
    private final KafkaSink sink = new KafkaSink();

    @BeforeEach
    void start() {
        KafkaComponent kafka = new KafkaComponent();
        kafka.getConfiguration().setBrokers("localhost:1");
        kafka.setKafkaClientFactory(new DefaultKafkaClientFactory() {
            @Override
            public Producer<byte[], byte[]> getProducer(Properties properties) {
                producers.add(new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()));
                return producers.get(producers.size() - 1);
            }
        });
        camel.addComponent("kafka", kafka);
        camel.start();
        sink.setCamelContext(camel);
    }

    @AfterEach
    void stop() {
        sink.stop();
        camel.stop();
    }

    @Test
    void an_exchange_is_complete_when_the_brokers_have_acknowledged_all_its_records() {
        sink.start();
        CompletableFuture<Exchange> batch = process(new ChangeBatch(List.of(insert(1), insert(2))));

        assertThat(producers.get(0).completeNext()).isTrue();
        assertThat(batch).isNotCompleted();
        assertThat(producers.get(0).completeNext()).isTrue();
        assertThat(batch).succeedsWithin(10, TimeUnit.SECONDS)
                .satisfies(exchange -> assertThat(exchange.getException()).isNull());
    }

    @Test
    void many_exchanges_are_under_way_at_once_in_their_order() {
        sink.start();
        List<CompletableFuture<Exchange>> exchanges = List.of(process(insert(1)), process(insert(2)), process(insert(3)));

        assertThat(producers.get(0).history()).extracting(ProducerRecord::key).map(String::new)
                .containsExactly("{\"id\":1}", "{\"id\":2}", "{\"id\":3}");
        assertThat(exchanges).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void a_record_that_kafka_refuses_fails_its_exchange_alone_and_the_error_says_which_change_it_was() {
        sink.start();
        CompletableFuture<Exchange> refused = process(insert(1));
        CompletableFuture<Exchange> taken = process(insert(2));
        producers.get(0).errorNext(new RecordTooLargeException("The message is too large."));
        producers.get(0).completeNext();

        assertThat(refused).succeedsWithin(10, TimeUnit.SECONDS)
                .satisfies(exchange -> assertThat(exchange.getException()).isInstanceOf(PgCdcException.class)
                        .hasMessage("Kafka did not take the insert of public.orders at 0/2A#1: The message is too large."
                                    + " Raise maxRequestSize of the client and max.message.bytes of the topic"));
        assertThat(taken).succeedsWithin(10, TimeUnit.SECONDS)
                .satisfies(exchange -> assertThat(exchange.getException()).isNull());
    }

    @Test
    void another_producer_takes_the_place_of_one_that_has_failed_but_not_while_records_are_under_way() throws Exception {
        sink.start();
        CompletableFuture<Exchange> failed = process(insert(1));
        CompletableFuture<Exchange> underWay = process(insert(2));
        producers.get(0).errorNext(new RecordTooLargeException("The message is too large."));
        failed.get(10, TimeUnit.SECONDS);
        process(insert(3));
        assertThat(producers).as("while two are under way").hasSize(1);
        producers.get(0).completeNext();
        producers.get(0).completeNext();
        underWay.get(10, TimeUnit.SECONDS);
        process(insert(4));

        assertThat(producers).hasSize(2);
        assertThat(producers.get(0).closed()).isTrue();
        assertThat(producers.get(1).history()).hasSize(1);
    }

    @Test
    void a_client_that_could_lose_or_reorder_records_is_refused() {
        sink.setOptions("enableIdempotence=false&requestRequiredAcks=1");

        assertThatThrownBy(sink::start).hasMessageContaining("leave enableIdempotence=true and requestRequiredAcks=all");
    }

    @Test
    void a_change_about_no_table_is_refused_since_it_has_no_topic() {
        sink.start();
        ChangeEvent begin = ChangeEvent.ofTransaction(
                Operation.BEGIN, new TableSchema(new TableId("", ""), 0, ReplicaIdentity.NOTHING, List.of()), new Object[0],
                transaction(), 42, 0, 1);

        assertThat(process(begin)).succeedsWithin(10, TimeUnit.SECONDS)
                .satisfies(exchange -> assertThat(exchange.getException()).hasMessage(
                        "A begin is about no table and has no topic: leave it out (includeTransactions=false,"
                                                                                      + " includeMessages=false) or filter it"));
    }

    @Test
    void aggregated_batches_are_written_as_well_and_other_bodies_refused() {
        sink.start();
        process(Arrays.asList(insert(1), new ChangeBatch(List.of(insert(2), insert(3)))));

        assertThat(producers.get(0).history()).hasSize(3);
        assertThat(process("text")).succeedsWithin(10, TimeUnit.SECONDS)
                .satisfies(exchange -> assertThat(exchange.getException()).hasMessage(
                        "Records are made of the body of a pgcdc exchange, a change or a list of changes, not of"
                                                                                      + " java.lang.String"));
    }

    private CompletableFuture<Exchange> process(Object body) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setBody(body);
        return sink.processAsync(exchange);
    }

    private static ChangeEvent insert(int id) {
        return ChangeEvent.row(Operation.INSERT, ORDERS, new Object[] { id }, null, transaction(), 42, id, 10);
    }

    private static Transaction transaction() {
        return new Transaction(1, 42, 42, null);
    }
}
