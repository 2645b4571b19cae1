package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.List;

import io.pgcdc.model.TableId;
import io.pgcdc.model.TablePattern;
import io.pgcdc.postgres.PipelineNeeds;
import io.pgcdc.state.PostgresStateStore;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.TypeLookup;
import io.pgcdc.types.ValueStyle;

/** What a pipeline is to do. Set up by one thread, then left alone. */
public final class PipelineSettings {

    /** Whether and what is copied. */
    public enum Snapshot {
        INITIAL,
        NEVER,
        INITIAL_ONLY
    }

    /** What is done about changes that the route fails on for good. */
    public enum FailurePolicy {
        /** The pipeline stops. */
        RETRY,
        /** The table goes into Error, the others go on. */
        ISOLATE_TABLE,
        /** They are left out. */
        SKIP
    }

    /** How tables that were isolated come back. */
    public enum IsolatedTables {
        /** When {@link Pipeline#resyncTable} is called. */
        MANUAL,
        /** And when the pipeline is started. */
        ON_START,
        /** And by themselves, after the delay of a retry. */
        AFTER_DELAY
    }

    private static final long MOST_IN_FLIGHT_BYTES = 256L << 20;
    private static final long SHARE_OF_HEAP = 8;
    /**
     * So many windows should fit into what may be in flight. Each reader has one more, which it fills; with the default
     * options there are at most thirteen.
     */
    private static final long WINDOWS_IN_FLIGHT = 8;

    private String name;
    private String publication;
    private String slotName;
    private boolean slotFailover;
    private Snapshot snapshot = Snapshot.INITIAL;
    private int tableSyncWorkers = 4;
    private int copyConnectionsPerTable = 2;
    private boolean batching;
    private int maxBatchSize = 1000;
    private int maxBatchBytes = 8 << 20;
    private Duration maxBatchDelay = Duration.ofMillis(100);
    private int maxInFlight = 10_000;
    private long maxInFlightBytes;
    private long copyRangeBytes = 32 << 20;
    private Duration publicationCheckInterval = Duration.ofSeconds(10);
    private ValueStyle valueStyle = ValueStyle.PORTABLE;
    private boolean unknownTypesToBytes = true;
    private Codecs codecs;
    private RetryPolicy retry = new RetryPolicy(-1, Duration.ofSeconds(1), Duration.ofSeconds(60));
    private FailurePolicy failurePolicy = FailurePolicy.RETRY;
    private IsolatedTables isolatedTables = IsolatedTables.MANUAL;
    private boolean resyncWhenSlotLost;
    private String stateSchema;
    private boolean includeSchemaChanges = true;
    private boolean includeTransactions;
    private boolean expressCatchUp = true;
    private long expressBacklogBytes = 64L << 20;
    private Duration expressTimeout = Duration.ofSeconds(20);
    private boolean streamTransactions;
    private long streamedTransactionBytes = 16L << 20;
    private boolean includeMessages;
    private boolean includeCopyMarkers;
    private Duration drainTimeout = Duration.ofSeconds(30);
    private List<TablePattern> tablesToPublish = List.of();
    private PipelineNeeds needs;

    public PipelineSettings(String name, String publication) {
        this.name = name;
        this.publication = publication;
    }

    public String name() {
        return name;
    }

    public String publication() {
        return publication;
    }

    /** The apply slot, or {@code null} for the default name. */
    public String slotName() {
        return slotName;
    }

    public PipelineSettings slotName(String value) {
        this.slotName = value;
        return this;
    }

    /** Whether the slots are failover slots, of which the server's standbys keep a copy. */
    public boolean slotFailover() {
        return slotFailover;
    }

    public PipelineSettings slotFailover(boolean value) {
        this.slotFailover = value;
        return this;
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    public PipelineSettings snapshot(Snapshot value) {
        this.snapshot = value;
        return this;
    }

    public int tableSyncWorkers() {
        return tableSyncWorkers;
    }

    public PipelineSettings tableSyncWorkers(int value) {
        this.tableSyncWorkers = value;
        return this;
    }

    public int copyConnectionsPerTable() {
        return copyConnectionsPerTable;
    }

    public PipelineSettings copyConnectionsPerTable(int value) {
        this.copyConnectionsPerTable = value;
        return this;
    }

    public boolean batching() {
        return batching;
    }

    public PipelineSettings batching(boolean value) {
        this.batching = value;
        return this;
    }

    /** The most changes in one hand-over: never more than may be in flight. */
    public int batchSize() {
        return Math.min(maxBatchSize, maxInFlight);
    }

    public PipelineSettings maxBatchSize(int value) {
        this.maxBatchSize = value;
        return this;
    }

    /** The most bytes of change data, as they come from the server, in a batch. */
    public int maxBatchBytes() {
        return maxBatchBytes;
    }

    public PipelineSettings maxBatchBytes(int value) {
        this.maxBatchBytes = value;
        return this;
    }

    public Duration maxBatchDelay() {
        return maxBatchDelay;
    }

    public PipelineSettings maxBatchDelay(Duration value) {
        this.maxBatchDelay = value;
        return this;
    }

    public int maxInFlight() {
        return maxInFlight;
    }

    public PipelineSettings maxInFlight(int value) {
        this.maxInFlight = value;
        return this;
    }

    /** The most bytes of memory that one window takes, or a batch of a copy. */
    long maxWindowBytes() {
        return maxInFlightBytes() / WINDOWS_IN_FLIGHT;
    }

    /** The most bytes of memory that is taken by what is read and not complete. */
    public long maxInFlightBytes() {
        return maxInFlightBytes > 0
                ? maxInFlightBytes
                : Math.min(MOST_IN_FLIGHT_BYTES, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    public PipelineSettings maxInFlightBytes(long value) {
        this.maxInFlightBytes = value;
        return this;
    }

    /** How much of a big table is one piece of its copy. */
    public long copyRangeBytes() {
        return copyRangeBytes;
    }

    public PipelineSettings copyRangeBytes(long value) {
        this.copyRangeBytes = value;
        return this;
    }

    public Duration publicationCheckInterval() {
        return publicationCheckInterval;
    }

    public PipelineSettings publicationCheckInterval(Duration value) {
        this.publicationCheckInterval = value;
        return this;
    }

    public ValueStyle valueStyle() {
        return valueStyle;
    }

    public PipelineSettings valueStyle(ValueStyle value) {
        this.valueStyle = value;
        return this;
    }

    public PipelineSettings unknownTypesToBytes(boolean value) {
        this.unknownTypesToBytes = value;
        return this;
    }

    /** The codecs of the pipeline, the same for all of its runs, for they remember types that have been dropped. */
    Codecs codecs() {
        return codecs;
    }

    /** Makes the codecs, once the options are set. */
    void makeCodecs(TypeLookup types) {
        codecs = Codecs.of(valueStyle, unknownTypesToBytes, types);
    }

    public RetryPolicy retry() {
        return retry;
    }

    public PipelineSettings retry(RetryPolicy value) {
        this.retry = value;
        return this;
    }

    public FailurePolicy failurePolicy() {
        return failurePolicy;
    }

    public PipelineSettings failurePolicy(FailurePolicy value) {
        this.failurePolicy = value;
        return this;
    }

    public IsolatedTables isolatedTables() {
        return isolatedTables;
    }

    public PipelineSettings isolatedTables(IsolatedTables value) {
        this.isolatedTables = value;
        return this;
    }

    public boolean resyncWhenSlotLost() {
        return resyncWhenSlotLost;
    }

    public PipelineSettings resyncWhenSlotLost(boolean value) {
        this.resyncWhenSlotLost = value;
        return this;
    }

    /** The schema of our own tables, which are never replicated, or {@code null} if they are not on the source. */
    public String stateSchema() {
        return stateSchema;
    }

    /** Whether a table is one that the state store keeps in the source: those are not replicated. */
    public boolean isStateTable(TableId table) {
        return table.schema().equals(stateSchema) && isNamedAsStateTable(table);
    }

    /** Whether a table may be one that another pipeline's state store keeps in the source; the catalogue knows. */
    public boolean isNamedAsStateTable(TableId table) {
        return PostgresStateStore.TABLES.contains(table.name());
    }

    public PipelineSettings stateSchema(String value) {
        this.stateSchema = value;
        return this;
    }

    public boolean includeSchemaChanges() {
        return includeSchemaChanges;
    }

    public PipelineSettings includeSchemaChanges(boolean value) {
        this.includeSchemaChanges = value;
        return this;
    }

    public boolean includeTransactions() {
        return includeTransactions;
    }

    public PipelineSettings includeTransactions(boolean value) {
        this.includeTransactions = value;
        return this;
    }

    /** Whether large backlogs are read in chunks, through SQL on temporary copies of the slot. */
    public boolean expressCatchUp() {
        return expressCatchUp;
    }

    public PipelineSettings expressCatchUp(boolean value) {
        this.expressCatchUp = value;
        return this;
    }

    /** How long the server may take to make a chunk; what takes longer is read by the stream. */
    public Duration expressTimeout() {
        return expressTimeout;
    }

    public PipelineSettings expressTimeout(Duration value) {
        this.expressTimeout = value;
        return this;
    }

    /** From how many bytes of the server's log on a backlog is large. */
    public long expressBacklogBytes() {
        return expressBacklogBytes;
    }

    public PipelineSettings expressBacklogBytes(long value) {
        this.expressBacklogBytes = value;
        return this;
    }

    /** Whether the server sends large transactions while they are in progress. */
    public boolean streamTransactions() {
        return streamTransactions;
    }

    public PipelineSettings streamTransactions(boolean value) {
        this.streamTransactions = value;
        return this;
    }

    /** How much of transactions in progress is kept in memory; the rest goes to temporary files. */
    public long streamedTransactionBytes() {
        return streamedTransactionBytes;
    }

    public PipelineSettings streamedTransactionBytes(long value) {
        this.streamedTransactionBytes = value;
        return this;
    }

    public boolean includeMessages() {
        return includeMessages;
    }

    public PipelineSettings includeMessages(boolean value) {
        this.includeMessages = value;
        return this;
    }

    public boolean includeCopyMarkers() {
        return includeCopyMarkers;
    }

    public PipelineSettings includeCopyMarkers(boolean value) {
        this.includeCopyMarkers = value;
        return this;
    }

    /** The patterns of the tables for which the publication is made or extended; empty if it is the user's business. */
    public List<TablePattern> tablesToPublish() {
        return tablesToPublish;
    }

    public PipelineSettings tablesToPublish(List<TablePattern> value) {
        this.tablesToPublish = List.copyOf(value);
        return this;
    }

    /** How long a stop waits for what is in flight. */
    public Duration drainTimeout() {
        return drainTimeout;
    }

    public PipelineSettings drainTimeout(Duration value) {
        this.drainTimeout = value;
        return this;
    }

    /** What a start holds the server against, to say what it finds; {@code null} for a start that says nothing. */
    public PipelineNeeds needs() {
        return needs;
    }

    public PipelineSettings needs(PipelineNeeds value) {
        this.needs = value;
        return this;
    }
}
