package io.pgcdc.routes.bigquery;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.storage.v1.BigQueryWriteClient;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;

/** Ends an exchange when BigQuery has acknowledged all its rows, on another thread; many may be under way. */
final class BigQueryProducer extends DefaultAsyncProducer {

    /** Requests end, and are sent again, on these. */
    private static final int THREADS = 2;
    /** What a connection that hangs may take of the time to stop. */
    private static final long CLOSE_MILLIS = 10_000;

    private ScheduledExecutorService executor;
    private ExecutorService closer;
    private BigQueryClients clients;
    private BigQuerySink sink;

    BigQueryProducer(BigQueryEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public BigQueryEndpoint getEndpoint() {
        return (BigQueryEndpoint) super.getEndpoint();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        BigQueryConfiguration configuration = getEndpoint().getConfiguration();
        executor = getEndpoint().getCamelContext().getExecutorServiceManager()
                .newScheduledThreadPool(this, "PgCdcBigQuery[" + getEndpoint().getDataset() + "]", THREADS);
        closer = getEndpoint().getCamelContext().getExecutorServiceManager()
                .newCachedThreadPool(this, "PgCdcBigQueryClose[" + getEndpoint().getDataset() + "]");
        clients = new BigQueryClients(getEndpoint().getCamelContext(), configuration);
        BigQuery bigQuery = clients.bigQuery(getEndpoint().getProject());
        BigQueryWriteClient writeClient = clients.writeClient();
        sink = new BigQuerySink(
                configuration, new Dataset(bigQuery, getEndpoint().getProject(), getEndpoint().getDataset()), writeClient,
                executor, closer);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        ExchangeCompletion completion = new ExchangeCompletion(exchange, callback);
        Throwable failure = null;
        try {
            sink.write(exchange.getMessage().getBody(), completion);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        return completion.allMade(failure);
    }

    @Override
    protected void doStop() throws Exception {
        if (sink != null) {
            sink.close();
        }
        if (executor != null) {
            getEndpoint().getCamelContext().getExecutorServiceManager().shutdownGraceful(executor);
        }
        if (closer != null) {
            getEndpoint().getCamelContext().getExecutorServiceManager().shutdownGraceful(closer, CLOSE_MILLIS);
        }
        if (clients != null) {
            clients.close();
        }
        super.doStop();
    }
}
