package io.pgcdc.routes.kafka;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;

/**
 * The last step of a route that reads lists of records by {@link FromKafka}: commits to the group what the steps before
 * have done. It has to run on the thread that read them.
 *
 * <p>
 * Thread-safe.
 */
public final class KafkaCommit implements Processor {

    /** @throws PgCdcException if the endpoint that read the exchange lets nobody commit */
    @Override
    public void process(Exchange exchange) {
        KafkaManualCommit commit = exchange.getMessage().getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class);
        if (commit == null) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "There is nothing to commit, for the exchange has lost the header "
                                             + KafkaConstants.MANUAL_COMMIT,
                    "Set allowManualCommit=true on the endpoint kafka:, and keep its headers");
        }
        commit.commit();
    }
}
