package io.pgcdc.camel;

import java.time.Duration;
import java.util.Set;

import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/**
 * The options of the component and of its endpoints. There is no {@code toString}, so that credentials cannot be logged
 * by accident.
 */
@UriParams
public class PgCdcConfiguration implements Cloneable {

    private static final Duration LONGEST = Duration.ofDays(365);
    private static final String URL_PREFIX = "jdbc:postgresql:";

    @UriParam(label = "common")
    private String url;
    @UriParam(label = "common,security", secret = true)
    private String username;
    @UriParam(label = "common,security", secret = true)
    private String password;
    @UriParam(label = "common")
    private String pipeline;
    @UriParam(label = "advanced")
    private String slotName;
    @UriParam(label = "failure", defaultValue = "false")
    private boolean slotFailover;
    @UriParam(label = "common")
    private String tables;
    @UriParam(label = "common", defaultValue = "false")
    private boolean createPublication;
    @UriParam(label = "common,copy", defaultValue = "initial")
    private SnapshotMode snapshotMode = SnapshotMode.initial;
    @UriParam(label = "copy", defaultValue = "4")
    private int tableSyncWorkers = 4;
    @UriParam(label = "copy", defaultValue = "2")
    private int copyConnectionsPerTable = 2;
    @UriParam(label = "batch", defaultValue = "false")
    private boolean batching;
    @UriParam(label = "batch", defaultValue = "1000")
    private int maxBatchSize = 1000;
    @UriParam(label = "batch", defaultValue = "8388608")
    private int maxBatchBytes = 8 * 1024 * 1024;
    @UriParam(label = "batch", javaType = "java.time.Duration", defaultValue = "100ms")
    private long maxBatchDelay = 100;
    @UriParam(label = "advanced", defaultValue = "10000")
    private int maxInFlight = 10000;
    @UriParam(label = "advanced", defaultValue = "0")
    private long maxInFlightBytes;
    @UriParam(label = "advanced", defaultValue = "33554432")
    private long copyRangeBytes = 32 * 1024 * 1024;
    @UriParam(label = "advanced", javaType = "java.time.Duration", defaultValue = "10s")
    private long publicationCheckInterval = 10_000;
    @UriParam(label = "common", defaultValue = "true")
    private boolean expressCatchUp = true;
    @UriParam(label = "common,advanced", defaultValue = "67108864")
    private long expressBacklogBytes = 64 * 1024 * 1024;
    @UriParam(label = "common,advanced", javaType = "java.time.Duration", defaultValue = "20s")
    private long expressTimeout = 20_000;
    @UriParam(label = "common,advanced", defaultValue = "false")
    private boolean streamTransactions;
    @UriParam(label = "common,advanced", defaultValue = "16777216")
    private long streamedTransactionBytes = 16 * 1024 * 1024;
    @UriParam(label = "common", defaultValue = "portable")
    private ValueFormat values = ValueFormat.portable;
    @UriParam(label = "advanced", defaultValue = "true")
    private boolean unknownTypesToBytes = true;
    @UriParam(label = "failure", defaultValue = "retry")
    private FailurePolicy failurePolicy = FailurePolicy.retry;
    @UriParam(label = "failure", defaultValue = "manual")
    private IsolatedTables isolatedTables = IsolatedTables.manual;
    @UriParam(label = "failure", defaultValue = "-1")
    private int maxRetries = -1;
    @UriParam(label = "failure", javaType = "java.time.Duration", defaultValue = "1s")
    private long retryDelay = 1000;
    @UriParam(label = "failure", javaType = "java.time.Duration", defaultValue = "60s")
    private long retryMaxDelay = 60000;
    @UriParam(label = "failure", defaultValue = "fail")
    private SlotLostPolicy slotLost = SlotLostPolicy.fail;
    @UriParam(label = "advanced", defaultValue = "postgres")
    private String stateStore = "postgres";
    @UriParam(label = "advanced", defaultValue = "pgcdc")
    private String stateSchema = "pgcdc";
    @UriParam(label = "advanced")
    private String stateUrl;
    @UriParam(label = "advanced,security", secret = true)
    private String stateUsername;
    @UriParam(label = "advanced,security", secret = true)
    private String statePassword;
    @UriParam(label = "common", defaultValue = "true")
    private boolean includeSchemaChanges = true;
    @UriParam(label = "common", defaultValue = "false")
    private boolean includeTransactions;
    @UriParam(label = "common", defaultValue = "false")
    private boolean includeMessages;
    @UriParam(label = "common,copy", defaultValue = "false")
    private boolean includeCopyMarkers;
    @UriParam(label = "health", javaType = "java.time.Duration", defaultValue = "5m")
    private long healthLagWarn = 300_000;
    @UriParam(label = "health", javaType = "java.time.Duration", defaultValue = "0")
    private long healthLagDown;
    @UriParam(label = "health", defaultValue = "10737418240")
    private long healthRetainedWarn = 10L << 30;
    @UriParam(label = "health", defaultValue = "0")
    private long healthRetainedDown;

    /** A copy that can be changed without changing this one. */
    public PgCdcConfiguration copy() {
        try {
            return (PgCdcConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }

    /** Throws if an option has a value that can never work. */
    void requireValidValues() {
        requireJdbcUrl("url", url);
        requireJdbcUrl("stateUrl", stateUrl);
        requireAtLeast(1, "tableSyncWorkers", tableSyncWorkers);
        requireAtLeast(1, "copyConnectionsPerTable", copyConnectionsPerTable);
        requireAtLeast(1, "maxBatchSize", maxBatchSize);
        requireAtLeast(1, "maxBatchBytes", maxBatchBytes);
        requireDuration(0, "maxBatchDelay", maxBatchDelay);
        requireAtLeast(1, "maxInFlight", maxInFlight);
        requireAtLeast(0, "maxInFlightBytes", maxInFlightBytes);
        requireAtLeast(8192, "copyRangeBytes", copyRangeBytes);
        requireDuration(100, "publicationCheckInterval", publicationCheckInterval);
        requireAtLeast(0, "expressBacklogBytes", expressBacklogBytes);
        requireDuration(1, "expressTimeout", expressTimeout);
        requireAtLeast(0, "streamedTransactionBytes", streamedTransactionBytes);
        requireAtLeast(-1, "maxRetries", maxRetries);
        requireAtLeast(0, "healthLagWarn", healthLagWarn);
        requireAtLeast(0, "healthLagDown", healthLagDown);
        requireAtLeast(0, "healthRetainedWarn", healthRetainedWarn);
        requireAtLeast(0, "healthRetainedDown", healthRetainedDown);
        requireDuration(1, "retryDelay", retryDelay);
        requireDuration(retryDelay, "retryMaxDelay", retryMaxDelay);
        if (!Set.of("postgres", "memory").contains(stateStore) && !stateStore.startsWith("#")) {
            throw new IllegalArgumentException(
                    "Option stateStore has an unknown value; allowed are: postgres, memory, and #name for the bean of that name");
        }
        if (isBlank(stateSchema) || stateSchema.startsWith("pg_")) {
            throw new IllegalArgumentException(
                    "Option stateSchema must name a schema that can be made: not empty, and not beginning with pg_");
        }
        if (createPublication && isBlank(tables)) {
            throw new IllegalArgumentException(
                    "Option createPublication needs the option tables, such as tables=public.orders,sales.*");
        }
    }

    /** Throws if an option is missing without which nothing can be read. */
    void requireComplete() {
        requireValidValues();
        if (isBlank(url)) {
            throw new IllegalArgumentException(
                    "Option url is missing: set url=jdbc:postgresql://host:port/database on the endpoint, or"
                                               + " camel.component.pgcdc.url once for all endpoints");
        }
    }

    /** The URL without what follows the database's name, where credentials may stand, or null. */
    String urlWithoutParameters() {
        if (url == null) {
            return null;
        }
        String location = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        int parameters = location.indexOf('?');
        if (parameters >= 0) {
            location = location.substring(0, parameters);
        }
        return location.replaceFirst("//.*@", "//");
    }

    private static void requireJdbcUrl(String option, String value) {
        // INVARIANT: the value itself never gets into the message, it may carry a password.
        if (!isBlank(value) && !value.startsWith(URL_PREFIX)) {
            throw new IllegalArgumentException(
                    "Option " + option + " must be a JDBC URL of the form jdbc:postgresql://host:port/database");
        }
    }

    private static void requireAtLeast(long least, String option, long value) {
        if (value < least) {
            throw new IllegalArgumentException("Option " + option + " is " + value + "; allowed are values from " + least);
        }
    }

    private static void requireDuration(long least, String option, long milliseconds) {
        requireAtLeast(least, option, milliseconds);
        if (milliseconds > LONGEST.toMillis()) {
            throw new IllegalArgumentException(
                    "Option " + option + " is " + milliseconds + "; allowed are milliseconds up to " + LONGEST.toMillis()
                                               + ", which are 365 days");
        }
    }

    private static boolean isBlank(String text) {
        return text == null || text.isBlank();
    }

    public String getUrl() {
        return url;
    }

    /**
     * JDBC URL of the source database, such as jdbc:postgresql://host:5432/db. Every parameter of the PostgreSQL driver
     * passes through (sslmode, sslrootcert and so on), but give user and password by their own options: URLs get
     * logged.
     */
    public void setUrl(String url) {
        this.url = url;
    }

    public String getUsername() {
        return username;
    }

    /**
     * User to connect as. It needs the REPLICATION attribute and SELECT on the published tables.
     */
    public void setUsername(String username) {
        this.username = username;
    }

    public String getPassword() {
        return password;
    }

    /**
     * Password of the user. It is never logged.
     */
    public void setPassword(String password) {
        this.password = password;
    }

    public String getPipeline() {
        return pipeline;
    }

    /**
     * Name of the pipeline, which names its slot, state and threads; the publication's name by default. Two endpoints
     * with different pipelines are independent of each other.
     */
    public void setPipeline(String pipeline) {
        this.pipeline = pipeline;
    }

    public String getSlotName() {
        return slotName;
    }

    /**
     * Name of the replication slot that the changes are streamed from, by default pgcdc_DATABASE_PIPELINE. Slots for
     * the initial copy append _sync_ and a number to it.
     */
    public void setSlotName(String slotName) {
        this.slotName = slotName;
    }

    public boolean isSlotFailover() {
        return slotFailover;
    }

    /**
     * Whether the replication slots are failover slots, which the server's standbys keep a copy of, so that the
     * pipeline goes on with no gap after one of them was promoted. It needs PostgreSQL 17 or newer, and standbys with
     * sync_replication_slots=on. A slot that is there already is made one.
     */
    public void setSlotFailover(boolean slotFailover) {
        this.slotFailover = slotFailover;
    }

    public String getTables() {
        return tables;
    }

    /**
     * Tables to publish, comma separated, each as schema.table, or with a star as table for all of a schema. Names that
     * have dots, commas or the like stand in double quotes. With createPublication the publication is made or extended
     * for exactly these tables.
     */
    public void setTables(String tables) {
        this.tables = tables;
    }

    public boolean isCreatePublication() {
        return createPublication;
    }

    /**
     * Whether to create the publication, or extend it, for the tables of the option tables. A publication of all tables
     * is never made.
     */
    public void setCreatePublication(boolean createPublication) {
        this.createPublication = createPublication;
    }

    public SnapshotMode getSnapshotMode() {
        return snapshotMode;
    }

    /**
     * Whether the rows that are there already are copied: initial copies every table once and then streams its changes,
     * never only streams, initialOnly copies and then completes.
     */
    public void setSnapshotMode(SnapshotMode snapshotMode) {
        this.snapshotMode = snapshotMode;
    }

    public int getTableSyncWorkers() {
        return tableSyncWorkers;
    }

    /**
     * How many tables are copied at once. Every worker takes a connection, a replication slot and a walsender of the
     * server.
     */
    public void setTableSyncWorkers(int tableSyncWorkers) {
        this.tableSyncWorkers = tableSyncWorkers;
    }

    public int getCopyConnectionsPerTable() {
        return copyConnectionsPerTable;
    }

    /**
     * How many connections copy one big table, each a range of its blocks under the same snapshot.
     */
    public void setCopyConnectionsPerTable(int copyConnectionsPerTable) {
        this.copyConnectionsPerTable = copyConnectionsPerTable;
    }

    public boolean isBatching() {
        return batching;
    }

    /**
     * Whether an exchange carries a batch, a List of changes of one table in commit order, instead of a single row or
     * change.
     */
    public void setBatching(boolean batching) {
        this.batching = batching;
    }

    public int getMaxBatchSize() {
        return maxBatchSize;
    }

    /**
     * The most changes in a batch, and the most that the engine hands on at once.
     */
    public void setMaxBatchSize(int maxBatchSize) {
        this.maxBatchSize = maxBatchSize;
    }

    public int getMaxBatchBytes() {
        return maxBatchBytes;
    }

    /**
     * The most bytes of change data, as they come from the server, in a batch; a single larger change makes a batch of
     * its own. A batch takes an eighth of maxInFlightBytes of memory at most.
     */
    public void setMaxBatchBytes(int maxBatchBytes) {
        this.maxBatchBytes = maxBatchBytes;
    }

    public long getMaxBatchDelay() {
        return maxBatchDelay;
    }

    /**
     * How long a batch that is not full waits for more changes.
     */
    public void setMaxBatchDelay(long maxBatchDelay) {
        this.maxBatchDelay = maxBatchDelay;
    }

    public int getMaxInFlight() {
        return maxInFlight;
    }

    /**
     * The most changes that are handed to the route and not yet completed. Beyond it the consumer stops reading, and
     * keeps its connection alive.
     */
    public void setMaxInFlight(int maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    public long getMaxInFlightBytes() {
        return maxInFlightBytes;
    }

    /**
     * How many bytes of memory, by estimate, changes take that are read and not yet completed; beyond it the reader
     * stops reading, and keeps the connection alive. 0 is an eighth of the heap, at most 256 MiB. One change may be
     * larger.
     */
    public void setMaxInFlightBytes(long maxInFlightBytes) {
        this.maxInFlightBytes = maxInFlightBytes;
    }

    public long getCopyRangeBytes() {
        return copyRangeBytes;
    }

    /**
     * A table of more than twice this size is copied in ranges of about this size: the pieces that connections share,
     * and that an interrupted copy need not read again.
     */
    public void setCopyRangeBytes(long copyRangeBytes) {
        this.copyRangeBytes = copyRangeBytes;
    }

    public long getPublicationCheckInterval() {
        return publicationCheckInterval;
    }

    /**
     * How often the server is asked what the publication has now, so that tables which joined without a change yet,
     * left, or got another name are noticed, and whether it still knows us as the slot's reader. A table that joined is
     * noticed by its first change, too.
     */
    public void setPublicationCheckInterval(long publicationCheckInterval) {
        this.publicationCheckInterval = publicationCheckInterval;
    }

    public ValueFormat getValues() {
        return values;
    }

    /**
     * The Java types of column values: portable gives text, numbers, booleans, lists and maps that every sink and data
     * format understands; java gives java.time, UUID and byte[] as the PostgreSQL driver does.
     */
    public void setValues(ValueFormat values) {
        this.values = values;
    }

    public boolean isUnknownTypesToBytes() {
        return unknownTypesToBytes;
    }

    /**
     * Whether a value of a type that is not known becomes a byte array (base64 text with portable values); if false, it
     * becomes its text.
     */
    public void setUnknownTypesToBytes(boolean unknownTypesToBytes) {
        this.unknownTypesToBytes = unknownTypesToBytes;
    }

    public FailurePolicy getFailurePolicy() {
        return failurePolicy;
    }

    /**
     * What happens to a change whose exchange ends failed, after the route's own error handler, or that can't be
     * decoded. retry delivers it again with backoff and in order, forever or up to maxRetries, then the route's
     * pipeline stops. isolateTable puts its table into Error and goes on with the others; skip logs and counts it and
     * goes on. Both deliver it again maxRetries times before that (with the default of -1 not at all), and once more
     * with nothing else in flight if it failed beside others: of a batch or an aggregated group only the changes that
     * fail alone are skipped.
     */
    public void setFailurePolicy(FailurePolicy failurePolicy) {
        this.failurePolicy = failurePolicy;
    }

    public IsolatedTables getIsolatedTables() {
        return isolatedTables;
    }

    /**
     * How tables that failurePolicy=isolateTable has put into Error come back, which is by a new copy: manual when the
     * consumer's operation resyncTable is called, onStart also whenever the route is started, afterDelay also by
     * themselves with the delay of retries.
     */
    public void setIsolatedTables(IsolatedTables isolatedTables) {
        this.isolatedTables = isolatedTables;
    }

    public int getMaxRetries() {
        return maxRetries;
    }

    /**
     * How often a failed change is delivered again before the consumer stops; -1 means without end. The count starts
     * again after a success.
     */
    public void setMaxRetries(int maxRetries) {
        this.maxRetries = maxRetries;
    }

    public long getRetryDelay() {
        return retryDelay;
    }

    /**
     * Delay before the first redelivery. It doubles with each further one, with jitter.
     */
    public void setRetryDelay(long retryDelay) {
        this.retryDelay = retryDelay;
    }

    public long getRetryMaxDelay() {
        return retryMaxDelay;
    }

    /**
     * The longest delay between two redeliveries.
     */
    public void setRetryMaxDelay(long retryMaxDelay) {
        this.retryMaxDelay = retryMaxDelay;
    }

    public SlotLostPolicy getSlotLost() {
        return slotLost;
    }

    /**
     * What happens when the replication slot is missing, invalidated, made anew or ahead of what was acknowledged: fail
     * stops with an error that names the SQL to run, resync makes a new slot and copies every table again.
     */
    public void setSlotLost(SlotLostPolicy slotLost) {
        this.slotLost = slotLost;
    }

    public String getStateStore() {
        return stateStore;
    }

    /**
     * Where positions, table states and schemas are kept: postgres (in the schema stateSchema), memory (lost at a
     * restart), or #name, a bean of type io.pgcdc.state.StateStore.
     */
    public void setStateStore(String stateStore) {
        this.stateStore = stateStore;
    }

    public String getStateSchema() {
        return stateSchema;
    }

    /**
     * Database schema that holds the state. It is created if it is missing.
     */
    public void setStateSchema(String stateSchema) {
        this.stateSchema = stateSchema;
    }

    public String getStateUrl() {
        return stateUrl;
    }

    /**
     * JDBC URL of the PostgreSQL database that holds the state, if it is not the source.
     */
    public void setStateUrl(String stateUrl) {
        this.stateUrl = stateUrl;
    }

    public String getStateUsername() {
        return stateUsername;
    }

    /**
     * User to connect to stateUrl as; username by default.
     */
    public void setStateUsername(String stateUsername) {
        this.stateUsername = stateUsername;
    }

    public String getStatePassword() {
        return statePassword;
    }

    /**
     * Password to connect to stateUrl with; password by default. It is never logged.
     */
    public void setStatePassword(String statePassword) {
        this.statePassword = statePassword;
    }

    public boolean isIncludeSchemaChanges() {
        return includeSchemaChanges;
    }

    /**
     * Whether a change of a table's columns makes an exchange, before the first row of the new shape.
     */
    public void setIncludeSchemaChanges(boolean includeSchemaChanges) {
        this.includeSchemaChanges = includeSchemaChanges;
    }

    public boolean isExpressCatchUp() {
        return expressCatchUp;
    }

    /**
     * Whether a large backlog is read in chunks, through SQL on temporary copies of the slot, which is faster than its
     * stream. It takes two more connections, two temporary slots, and temporary files of the server. Where the server
     * doesn't let us, the stream is read, and a warning says so.
     */
    public void setExpressCatchUp(boolean expressCatchUp) {
        this.expressCatchUp = expressCatchUp;
    }

    public long getExpressBacklogBytes() {
        return expressBacklogBytes;
    }

    /**
     * From how many bytes of the server's log on a backlog is large, at a start and when the changes of a table's copy
     * are caught up with. A stream that runs is left for one four times as large.
     */
    public void setExpressBacklogBytes(long expressBacklogBytes) {
        this.expressBacklogBytes = expressBacklogBytes;
    }

    public long getExpressTimeout() {
        return expressTimeout;
    }

    /**
     * How long the server may take to make a chunk of a large backlog. It keeps chunks in temporary files, and a
     * transaction comes whole: what takes longer, the stream reads.
     */
    public void setExpressTimeout(long expressTimeout) {
        this.expressTimeout = expressTimeout;
    }

    public boolean isStreamTransactions() {
        return streamTransactions;
    }

    /**
     * Whether the server sends large transactions while they are in progress, instead of storing them until they are
     * committed. They are stored here then; the exchanges are the same, and come at the commit, too. What is large for
     * the server, its setting logical_decoding_work_mem says. Not together with includeMessages.
     */
    public void setStreamTransactions(boolean streamTransactions) {
        this.streamTransactions = streamTransactions;
    }

    public long getStreamedTransactionBytes() {
        return streamedTransactionBytes;
    }

    /**
     * How many bytes of transactions in progress are kept in memory; more goes to temporary files in java.io.tmpdir,
     * which only their owner may read, and which are gone with the process.
     */
    public void setStreamedTransactionBytes(long streamedTransactionBytes) {
        this.streamedTransactionBytes = streamedTransactionBytes;
    }

    public boolean isIncludeTransactions() {
        return includeTransactions;
    }

    /**
     * Whether begin and commit of each transaction of which something is told make exchanges.
     */
    public void setIncludeTransactions(boolean includeTransactions) {
        this.includeTransactions = includeTransactions;
    }

    public boolean isIncludeMessages() {
        return includeMessages;
    }

    /**
     * Whether logical messages (pg_logical_emit_message) make exchanges.
     */
    public void setIncludeMessages(boolean includeMessages) {
        this.includeMessages = includeMessages;
    }

    public boolean isIncludeCopyMarkers() {
        return includeCopyMarkers;
    }

    /**
     * Whether start and end of a table's initial copy make exchanges.
     */
    public void setIncludeCopyMarkers(boolean includeCopyMarkers) {
        this.includeCopyMarkers = includeCopyMarkers;
    }

    public long getHealthLagWarn() {
        return healthLagWarn;
    }

    /**
     * From what lag on, the age of the oldest commit that is not complete, health warns: it stays UP, and says so in
     * its message. 0 is never.
     */
    public void setHealthLagWarn(long healthLagWarn) {
        this.healthLagWarn = healthLagWarn;
    }

    public long getHealthLagDown() {
        return healthLagDown;
    }

    /**
     * From what lag on, the age of the oldest commit that is not complete, readiness is DOWN. 0 is never.
     */
    public void setHealthLagDown(long healthLagDown) {
        this.healthLagDown = healthLagDown;
    }

    public long getHealthRetainedWarn() {
        return healthRetainedWarn;
    }

    /**
     * From how many bytes of its log on that the server keeps for the slots of the pipeline health warns: it stays UP,
     * and says so in its message. 0 is never.
     */
    public void setHealthRetainedWarn(long healthRetainedWarn) {
        this.healthRetainedWarn = healthRetainedWarn;
    }

    public long getHealthRetainedDown() {
        return healthRetainedDown;
    }

    /**
     * From how many bytes of its log on that the server keeps for the slots of the pipeline readiness is DOWN. 0 is
     * never.
     */
    public void setHealthRetainedDown(long healthRetainedDown) {
        this.healthRetainedDown = healthRetainedDown;
    }
}
