package io.pgcdc.routes.bigquery.fake;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.cloud.NoCredentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.bigquery.storage.v1.BigQueryWriteClient;
import com.google.cloud.bigquery.storage.v1.BigQueryWriteSettings;
import com.sun.net.httpserver.HttpServer;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

/** One dataset of one project, served over HTTP and gRPC on ports of this machine. */
public final class FakeBigQuery implements AutoCloseable {

    public static final String PROJECT = "shop-project";
    public static final String DATASET = "warehouse";

    /** A request of streamed inserts that came. */
    public record InsertAll(String table, int rows, int bytes, List<String> insertIds) {
    }

    /** Google's client tells every connection; kept, or the level would be forgotten. */
    private static final Logger CLIENT_LOG = Logger.getLogger("com.google.cloud.bigquery.storage");

    static {
        CLIENT_LOG.setLevel(Level.SEVERE);
        // Or every answer waits for the acknowledgement of its head, which TCP delays for 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final FakeTables tables = new FakeTables(PROJECT, DATASET);
    private final FakeRest rest = new FakeRest(tables, PROJECT, DATASET);
    private final FakeWriteService writes = new FakeWriteService(tables);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer http;
    private final Server grpc;
    private final BigQueryWriteClient writeClient;

    public FakeBigQuery() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", rest);
        http.setExecutor(threads);
        http.start();
        grpc = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .maxInboundMessageSize(32 << 20).addService(writes).build().start();
        writeClient = BigQueryWriteClient.create(BigQueryWriteSettings.newBuilder()
                .setCredentialsProvider(NoCredentialsProvider.create())
                .setTransportChannelProvider(BigQueryWriteSettings.defaultGrpcTransportProviderBuilder()
                        .setEndpoint("localhost:" + grpc.getPort())
                        .setChannelConfigurator(ManagedChannelBuilder::usePlaintext)
                        .build())
                .build());
    }

    /** Google's client for the REST API, to this. */
    public BigQuery client() {
        return BigQueryOptions.newBuilder()
                .setHost("http://localhost:" + http.getAddress().getPort())
                .setProjectId(PROJECT)
                .setCredentials(NoCredentials.getInstance())
                .build().getService();
    }

    /** Google's client for the Storage Write API, to this. */
    public BigQueryWriteClient writeClient() {
        return writeClient;
    }

    /** Runs a statement as its owner would, in the console. */
    public void execute(String statement) {
        FakeSql.run(tables, statement);
    }

    public FakeTable table(String name) {
        return tables.get(name);
    }

    public boolean has(String name) {
        return tables.find(name) != null;
    }

    public List<String> names() {
        return tables.all().stream().map(FakeTable::name).toList();
    }

    /** The rows that a query of a table or view gives. */
    public List<Map<String, Object>> rows(String name) {
        return tables.rows(tables.get(name));
    }

    /** The statements that were run through the API. */
    public List<String> statements() {
        return rest.statements();
    }

    public List<InsertAll> inserts() {
        return rest.inserts();
    }

    /** The next requests of rows meet with these, one each. */
    public void fault(Fault... faults) {
        Collections.addAll(writes.faults(), faults);
    }

    public void clearFaults() {
        writes.faults().clear();
    }

    /** Faults that nothing has met with yet. */
    public int faultsLeft() {
        return writes.faults().size();
    }

    /** Rows of values like these are refused, and with each its whole request. */
    public void refuse(Predicate<Map<String, Object>> rows) {
        writes.refuse(rows);
    }

    /** Connections for rows that are open. */
    public int connections() {
        return writes.connections();
    }

    /** The n-th REST call from now is answered with 503. */
    public void failRestAt(int call) {
        rest.failAt(call);
    }

    /** Each request of rows takes so long. */
    public void delay(long nanos) {
        writes.delay(nanos);
    }

    public int requests() {
        return writes.requests();
    }

    /** The bytes of the largest request of rows. */
    public int largestRequest() {
        return writes.largestRequest();
    }

    /** The rows of the request that had most. */
    public int mostRows() {
        return writes.mostRows();
    }

    @Override
    public void close() {
        writeClient.shutdownNow();
        grpc.shutdownNow();
        http.stop(0);
        threads.shutdownNow();
    }
}
