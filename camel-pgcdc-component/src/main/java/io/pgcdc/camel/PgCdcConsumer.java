package io.pgcdc.camel;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TablePattern;
import io.pgcdc.pipeline.Pipeline;
import io.pgcdc.pipeline.PipelineListener;
import io.pgcdc.pipeline.PipelineSettings;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.pipeline.RetryPolicy;
import io.pgcdc.pipeline.Skipped;
import io.pgcdc.postgres.ConnectionSettings;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PipelineNeeds;
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
    private PgCdcLivenessCheck livenessCheck;
    private volatile ConsumerMeters meters = ConsumerMeters.NONE;

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

    /** The same as the developer console answers it in JSON: maps, lists, texts, numbers and booleans. */
    public Map<String, Object> report() {
        return PipelineReport.of(this);
    }

    @ManagedAttribute(description = "What the pipeline does")
    public String getPipelineState() {
        return status().state().name();
    }

    @ManagedAttribute(description = "Since when it does that, in ISO 8601")
    public String getPipelineStateSince() {
        return status().since().toString();
    }

    @ManagedAttribute(description = "What the pipeline fails with, and what to do; empty if nothing")
    public String getPipelineError() {
        PgCdcException error = status().error();
        return error == null ? "" : error.getMessage();
    }

    @ManagedAttribute(description = "What the pipeline failed with last, and when; empty if it never did")
    public String getLastPipelineError() {
        PipelineStatus.Failure last = status().lastFailure();
        return last == null ? "" : last.at() + " " + last.error().getMessage();
    }

    @ManagedAttribute(description = "The replication slot that is streamed from")
    public String getSlot() {
        return status().slot();
    }

    @ManagedAttribute(description = "Position up to where the stream was read")
    public String getReceivedLsn() {
        return status().received().toString();
    }

    @ManagedAttribute(description = "End of the server's log when it was asked last; empty before that")
    public String getServerLsn() {
        PipelineStatus status = status();
        return status.server() == null ? "" : status.server().position().toString();
    }

    @ManagedAttribute(description = "Bytes of the server's log behind the confirmed position, -1 if not known")
    public long getLagBytes() {
        return status().lagBytes();
    }

    @ManagedAttribute(description = "Age in seconds of the oldest commit that is not complete, -1 if not known")
    public double getLagSeconds() {
        Duration lag = status().lag();
        return lag == null ? -1 : PipelineReport.seconds(lag);
    }

    @ManagedAttribute(description = "Bytes of its log that the server keeps for the slots, -1 if not known")
    public long getRetainedBytes() {
        PipelineStatus status = status();
        return status.server() == null ? -1 : status.server().retainedBytes();
    }

    @ManagedAttribute(description = "Bytes of log that may be written until a slot is in danger, -1 without a limit")
    public long getSafeWalSize() {
        PipelineStatus status = status();
        return status.server() == null ? -1 : status.server().safeWalSize();
    }

    @ManagedAttribute(description = "Age in seconds of the oldest change that is handed over and not completed")
    public double getOldestUnacknowledgedSeconds() {
        return PipelineReport.seconds(status().oldestUnacknowledged());
    }

    @ManagedAttribute(description = "Rows and changes whose exchange has completed since the start, by operation")
    public Map<String, Long> getChanges() {
        Map<String, Long> changes = new TreeMap<>();
        status().counters().changes().forEach((operation, count) -> changes.put(operation.text(), count));
        return changes;
    }

    @ManagedAttribute(description = "Exchanges that have completed since the start")
    public long getCompletedExchanges() {
        return status().counters().completed();
    }

    @ManagedAttribute(description = "Exchanges that have failed since the start")
    public long getFailedExchanges() {
        return status().counters().failed();
    }

    @ManagedAttribute(description = "Redeliveries since the start")
    public long getRetries() {
        return status().counters().retries();
    }

    @ManagedAttribute(description = "Restarts of the pipeline after a failure, since the start")
    public long getRestarts() {
        return status().counters().restarts();
    }

    @ManagedAttribute(description = "How many tables there are, by stage")
    public Map<String, Integer> getTableStages() {
        Map<String, Integer> stages = new TreeMap<>();
        status().tables().forEach(table -> stages.merge(PipelineReport.text(table.stage()), 1, Integer::sum));
        return stages;
    }

    @ManagedAttribute(description = "Tables under copy, with rows and progress")
    public List<String> getTablesUnderCopy() {
        return status().tables().stream()
                .filter(known -> known.stage() == PipelineStatus.TableStage.COPY && known.copy() != null)
                .map(known -> known.table() + ": " + known.copy().rows() + " rows, "
                              + Math.round(known.copy().progress() * 100) + " %")
                .toList();
    }

    @ManagedAttribute(description = "All of it as JSON, as the developer console tells it")
    public String getStatusJson() {
        return new JsonWriter().value(report()).toString();
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
        pipeline().resyncTable(TableNames.one(table, "The operation resyncTable"));
    }

    /**
     * Copies rows of a table again while it streams on: they come as {@code read}, in their place among its changes.
     *
     * @param  table          as {@code schema.table}
     * @param  where          the condition on the rows, in SQL, as {@link PgCdcControl#copyRows} takes it
     * @throws PgCdcException if it is no condition, the table has no key, or is not streamed; says what to do
     */
    @ManagedOperation(description = "Copies the rows of a table, given as schema.table, again that a condition in SQL names")
    public void copyRows(String table, String where) {
        // JMX has null, too.
        pipeline().copyRows(TableNames.one(table, "The operation resyncTable"), where == null ? "" : where);
    }

    /**
     * Reads and hands over no more until {@link #resumePipeline}; connections stay, alive and acknowledging. Suspending
     * and resuming the route have no influence on it; a stop of the route ends it.
     */
    @ManagedOperation(description = "Reads no more until resumePipeline, stays connected and acknowledging")
    public void pausePipeline() {
        pipeline().pause();
    }

    /** Ends what {@link #pausePipeline} began. */
    @ManagedOperation(description = "Goes on after pausePipeline")
    public void resumePipeline() {
        pipeline().unpause();
    }

    @ManagedAttribute(description = "How many requests of copyRows are not done")
    public int getRowCopiesWaiting() {
        Pipeline current = pipeline;
        return current == null ? 0 : current.rowCopiesWaiting();
    }

    /** See {@link Pipeline#skipTo}. */
    Skipped skipTo(Lsn target, Lsn confirmed) {
        return pipeline().skipTo(target, confirmed);
    }

    /** Has the pipeline look at what the publication has now, instead of after publicationCheckInterval. */
    void lookAtPublication() {
        pipeline().lookAtPublication();
    }

    private Pipeline pipeline() {
        Pipeline current = pipeline;
        if (current == null) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The route of " + getEndpoint() + " is not started", "Start it first");
        }
        return current;
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
        if (getEndpoint().getComponent().isHealthCheckConsumerEnabled()) {
            registerHealthChecks();
        }
        getEndpoint().getComponent().started(this);
        meters = ConsumerMeters.register(this);
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
                registry.unregister(livenessCheck);
            }
            healthCheck = null;
        }
        if (pipeline != null) {
            pipeline.stop();
        }
        meters.remove();
        meters = ConsumerMeters.NONE;
        closeStore();
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        getEndpoint().getComponent().shutDown(this);
        super.doShutdown();
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

    private void registerHealthChecks() {
        healthCheck = new PgCdcHealthCheck(this);
        livenessCheck = new PgCdcLivenessCheck(this);
        if (HealthCheckHelper.getHealthCheckRepository(getEndpoint().getCamelContext(), "consumers") != null) {
            setHealthCheck(healthCheck);
        }
        // Without a route of our own (master:), or with one that a policy starts, nobody would ask the consumer's check.
        HealthCheckRegistry registry = HealthCheckRegistry.get(getEndpoint().getCamelContext());
        if (registry != null && (getRoute() == null || !Boolean.TRUE.equals(getRoute().isAutoStartup()))) {
            registry.register(healthCheck);
        }
        // Camel asks the consumers of routes for one check each, so this one is nobody's.
        if (registry != null) {
            registry.register(livenessCheck);
        }
    }

    private Pipeline createPipeline() {
        PgCdcConfiguration options = getEndpoint().getConfiguration();
        requireSupported(options);
        String name = getEndpoint().getPipelineName();
        PostgresConnections source = source(getEndpoint());
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
                new PipelineListener() {
                    @Override
                    public void failed(PgCdcException error, boolean retried) {
                        if (!retried) {
                            getExceptionHandler().handleException(error.getMessage(), error);
                        }
                    }

                    @Override
                    public void looked() {
                        meters.refresh();
                    }
                });
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

    static PostgresConnections source(PgCdcEndpoint endpoint) {
        PgCdcConfiguration options = endpoint.getConfiguration();
        return new PostgresConnections(
                new ConnectionSettings(
                        options.getUrl(), options.getUsername(), options.getPassword(), "pgcdc " + endpoint.getPipelineName()));
    }

    /** What the options make of it, for a preflight. */
    static PipelineNeeds needs(PgCdcEndpoint endpoint) {
        PgCdcConfiguration options = endpoint.getConfiguration();
        boolean state = "postgres".equals(options.getStateStore());
        return new PipelineNeeds(
                endpoint.getPipelineName(), endpoint.getPublication(), options.getSlotName(),
                options.getSnapshotMode() != SnapshotMode.never, options.getSnapshotMode() != SnapshotMode.initialOnly,
                options.getTableSyncWorkers(), options.getCopyConnectionsPerTable(), options.isExpressCatchUp(),
                options.isSlotFailover(), options.isUnknownTypesToBytes(),
                options.isCreatePublication() ? TablePattern.parseAll(options.getTables(), "The option tables") : List.of(),
                state ? statePlace(options, source(endpoint)) : null, state ? options.getStateSchema() : null);
    }

    /** Where the option stateStore=postgres keeps the state. */
    static PostgresConnections statePlace(PgCdcConfiguration options, PostgresConnections source) {
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
                .needs(needs(getEndpoint()))
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

    @Override
    public String toString() {
        return "PgCdcConsumer[" + getEndpoint() + "]";
    }
}
