package io.pgcdc.routes.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

import io.pgcdc.camel.PgCdcConstants;
import io.pgcdc.camel.PgCdcConverters;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.spi.Transformer;
import org.apache.camel.support.DefaultMessage;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes the records of the changes of one exchange. For one thread. */
final class RecordEncoder {

    /** Takes records in the order in which they are to be written. */
    interface Output {

        void send(ProducerRecord<byte[], byte[]> record);

        /** How many partitions a topic has. */
        int partitions(String topic);
    }

    private final TopicNames topics;
    private final boolean tellsDeletes;
    private final Transformer transformer;
    private final Message message;
    private final WireHeaders headers;
    private final Output output;

    RecordEncoder(TopicNames topics, KafkaFormat format, Exchange exchange, Output output) {
        this.topics = topics;
        this.tellsDeletes = format.tellsDeletes();
        this.transformer = format.transformer();
        this.message = new DefaultMessage(exchange.getContext());
        Message original = exchange.getMessage();
        message.setHeader(PgCdcConstants.DATABASE, original.getHeader(PgCdcConstants.DATABASE));
        message.setHeader(PgCdcConstants.PIPELINE, original.getHeader(PgCdcConstants.PIPELINE));
        this.headers = new WireHeaders(original, format);
        this.output = output;
    }

    /**
     * @throws IllegalArgumentException if the change is about no table, so that it has no topic
     */
    void encode(ChangeEvent change) throws Exception {
        if (change.table() == null) {
            throw new IllegalArgumentException(
                    "A " + change.operation().text() + " is about no table and has no topic: leave it out"
                                               + " (includeTransactions=false, includeMessages=false) or filter it");
        }
        String topic = topics.of(change.table());
        if (!change.operation().isRow()) {
            toEveryPartition(topic, change);
            return;
        }
        byte[] key = bytes(change.key());
        if (change.operation() == Operation.DELETE) {
            if (tellsDeletes) {
                send(topic, null, key, value(change), change, Operation.DELETE);
            }
            send(topic, null, key, null, change, Operation.DELETE);
            return;
        }
        byte[] oldKey = oldKey(change);
        if (oldKey != null && !Arrays.equals(oldKey, key)) {
            send(topic, null, oldKey, null, change, Operation.DELETE);
        }
        send(topic, null, key, value(change), change, change.operation());
    }

    /**
     * What is about the whole table has to reach all its consumers, in its place among the rows of each partition. No
     * row has such a key, so compaction keeps the last of each kind.
     */
    private void toEveryPartition(String topic, ChangeEvent change) throws Exception {
        byte[] key = ('"' + change.operation().text() + '"').getBytes(StandardCharsets.UTF_8);
        byte[] value = value(change);
        int partitions = output.partitions(topic);
        for (int partition = 0; partition < partitions; partition++) {
            send(topic, partition, key, value, change, change.operation());
        }
    }

    private void send(
            String topic, Integer partition, byte[] key, byte[] value, ChangeEvent change, Operation operation) {
        output.send(new ProducerRecord<>(topic, partition, key, value, headers.of(change, operation)));
    }

    private byte[] value(ChangeEvent change) throws Exception {
        message.setBody(change);
        transformer.transform(message, null, null);
        return ((String) message.getBody()).getBytes(StandardCharsets.UTF_8);
    }

    /** A table without a key has records without one. */
    private static byte[] bytes(Map<String, Object> key) {
        return key.isEmpty() ? null : PgCdcConverters.toBytes((TableRow) key);
    }

    /** The key before an update, or {@code null} where PostgreSQL sent none, since it is the same. */
    private static byte[] oldKey(ChangeEvent change) {
        if (change.operation() != Operation.UPDATE || change.before() == null) {
            return null;
        }
        TableRow before = (TableRow) change.before();
        TableSchema schema = before.schema();
        Object[] values = new Object[schema.columns().size()];
        Arrays.fill(values, TableRow.ABSENT);
        for (int i = 0; i < schema.keySize(); i++) {
            values[schema.keyPosition(i)] = before.value(schema.keyPosition(i));
        }
        return bytes(new TableRow(schema, values));
    }
}
