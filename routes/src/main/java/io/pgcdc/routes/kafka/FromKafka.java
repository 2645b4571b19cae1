package io.pgcdc.routes.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.camel.PgCdcConstants;
import io.pgcdc.camel.PgCdcMessages;
import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;

/**
 * Makes exchanges as {@code pgcdc:} does of the records that {@link KafkaSink} wrote in the format
 * {@link KafkaFormat#CBOR cbor}: body, headers and shape of the table are those that were written. A single record
 * becomes a change; the list of exchanges that {@code kafka:…?batching=true} reads a list of changes.
 *
 * <p>
 * What is otherwise: an update that changed the key is a delete of the old key, in a record of its own, and an update
 * that knows nothing of it; there is no {@code CamelPgCdcInOrder}, since each partition is read on its own.
 *
 * <p>
 * Of a list {@link KafkaCommit} behind the sink commits what was read.
 *
 * <p>
 * Thread-safe. Values have to be read as bytes.
 */
public final class FromKafka implements Processor {

    private final RecordDecoder decoder = new RecordDecoder();

    /**
     * @throws IllegalArgumentException if the body is no such record; tells names of headers, no value
     * @throws PgCdcException           if the endpoint that read a list would pass over it when the route fails
     */
    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        if (message.getBody() instanceof List<?> records) {
            several(message, records);
            message.setHeader(KafkaConstants.MANUAL_COMMIT, commit(records));
        } else {
            ChangeEvent change = decoder.decode(message);
            tell(message, change, message);
        }
    }

    private void several(Message message, List<?> records) {
        List<ChangeEvent> changes = new ArrayList<>(records.size());
        Message last = null;
        for (Object record : records) {
            if (!(record instanceof Exchange one)) {
                throw new IllegalArgumentException("Records come as exchanges, as of kafka:…?batching=true");
            }
            requireKept(one);
            last = one.getMessage();
            changes.add(decoder.decode(last));
        }
        if (last != null) {
            tell(message, changes.get(changes.size() - 1), last);
            message.removeHeaders("CamelPgCdc*", PgCdcConstants.DATABASE, PgCdcConstants.PIPELINE,
                    PgCdcConstants.SYSTEM_IDENTIFIER, PgCdcConstants.IN_ORDER);
            message.setHeader(PgCdcConstants.BATCH_SIZE, changes.size());
        }
        message.setBody(new ChangeBatch(changes));
    }

    /**
     * Kafka's client commits by itself what it has handed out, be it done or not; and Camel goes on behind a batch that
     * has failed, if it is not told to break. Records that come one by one are not handed out before their turn.
     */
    private static void requireKept(Exchange record) {
        if (record.getFromEndpoint() instanceof KafkaEndpoint endpoint) {
            KafkaConfiguration options = endpoint.getConfiguration();
            if (options.isAutoCommitEnable() || !options.isAllowManualCommit() || !options.isBreakOnFirstError()) {
                throw new PgCdcException(
                        ErrorCode.CONFIGURATION,
                        "The endpoint kafka:" + options.getTopic() + " would lose batches that the route fails with",
                        "Set autoCommitEnable=false&allowManualCommit=true&breakOnFirstError=true on it. If the group "
                                                                                                                      + options
                                                                                                                              .getGroupId()
                                                                                                                      + " has passed over records, reset its offsets");
            }
        }
    }

    /** The last record of each partition; that of Camel is the last one of all. */
    private static KafkaManualCommit commit(List<?> records) {
        Map<Object, KafkaManualCommit> last = new LinkedHashMap<>();
        for (Object record : records) {
            Message message = ((Exchange) record).getMessage();
            KafkaManualCommit commit = message.getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class);
            if (commit != null) {
                last.put(message.getHeader(KafkaConstants.TOPIC) + "/" + message.getHeader(KafkaConstants.PARTITION), commit);
            }
        }
        return () -> last.values().forEach(KafkaManualCommit::commit);
    }

    private static void tell(Message message, ChangeEvent change, Message record) {
        // That of the record is none of the change.
        message.removeHeader(PgCdcConstants.MESSAGE_TIMESTAMP);
        PgCdcMessages.write(
                message, change, text(record, WireHeaders.DATABASE), text(record, WireHeaders.PIPELINE),
                text(record, WireHeaders.SYSTEM));
        message.removeHeader(PgCdcConstants.IN_ORDER);
    }

    static String text(Message record, String header) {
        Object value = record.getHeader(header);
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : (String) value;
    }
}
