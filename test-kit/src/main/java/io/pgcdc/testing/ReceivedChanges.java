package io.pgcdc.testing;

import java.util.List;

import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;

/** Finds the changes in an exchange: one, or those of a batch, which come as exchanges of their own. */
final class ReceivedChanges {

    private ReceivedChanges() {
    }

    /** @throws IllegalArgumentException if there is something else in it */
    static List<Change> of(Exchange exchange) {
        List<?> batch = exchange.getProperty(ExchangePropertyKey.GROUPED_EXCHANGE, List.class);
        if (batch == null && exchange.getMessage().getBody() instanceof List<?> body) {
            batch = body;
        }
        return batch == null ? List.of(Change.of(exchange)) : batch.stream().map(ReceivedChanges::member).toList();
    }

    private static Change member(Object member) {
        if (member instanceof Exchange exchange) {
            return Change.of(exchange);
        }
        throw new IllegalArgumentException(
                "the body is a list without the exchanges that say what its rows are: use batching=true, or aggregate with"
                                           + " new PgCdcAggregationStrategy(new GroupedExchangeAggregationStrategy())");
    }
}
