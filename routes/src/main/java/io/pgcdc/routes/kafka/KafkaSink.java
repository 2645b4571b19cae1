package io.pgcdc.routes.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.concurrent.ExecutorService;

import io.pgcdc.model.ChangeEvent;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes the changes of {@code pgcdc:} exchanges, single ones and batches, to Kafka: each table to a topic of its own,
 * the row's key as the record's key. An exchange is complete when the brokers have acknowledged all its records; many
 * may be under way at once. Records of one key are written in the order in which their exchanges come.
 *
 * <p>
 * The client is that of {@code camel-kafka}, with all options that are set on that component. It must be idempotent and
 * wait for all replicas, as it does by default. Body and headers of the exchange stay as they are.
 *
 * <p>
 * {@link #process(Exchange, AsyncCallback)} may be called by several threads. It waits where the client's buffer is
 * full. The steps that come next in the route run on one thread of the sink's own, in the order of the answers.
 */
public final class KafkaSink extends AsyncProcessorSupport implements CamelContextAware {

    private static final String DEFAULT_TOPIC = TopicNames.SCHEMA + '.' + TopicNames.TABLE;

    private CamelContext camelContext;
    private String topic = DEFAULT_TOPIC;
    private KafkaFormat format = KafkaFormat.JSON;
    private String brokers = "";
    private String options = "";

    private TopicNames topics;
    private ProducerLease producers;
    private Duration closeTimeout;
    private ExecutorService executor;

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    /**
     * The topic of a table, a pattern with <code>{table}</code> and, where tables of several schemas may have the same
     * name, <code>{schema}</code>. The default has both.
     */
    public void setTopic(String topic) {
        this.topic = topic;
    }

    /** What values are. The default is {@link KafkaFormat#JSON}. */
    public void setFormat(KafkaFormat format) {
        this.format = format;
    }

    /** The brokers to ask first, comma separated; by default those of the component {@code kafka}. */
    public void setBrokers(String brokers) {
        this.brokers = brokers;
    }

    /** More options of a {@code kafka:} endpoint, as in its URI: {@code lingerMs=5&compressionCodec=zstd}. */
    public void setOptions(String options) {
        this.options = options;
    }

    @Override
    protected void doStart() {
        topics = new TopicNames(topic);
        KafkaEndpoint endpoint = camelContext.getEndpoint(uri(), KafkaEndpoint.class);
        Properties properties = properties(endpoint);
        producers = new ProducerLease(() -> producer(endpoint, properties));
        closeTimeout = Duration.ofMillis(endpoint.getConfiguration().getShutdownTimeout());
        executor = camelContext.getExecutorServiceManager().newSingleThreadExecutor(this, "PgCdcKafka");
    }

    /** The endpoint lends its configuration; nothing is sent to its own topic. */
    private String uri() {
        StringJoiner uri = new StringJoiner("&", "kafka:pgcdc?", "").setEmptyValue("kafka:pgcdc");
        if (!brokers.isBlank()) {
            uri.add("brokers=" + brokers);
        }
        if (!options.isBlank()) {
            uri.add(options);
        }
        return uri.toString();
    }

    private static Properties properties(KafkaEndpoint endpoint) {
        Properties properties = endpoint.getConfiguration().createProducerProperties();
        endpoint.updateClassProperties(properties);
        String brokers = endpoint.getKafkaClientFactory().getBrokers(endpoint.getConfiguration());
        if (brokers != null) {
            properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        }
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        ProducerConfig config = new ProducerConfig(properties);
        if (!config.getBoolean(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG)) {
            throw new IllegalArgumentException(
                    "The Kafka client is not idempotent, so that records could be lost, repeated or out of order:"
                                               + " leave enableIdempotence=true and requestRequiredAcks=all");
        }
        return properties;
    }

    @SuppressWarnings("unchecked")
    private static Producer<byte[], byte[]> producer(KafkaEndpoint endpoint, Properties properties) {
        return endpoint.getKafkaClientFactory().getProducer(properties);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Producer<byte[], byte[]> producer;
        try {
            producer = producers.acquire();
        } catch (RuntimeException e) {
            exchange.setException(KafkaFailures.ofClient(e));
            callback.done(true);
            return true;
        }
        SendCompletion completion = new SendCompletion(failure -> {
            producers.release(failure != null);
            executor.execute(() -> {
                if (failure != null) {
                    exchange.setException(failure);
                }
                callback.done(false);
            });
        });
        Sending sending = new Sending(producer, completion);
        Exception failure = null;
        try {
            send(exchange.getMessage().getBody(), new RecordEncoder(topics, format, exchange, sending), sending);
        } catch (KafkaException e) {
            failure = KafkaFailures.of(sending.change, e);
        } catch (Exception e) {
            failure = e;
        }
        completion.end(failure);
        return false;
    }

    private void send(Object body, RecordEncoder encoder, Sending sending) throws Exception {
        if (body instanceof ChangeEvent change) {
            sending.change = change;
            encoder.encode(change);
        } else if (body instanceof Collection<?> several) {
            // Batches that were aggregated are lists in a list.
            for (Object one : several) {
                send(one, encoder, sending);
            }
        } else {
            throw new IllegalArgumentException(
                    "Records are made of the body of a pgcdc exchange, a change or a list of changes, not of "
                                               + (body == null ? "null" : body.getClass().getName()));
        }
    }

    @Override
    protected void doStop() {
        if (producers != null) {
            producers.close(closeTimeout);
        }
        if (executor != null) {
            camelContext.getExecutorServiceManager().shutdownGraceful(executor);
        }
    }

    /** What it writes where; never the options, which may hold secrets. */
    @Override
    public String toString() {
        return "pgcdc to Kafka, topic " + topic;
    }

    /** Sends the records of one exchange. */
    private static final class Sending implements RecordEncoder.Output {

        private final Producer<byte[], byte[]> producer;
        private final SendCompletion completion;
        private ChangeEvent change;

        private Sending(Producer<byte[], byte[]> producer, SendCompletion completion) {
            this.producer = producer;
            this.completion = completion;
        }

        @Override
        public void send(ProducerRecord<byte[], byte[]> record) {
            if (completion.hasFailed()) {
                return;
            }
            ChangeEvent sent = change;
            completion.begin();
            try {
                producer.send(record,
                        (metadata, cause) -> completion.end(cause == null ? null : KafkaFailures.of(sent, cause)));
            } catch (RuntimeException e) {
                completion.end(KafkaFailures.of(sent, e));
            }
        }

        @Override
        public int partitions(String topic) {
            return producer.partitionsFor(topic).size();
        }
    }
}
