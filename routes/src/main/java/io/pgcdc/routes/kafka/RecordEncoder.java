package io.pgcdc.routes.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.pgcdc.camel.PgCdcConverters;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

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
    private final RecordValues values;
    private final WireHeaders headers;
    private final Output output;

    RecordEncoder(TopicNames topics, KafkaFormat format, Exchange exchange, Output output) {
        this.topics = topics;
        this.tellsDeletes = format.tellsDeletes();
        this.values = format.values(exchange.getMessage());
        this.headers = new WireHeaders(exchange.getMessage(), format);
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
        TableRow before = (TableRow) change.before();
        if (change.operation() == Operation.DELETE) {
            if (tellsDeletes) {
                output.send(record(topic, null, key, values.of(change), change, Operation.DELETE, before));
            }
            output.send(record(topic, null, key, null, change, Operation.DELETE, before));
            return;
        }
        TableRow oldKey = oldKey(change);
        byte[] oldKeyBytes = oldKey == null ? null : bytes(oldKey);
        if (oldKeyBytes != null && !Arrays.equals(oldKeyBytes, key)) {
            output.send(record(topic, null, oldKeyBytes, null, change, Operation.DELETE, oldKey));
        }
        output.send(record(topic, null, key, values.of(change), change, change.operation(), before));
    }

    /**
     * What is about the whole table has to reach all its consumers, in its place among the rows of each partition. No
     * row has such a key, so compaction keeps the last of each kind.
     */
    private void toEveryPartition(String topic, ChangeEvent change) throws Exception {
        byte[] key = ('"' + change.operation().text() + '"').getBytes(StandardCharsets.UTF_8);
        byte[] value = values.of(change);
        int partitions = output.partitions(topic);
        for (int partition = 0; partition < partitions; partition++) {
            output.send(record(topic, partition, key, value, change, change.operation(), null));
        }
    }

    private ProducerRecord<byte[], byte[]> record(
            String topic, Integer partition, byte[] key, byte[] value, ChangeEvent change, Operation operation,
            TableRow before) {
        List<Header> told = headers.of(change, operation);
        values.tell(change, before, told);
        return new ProducerRecord<>(topic, partition, key, value, told);
    }

    /** A table without a key has records without one. */
    private static byte[] bytes(Map<String, Object> key) {
        return key.isEmpty() ? null : PgCdcConverters.toBytes((TableRow) key);
    }

    /** The key before an update, or {@code null} where PostgreSQL sent none, since it is the same. */
    private static TableRow oldKey(ChangeEvent change) {
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
        return new TableRow(schema, values);
    }
}
