package io.pgcdc.routes.bigquery;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.routes.bigquery.fake.FakeBigQuery;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** An endpoint of the sink, which is handed events without a route. */
final class SinkUnderTest implements AutoCloseable {

    private final CamelContext context = new DefaultCamelContext();
    private final AsyncProducer producer;

    SinkUnderTest(FakeBigQuery fake, String options) throws Exception {
        context.getRegistry().bind("bigQuery", fake.client());
        context.getRegistry().bind("writeClient", fake.writeClient());
        context.start();
        producer = context.getEndpoint(
                "pgcdc-bigquery:" + FakeBigQuery.PROJECT + ":" + FakeBigQuery.DATASET + "?" + options)
                .createAsyncProducer();
        context.addService(producer);
    }

    /** A batch; the future has what its exchange ended with. */
    CompletableFuture<Exchange> begin(List<ChangeEvent> events) {
        return beginWith(new ChangeBatch(events));
    }

    CompletableFuture<Exchange> beginWith(Object body) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(body);
        CompletableFuture<Exchange> ended = new CompletableFuture<>();
        producer.process(exchange, doneSync -> ended.complete(exchange));
        return ended;
    }

    /** A batch that ends well. */
    void write(ChangeEvent... events) throws Exception {
        Exception failure = failure(events);
        if (failure != null) {
            throw failure;
        }
    }

    /** What a batch failed with, or {@code null}. */
    Exception failure(ChangeEvent... events) throws Exception {
        return begin(List.of(events)).get(60, TimeUnit.SECONDS).getException();
    }

    @Override
    public void close() {
        context.stop();
    }
}
