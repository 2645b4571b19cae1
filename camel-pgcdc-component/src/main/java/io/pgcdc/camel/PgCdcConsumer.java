package io.pgcdc.camel;

import java.time.Duration;
import java.util.List;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TablePattern;
import io.pgcdc.pipeline.Pipeline;
import io.pgcdc.pipeline.PipelineSettings;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.pipeline.RetryPolicy;
import io.pgcdc.postgres.ConnectionSettings;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PostgresConnections;
import io.pgcdc.state.MemoryStateStore;
import io.pgcdc.state.PostgresStateStore;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.StateStore;
import io.pgcdc.types.ValueStyle;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.spi.ShutdownStrategy;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the publication and hands its rows and changes to the route. Starting fails at once for what only a person can
 * mend (password, publication, wal_level); an unreachable server is tried again in the background.
 */
@ManagedResource(description = "Managed PostgreSQL Change Data Capture Consumer")
public class PgCdcConsumer extends DefaultConsumer implements Suspendable {

    private static final Logger LOG = LoggerFactory.getLogger(PgCdcConsumer.class);

    private Pipeline pipeline;
    private StateStore ownStore;
    private PgCdcHealthCheck healthCheck;

    public PgCdcConsumer(PgCdcEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
    }

    @Override
    public PgCdcEndpoint getEndpoint() {
        return (PgCdcEndpoint) super.getEndpoint();
    }

    /** How the pipeline fares at this moment. */
    public PipelineStatus status() {
        Pipeline current = pipeline;
        return current == null
                ? PipelineStatus.stopped()
                : current.status();
    }

    @ManagedAttribute(description = "What the pipeline does")
    public String getPipelineState() {
        return status().state().name();
    }

    @ManagedAttribute(description = "Position up to where everything is acknowledged")
    public String getConfirmedLsn() {
        return status().confirmed().toString();
    }

    @ManagedAttribute(description = "Changes handed to the route and not yet completed")
    public int getInFlight() {
        return status().inFlight();
    }

    /**
     * Copies a table again and follows it from there, while the others go on; also the way out of Error.
     *
     * @param  table          as {@code schema.table}
     * @throws PgCdcException if the pipeline has no such table, is standby, has given up or only copies; says what to
     *                        do
     */
    @ManagedOperation(description = "Copies a table again, given as schema.table; also brings it out of Error")
    public void resyncTable(String table) {
        Pipeline current = pipeline;
        if (current == null) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The route of " + getEndpoint() + " is not started", "Start it first");
        }
        current.resyncTable(tableId(table));
    }

    @ManagedAttribute(description = "Changes and rows that were skipped for good since the start")
    public long getSkipped() {
        return status().skipped();
    }

    @ManagedAttribute(description = "Tables in Error, with the reason")
    public List<String> getTablesInError() {
        return status().tables().stream()
                .filter(known -> known.stage() == PipelineStatus.TableStage.ERROR)
                .map(known -> known.table() + ": " + known.error())
                .toList();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        pipeline = createPipeline();
        try {
            pipeline.check();
        } catch (PgCdcException e) {
            if (!e.code().isTransient()) {
                closeStore();
                throw e;
            }
            LOG.debug("The first check failed; the pipeline tries again in the background", e);
        }
        registerHealthCheck();
        pipeline.start();
    }

    @Override
    protected void doSuspend() throws Exception {
        pipeline.suspend();
        super.doSuspend();
    }

    @Override
    protected void doResume() throws Exception {
        pipeline.resume();
        super.doResume();
    }

    @Override
    protected void doStop() throws Exception {
        if (healthCheck != null) {
            HealthCheckRegistry registry = HealthCheckRegistry.get(getEndpoint().getCamelContext());
            if (registry != null) {
                registry.unregister(healthCheck);
            }
            healthCheck = null;
        }
        if (pipeline != null) {
            pipeline.stop();
        }
        closeStore();
        super.doStop();
    }

    /** Ends at once, as if the process had died; for tests of just that. */
    void abort() {
        pipeline.abort();
    }

    private void closeStore() {
        if (ownStore != null) {
            ownStore.close();
            ownStore = null;
        }
    }

    private void registerHealthCheck() {
        healthCheck = new PgCdcHealthCheck(this);
        if (HealthCheckHelper.getHealthCheckRepository(getEndpoint().getCamelContext(), "consumers") != null) {
            setHealthCheck(healthCheck);
        }
        // Without a route of our own (master:), or with one that a policy starts, nobody would ask the consumer's check.
        HealthCheckRegistry registry = HealthCheckRegistry.get(getEndpoint().getCamelContext());
        if (registry != null && (getRoute() == null || !Boolean.TRUE.equals(getRoute().isAutoStartup()))) {
            registry.register(healthCheck);
        }
    }

    private Pipeline createPipeline() {
        PgCdcConfiguration options = getEndpoint().getConfiguration();
        requireSupported(options);
        String name = getEndpoint().getPipelineName();
        PostgresConnections source = new PostgresConnections(
                new ConnectionSettings(options.getUrl(), options.getUsername(), options.getPassword(), "pgcdc " + name));
        StateStore states = stateStore(options, source);
        if (!(states instanceof SchemaStore schemas)) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The bean of the option stateStore is no io.pgcdc.state.SchemaStore",
                    "It has to implement StateStore and SchemaStore");
        }
        return new Pipeline(
                settings(options, name), new PgReplicationClient(source), states, schemas,
                new ExchangeDestination(this, options.isBatching()),
                (thread, work) -> getEndpoint().getCamelContext().getExecutorServiceManager()
                        .newThread("PgCdc[" + thread + "]", work),
                this::failed);
    }

    private void failed(PgCdcException error, boolean retried) {
        if (!retried) {
            getExceptionHandler().handleException(error.getMessage(), error);
        }
    }

    private static void requireSupported(PgCdcConfiguration options) {
        if (options.getTables() != null && !options.getTables().isBlank() && !options.isCreatePublication()) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The option tables only serves to make a publication",
                    "Set createPublication=true, or leave tables out: the publication decides what is replicated");
        }
    }

    private StateStore stateStore(PgCdcConfiguration options, PostgresConnections source) {
        return getEndpoint().stateStoreBean(StateStore.class).orElseGet(() -> {
            ownStore = "memory".equals(options.getStateStore())
                    ? new MemoryStateStore()
                    : new PostgresStateStore(statePlace(options, source), options.getStateSchema());
            return ownStore;
        });
    }

    private static PostgresConnections statePlace(PgCdcConfiguration options, PostgresConnections source) {
        if (options.getStateUrl() == null || options.getStateUrl().isBlank()) {
            return new PostgresConnections(source.settings().named("pgcdc state"));
        }
        return new PostgresConnections(
                new ConnectionSettings(
                        options.getStateUrl(),
                        options.getStateUsername() == null ? options.getUsername() : options.getStateUsername(),
                        options.getStatePassword() == null ? options.getPassword() : options.getStatePassword(),
                        "pgcdc state"));
    }

    private PipelineSettings settings(PgCdcConfiguration options, String name) {
        return new PipelineSettings(name, getEndpoint().getPublication())
                .slotName(options.getSlotName())
                .slotFailover(options.isSlotFailover())
                .snapshot(switch (options.getSnapshotMode()) {
                    case initial -> PipelineSettings.Snapshot.INITIAL;
                    case never -> PipelineSettings.Snapshot.NEVER;
                    case initialOnly -> PipelineSettings.Snapshot.INITIAL_ONLY;
                })
                .tableSyncWorkers(options.getTableSyncWorkers())
                .copyConnectionsPerTable(options.getCopyConnectionsPerTable())
                .batching(options.isBatching())
                .maxBatchSize(options.getMaxBatchSize())
                .maxBatchBytes(options.getMaxBatchBytes())
                .maxBatchDelay(Duration.ofMillis(options.getMaxBatchDelay()))
                .maxInFlight(options.getMaxInFlight())
                .valueStyle(options.getValues() == ValueFormat.java ? ValueStyle.JAVA : ValueStyle.PORTABLE)
                .unknownTypesToBytes(options.isUnknownTypesToBytes())
                .maxInFlightBytes(options.getMaxInFlightBytes())
                .copyRangeBytes(options.getCopyRangeBytes())
                .publicationCheckInterval(Duration.ofMillis(options.getPublicationCheckInterval()))
                .failurePolicy(switch (options.getFailurePolicy()) {
                    case retry -> PipelineSettings.FailurePolicy.RETRY;
                    case isolateTable -> PipelineSettings.FailurePolicy.ISOLATE_TABLE;
                    case skip -> PipelineSettings.FailurePolicy.SKIP;
                })
                .isolatedTables(switch (options.getIsolatedTables()) {
                    case manual -> PipelineSettings.IsolatedTables.MANUAL;
                    case onStart -> PipelineSettings.IsolatedTables.ON_START;
                    case afterDelay -> PipelineSettings.IsolatedTables.AFTER_DELAY;
                })
                .retry(retry(options))
                .resyncWhenSlotLost(options.getSlotLost() == SlotLostPolicy.resync)
                .stateSchema("postgres".equals(options.getStateStore()) ? options.getStateSchema() : null)
                .includeSchemaChanges(options.isIncludeSchemaChanges())
                .includeTransactions(options.isIncludeTransactions())
                .expressCatchUp(options.isExpressCatchUp())
                .expressBacklogBytes(options.getExpressBacklogBytes())
                .expressTimeout(Duration.ofMillis(options.getExpressTimeout()))
                .streamTransactions(options.isStreamTransactions())
                .streamedTransactionBytes(options.getStreamedTransactionBytes())
                .includeMessages(options.isIncludeMessages())
                .includeCopyMarkers(options.isIncludeCopyMarkers())
                .drainTimeout(shutdownTimeout())
                .tablesToPublish(options.isCreatePublication()
                        ? TablePattern.parseAll(options.getTables(), "The option tables") : List.of());
    }

    private static RetryPolicy retry(PgCdcConfiguration options) {
        boolean forEver = options.getMaxRetries() < 0 && options.getFailurePolicy() == FailurePolicy.retry;
        return new RetryPolicy(
                forEver ? -1 : Math.max(0, options.getMaxRetries()), Duration.ofMillis(options.getRetryDelay()),
                Duration.ofMillis(options.getRetryMaxDelay()));
    }

    /** What Camel grants a route to stop is what the changes in flight get to end. */
    private Duration shutdownTimeout() {
        ShutdownStrategy strategy = getEndpoint().getCamelContext().getShutdownStrategy();
        return Duration.of(strategy.getTimeout(), strategy.getTimeUnit().toChronoUnit());
    }

    private static TableId tableId(String text) {
        String where = "The operation resyncTable";
        TablePattern one = TablePattern.parse(text, where);
        if (one.name() == null) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, where + " names all tables of schema " + one.schema(), "Name one as schema.table");
        }
        return one.table();
    }

    @Override
    public String toString() {
        return "PgCdcConsumer[" + getEndpoint() + "]";
    }
}
