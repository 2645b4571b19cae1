package io.pgcdc.routes.kafka;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import io.pgcdc.camel.PgCdcConstants;
import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How many changes a second the sink writes, beside a plain producer with the same settings that sends the same
 * records, ready made. Alternates, and tells the medians. CONTRIBUTING.md says how to run it.
 */
final class KafkaThroughput {

    private static final int CHANGES = Integer.getInteger("changes", 200_000);
    private static final int ROUNDS = Integer.getInteger("rounds", 7);
    private static final int PARTITIONS = 3;
    /** What maxInFlight allows of batches of the default size. */
    private static final int IN_FLIGHT = 10_000;
    private static final String OPTIONS = System.getProperty("kafka.options", "");

    private static final TableSchema ORDERS = new TableSchema(
            new TableId("public", "orders"), 1, ReplicaIdentity.DEFAULT,
            List.of(
                    column("id", "bigint", true), column("customer", "bigint", false), column("item", "text", false),
                    column("quantity", "integer", false), column("price", "numeric", false),
                    column("placed", "timestamp with time zone", false), column("paid", "boolean", false),
                    column("note", "text", false), column("country", "text", false), column("state", "text", false)));

    private final CamelContext camel = new DefaultCamelContext();
    private final List<ChangeEvent> changes = new ArrayList<>();
    private final KafkaBroker broker;

    private KafkaThroughput(KafkaBroker broker) {
        this.broker = broker;
        Transaction transaction = new Transaction(1, 42, 42, Instant.now());
        for (int i = 0; i < CHANGES; i++) {
            Object[] values = {
                    (long) i, i % 1000L, "article " + i % 77, i % 9, new java.math.BigDecimal(i).movePointLeft(2),
                    "2026-01-02T03:04:05.678901Z", i % 3 == 0, "to be left at the neighbour's, number " + i, "CH", "shipped" };
            changes.add(ChangeEvent.row(Operation.INSERT, ORDERS, values, null, transaction, 42, i, 100));
        }
        camel.start();
    }

    public static void main(String[] arguments) throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(Map.of())) {
            for (String topic : List.of("plain.public.orders", "public.orders")) {
                broker.createTopic(topic, PARTITIONS, Map.of());
            }
            new KafkaThroughput(broker).run();
        }
        System.exit(0);
    }

    private void run() throws Exception {
        double[] plain = new double[ROUNDS];
        double[] batches = new double[ROUNDS];
        double[] single = new double[ROUNDS];
        for (int round = -2; round < ROUNDS; round++) {
            double[] rates = { plain(), sink(1000), sink(1) };
            System.out.printf("%s%8.0f plain, %8.0f in batches of 1000, %8.0f single changes a second%n",
                    round < 0 ? "warm-up " : "        ", rates[0], rates[1], rates[2]);
            if (round >= 0) {
                plain[round] = rates[0];
                batches[round] = rates[1];
                single[round] = rates[2];
            }
        }
        System.out.printf("medians %8.0f plain, %8.0f (%.2f) in batches, %8.0f (%.2f) single%n", median(plain), median(batches),
                median(batches) / median(plain), median(single), median(single) / median(plain));
        camel.stop();
    }

    private double plain() throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        RecordEncoder encoder = new RecordEncoder(
                new TopicNames("plain.{schema}.{table}"), KafkaFormat.JSON, exchange(null), new RecordEncoder.Output() {
                    @Override
                    public void send(ProducerRecord<byte[], byte[]> record) {
                        records.add(record);
                    }

                    @Override
                    public int partitions(String topic) {
                        return PARTITIONS;
                    }
                });
        for (ChangeEvent change : changes) {
            encoder.encode(change);
        }
        Properties properties = camel
                .getEndpoint("kafka:pgcdc?brokers=" + broker.address() + (OPTIONS.isEmpty() ? "" : "&" + OPTIONS),
                        KafkaEndpoint.class)
                .getConfiguration().createProducerProperties();
        properties.put("bootstrap.servers", broker.address());
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(records.get(0).topic());
            CountDownLatch acknowledged = new CountDownLatch(records.size());
            long begin = System.nanoTime();
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record, (metadata, failure) -> acknowledged.countDown());
            }
            acknowledged.await();
            return rate(begin);
        }
    }

    private double sink(int batchSize) throws Exception {
        KafkaSink sink = new KafkaSink();
        sink.setCamelContext(camel);
        sink.setBrokers(broker.address());
        sink.setOptions(OPTIONS);
        sink.start();
        sink.processAsync(exchange(changes.get(0))).get();
        Semaphore room = new Semaphore(IN_FLIGHT / batchSize);
        long begin = System.nanoTime();
        for (int from = 0; from < CHANGES; from += batchSize) {
            Exchange exchange = exchange(batchSize == 1
                    ? changes.get(from)
                    : new ChangeBatch(changes.subList(from, Math.min(from + batchSize, CHANGES))));
            room.acquire();
            sink.process(exchange, doneSync -> {
                if (exchange.getException() != null) {
                    exchange.getException().printStackTrace();
                }
                room.release();
            });
        }
        room.acquire(IN_FLIGHT / batchSize);
        double rate = rate(begin);
        sink.stop();
        return rate;
    }

    private Exchange exchange(Object body) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setBody(body);
        exchange.getMessage().setHeader(PgCdcConstants.DATABASE, "shop");
        exchange.getMessage().setHeader(PgCdcConstants.PIPELINE, "orders");
        return exchange;
    }

    private static double rate(long begin) {
        return CHANGES * 1e9 / (System.nanoTime() - begin);
    }

    private static double median(double[] rates) {
        double[] sorted = rates.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static Column column(String name, String type, boolean isKey) {
        return new Column(name, 0, type, -1, !isKey, isKey);
    }
}
