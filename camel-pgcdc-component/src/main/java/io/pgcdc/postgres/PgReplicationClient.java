package io.pgcdc.postgres;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TablePattern;
import io.pgcdc.types.TypeDescription;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/**
 * Everything that is asked of the source: its identity, slots, publications, snapshots, copies and streams. Each call
 * uses connections of its own; none is kept but those inside what is returned.
 *
 * <p>
 * Thread-safe. Every failure is a {@link PgCdcException} that says what to do.
 */
public final class PgReplicationClient {

    /** How long a slot may stay in use by a walsender that has not noticed yet that its client is gone. */
    private static final Duration SLOT_RELEASE = Duration.ofSeconds(30);
    /** On a standby, received: a commit is visible a moment before its record counts as replayed. */
    static final String POSITION
            = "CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())"
              + " ELSE pg_current_wal_insert_lsn() END::text";
    private static final String UNDEFINED_OBJECT = "42704";
    private static final String SLOT_IN_USE = "55006";
    private static final String DUPLICATE_OBJECT = "42710";

    private final PostgresConnections connections;
    private final Set<Statement> slotCreations = ConcurrentHashMap.newKeySet();

    public PgReplicationClient(PostgresConnections connections) {
        this.connections = connections;
    }

    public PostgresConnections connections() {
        return connections;
    }

    /** {@code IDENTIFY_SYSTEM}; needs the REPLICATION privilege and says so. */
    public SystemIdentity identifySystem() {
        try (Connection connection = connections.replication();
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
            row.next();
            return new SystemIdentity(
                    row.getString("systemid"), row.getInt("timeline"), Lsn.parse(row.getString("xlogpos")),
                    row.getString("dbname"), 0);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't ask the server for its identity");
        }
    }

    /** How long the server waits for a sign of life of a reader ({@code wal_sender_timeout}); zero for ever. */
    public Duration walSenderTimeout() {
        try (Connection connection = connections.replication();
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery(
                     "SELECT setting::bigint FROM pg_settings WHERE name = 'wal_sender_timeout'")) {
            row.next();
            return Duration.ofMillis(row.getLong(1));
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read wal_sender_timeout");
        }
    }

    public Optional<ReplicationSlot> findSlot(String name) {
        return slots("slot_name = ?", name).stream().findFirst();
    }

    /** The sync slots of an apply slot that exist on the server. */
    public List<ReplicationSlot> syncSlots(String applySlot) {
        return slots("starts_with(slot_name, ?)", SlotNames.syncPrefix(applySlot)).stream()
                .filter(slot -> SlotNames.isSyncSlot(applySlot, slot.name()))
                .toList();
    }

    private List<ReplicationSlot> slots(String condition, String argument) {
        String sql = "SELECT slot_name, plugin, database, active_pid, confirmed_flush_lsn::text, wal_status"
                     + " FROM pg_replication_slots WHERE " + condition + " ORDER BY slot_name";
        try (Connection connection = connections.plain();
             PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, argument);
            List<ReplicationSlot> slots = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String confirmed = row.getString(5);
                    slots.add(new ReplicationSlot(
                            row.getString(1), row.getString(2), row.getString(3), row.getInt(4),
                            confirmed == null ? Lsn.ZERO : Lsn.parse(confirmed), row.getString(6)));
                }
            }
            return slots;
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read pg_replication_slots");
        }
    }

    /**
     * Creates a permanent slot for pgoutput and returns its consistent point. The server waits for the transactions
     * that are running to end; {@link #cancelSlotCreations} ends that.
     *
     * @param failover whether the server's standbys keep a copy of it, so that it outlives a failover (PostgreSQL 17)
     */
    public Lsn createSlot(String name, boolean failover) {
        // The SQL function of the same purpose would hold a snapshot all the while; on a standby replay may have to wait
        // for that, and the slot for the replay.
        try (Connection connection = connections.replication()) {
            return createSlot(connection, name, failover ? "(SNAPSHOT 'nothing', FAILOVER)" : "NOEXPORT_SNAPSHOT")
                    .consistentPoint();
        } catch (SQLException e) {
            if (DUPLICATE_OBJECT.equals(e.getSQLState())) {
                throw new PgCdcException(
                        ErrorCode.SLOT_ACTIVE, "Another instance has just created the replication slot " + name,
                        "It is tried again", e);
            }
            throw PostgresErrors.translate(e, "Can't create the replication slot " + name);
        }
    }

    /** Creates a permanent slot for pgoutput and exports the snapshot of its consistent point; waits as the other. */
    public ExportedSnapshot createSlotWithSnapshot(String name, boolean failover) {
        Connection connection = connections.replication();
        try {
            return createSlot(connection, name, failover ? "(SNAPSHOT 'export', FAILOVER)" : "EXPORT_SNAPSHOT");
        } catch (SQLException e) {
            PostgresConnections.closeQuietly(connection, e);
            throw PostgresErrors.translate(e, "Can't create the replication slot " + name);
        }
    }

    private ExportedSnapshot createSlot(Connection connection, String name, String options) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            slotCreations.add(statement);
            try (ResultSet row = statement.executeQuery(
                    "CREATE_REPLICATION_SLOT " + SlotNames.quoted(name) + " LOGICAL pgoutput " + options)) {
                row.next();
                return new ExportedSnapshot(
                        connection, row.getString("snapshot_name"), Lsn.parse(row.getString("consistent_point")));
            } finally {
                slotCreations.remove(statement);
            }
        }
    }

    /** Makes a slot that was created without it a failover slot; nobody may read from it meanwhile. */
    public void enableFailover(String name) {
        try (Connection connection = connections.replication();
             Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(
                    "SELECT 1 FROM pg_replication_slots WHERE failover AND slot_name = '" + SlotNames.checked(name)
                                                        + "'")) {
                if (row.next()) {
                    return;
                }
            }
            statement.execute("ALTER_REPLICATION_SLOT " + SlotNames.quoted(name) + " (FAILOVER)");
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't make the replication slot " + name + " a failover slot");
        }
    }

    /**
     * Has the server give up the slots that it is creating for us; from any thread. Breaking the connection would not
     * do: a server that waits for transactions notices that only when they end.
     */
    public void cancelSlotCreations() {
        for (Statement statement : slotCreations) {
            try {
                statement.cancel();
            } catch (SQLException e) {
                throw PostgresErrors.translate(e, "Can't cancel the creation of a replication slot");
            }
        }
    }

    /** Exports a snapshot of now; what it shows was committed before {@link ExportedSnapshot#consistentPoint()}. */
    public ExportedSnapshot exportSnapshot() {
        Connection connection = connections.plain();
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            String name;
            try (ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
                row.next();
                name = row.getString(1);
            }
            // Read after the snapshot was taken: every commit that the snapshot shows had its record inserted by then.
            try (ResultSet row = statement.executeQuery("SELECT " + POSITION)) {
                row.next();
                return new ExportedSnapshot(connection, name, Lsn.parse(row.getString(1)));
            }
        } catch (SQLException e) {
            PostgresConnections.closeQuietly(connection, e);
            throw PostgresErrors.translate(e, "Can't export a snapshot");
        }
    }

    /** Drops a slot if it exists; waits a while for a reader that is just going. */
    public void dropSlot(String name) {
        whenFree(name, "Can't drop the replication slot ", () -> drop(name));
    }

    /**
     * Drops a sync slot if it exists. Only for who holds the apply slot: whatever still uses the sync slot is what a
     * predecessor left behind, and is ended.
     */
    public void dropSyncSlot(String name) {
        whenFree(name, "Can't drop the replication slot ", () -> {
            endReader(name);
            drop(name);
        });
    }

    /** Makes a sync slot free to be read, in the same way. */
    public void freeSyncSlot(String name) {
        whenFree(name, "Can't take over the replication slot ", () -> endReader(name));
    }

    private void drop(String name) throws SQLException {
        try (Connection connection = connections.plain();
             PreparedStatement statement = connection.prepareStatement(
                     "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, name);
            statement.execute();
        } catch (SQLException e) {
            if (!UNDEFINED_OBJECT.equals(e.getSQLState())) {
                throw e;
            }
            // Somebody else dropped it.
        }
    }

    private void endReader(String name) throws SQLException {
        try (Connection connection = connections.plain();
             PreparedStatement statement = connection.prepareStatement(
                     "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                                                                       + " WHERE slot_name = ? AND active_pid IS NOT NULL")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    throw new SQLException("its reader is going", SLOT_IN_USE);
                }
            }
        }
    }

    /** Tries what a reader of the slot may stand in the way of, for a while. */
    private static void whenFree(String name, String what, SlotWork work) {
        long deadline = System.nanoTime() + SLOT_RELEASE.toNanos();
        while (true) {
            try {
                work.run();
                return;
            } catch (SQLException e) {
                if (PostgresErrors.code(e) != ErrorCode.SLOT_ACTIVE || System.nanoTime() > deadline) {
                    throw PostgresErrors.translate(e, what + name);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                // An interrupt is nobody's way to end this; left set, nothing would wait any more.
                Thread.interrupted();
            }
        }
    }

    private interface SlotWork {
        void run() throws SQLException;
    }

    /** The tables of a publication, by name. */
    public List<PublishedTable> publishedTables(String publication) {
        try (Connection connection = connections.unlocked()) {
            return Catalog.publishedTables(connection, publication, null);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the publication " + publication);
        }
    }

    /** Those of the tables with these numbers that the publication has, by name. */
    public List<PublishedTable> publishedTables(String publication, Collection<Long> relationOids) {
        try (Connection connection = connections.unlocked()) {
            return Catalog.publishedTables(connection, publication, relationOids);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the publication " + publication);
        }
    }

    /** The same as the copy's snapshot shows them. */
    public List<PublishedTable> publishedTables(String publication, Collection<Long> relationOids, TableCopy copy) {
        try {
            return Catalog.publishedTables(copy.connection(), publication, relationOids);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the publication " + publication);
        }
    }

    /**
     * Makes a publication, or extends it, for the tables that the patterns name.
     */
    public void createPublication(String publication, Collection<TablePattern> patterns) {
        try (Connection connection = connections.plain()) {
            Catalog.createPublication(connection, publication, patterns);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't make the publication " + publication);
        }
    }

    /**
     * Adds the tables that the patterns name to a publication that is there; returns those that it had not.
     *
     * @param toCopy whether this user must be able to read them, else nothing is added
     */
    public List<TableId> addTables(String publication, Collection<TablePattern> patterns, boolean toCopy) {
        try (Connection connection = connections.impatient()) {
            return new PublicationTables(connection, publication).add(patterns, toCopy);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't add tables to the publication " + publication);
        }
    }

    /** Takes the tables that the patterns name out of a publication; returns those that it had. */
    public List<TableId> dropTables(String publication, Collection<TablePattern> patterns) {
        try (Connection connection = connections.impatient()) {
            return new PublicationTables(connection, publication).drop(patterns);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't take tables out of the publication " + publication);
        }
    }

    /**
     * Writes a logical message ({@code pg_logical_emit_message}), and has the log written up to behind it.
     *
     * @param  transactional whether it goes with a commit, like a change, or at once
     * @return               its position
     */
    public Lsn emitMessage(String prefix, byte[] content, boolean transactional) {
        try (Connection connection = connections.impatient();
             PreparedStatement statement
                     = connection.prepareStatement("SELECT CASE WHEN NOT pg_is_in_recovery()"
                                                   + " THEN pg_logical_emit_message(?, ?, ?)::text END,"
                                                   + " CASE WHEN NOT pg_is_in_recovery() THEN pg_current_xact_id() END")) {
            // Alone, a message that is in no transaction may stay in the server's buffers: the commit takes it along.
            statement.setBoolean(1, transactional);
            statement.setString(2, prefix);
            statement.setBytes(3, content);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getString(1) == null) {
                    throw new PgCdcException(
                            ErrorCode.CONFIGURATION, "Can't write a logical message: the server is a standby",
                            "Name the primary in the option url, or all hosts with targetServerType=primary");
                }
                return Lsn.parse(row.getString(1));
            }
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't write a logical message");
        }
    }

    /**
     * Checks that a text is a condition on the rows of a published table that have a key, and nothing else. The text is
     * SQL: whoever gives it can call every function that this user may call.
     *
     * @throws PgCdcException of kind CONFIGURATION if it is not
     */
    public void requirePredicate(String publication, TableId table, String predicate) {
        try (Connection connection = connections.impatient()) {
            PublishedTable published = Catalog.publishedTables(connection, publication, null).stream()
                    .filter(each -> each.table().equals(table))
                    .findFirst()
                    .orElseThrow(() -> new PgCdcException(
                            ErrorCode.CONFIGURATION, "The publication '" + publication + "' has no table " + table,
                            "Name one of the publication as schema.table"));
            if (!published.schema().hasUniqueKey()) {
                throw new PgCdcException(
                        ErrorCode.CONFIGURATION, "Rows of table " + table + " can't be copied again: it has no key that tells "
                                                 + "which they are",
                        "Copy the whole table again, or give it one: ALTER TABLE " + table.quoted() + " ADD PRIMARY KEY (…)");
            }
            RowPredicate.check(connection, published, predicate);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't check the predicate for table " + table);
        }
    }

    /**
     * The transactions that have written to a table, or to a partition of it, and are not over: whoever has committed
     * is among them until everybody sees what it wrote. Names as {@code pg_locks} has them.
     */
    public Set<String> writers(long relationOid) {
        String sql = "SELECT DISTINCT l.virtualtransaction FROM pg_locks l WHERE l.locktype = 'relation' AND l.granted"
                     + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                     + " AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'ShareUpdateExclusiveLock', 'ShareLock')"
                     + " AND (l.relation::bigint = ? OR l.relation IN (SELECT relid FROM pg_partition_tree(?::oid::regclass)))";
        try (Connection connection = connections.impatient();
             PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, relationOid);
            statement.setLong(2, relationOid);
            Set<String> writers = new HashSet<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    writers.add(row.getString(1));
                }
            }
            return writers;
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read pg_locks");
        }
    }

    /** The name of the database that is read. */
    public String database() {
        try (Connection connection = connections.impatient()) {
            return connection.getCatalog();
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't ask for the name of the database");
        }
    }

    /**
     * Drops an apply slot and its sync slots, where they exist; returns their names.
     *
     * @throws PgCdcException of kind SLOT_ACTIVE if anybody reads from one of them, and CONFIGURATION if the slot is
     *                        not of this database or of another plugin; nothing is dropped then
     */
    public List<String> dropUnreadSlots(String applySlot) {
        List<ReplicationSlot> slots = new ArrayList<>(syncSlots(applySlot));
        findSlot(applySlot).ifPresent(slots::add);
        slots.forEach(this::requireUnread);
        for (ReplicationSlot slot : slots) {
            try {
                drop(slot.name());
            } catch (SQLException e) {
                throw PostgresErrors.translate(e, "Can't drop the replication slot " + slot.name());
            }
        }
        return slots.stream().map(ReplicationSlot::name).toList();
    }

    private void requireUnread(ReplicationSlot slot) {
        if (!"pgoutput".equals(slot.plugin()) || !database().equals(slot.database())) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION,
                    "The slot " + slot.name() + " belongs to something else (plugin " + slot.plugin() + ", database "
                                             + slot.database() + "); it is not dropped",
                    "Name the pipeline whose slot is to go with the option pipeline or slotName");
        }
        if (slot.activePid() != 0) {
            throw new PgCdcException(
                    ErrorCode.SLOT_ACTIVE,
                    "The slot " + slot.name() + " is read from by the server process " + slot.activePid()
                                           + "; nothing is dropped",
                    "Stop the route that reads it first; where it runs, says: SELECT application_name, client_addr FROM "
                                                                     + "pg_stat_replication WHERE pid = " + slot.activePid());
        }
    }

    /** Checks that the server has failover slots; throws an error that says what has them. */
    public void requireFailoverSlots() {
        try (Connection connection = connections.unlocked()) {
            Preflight.require(Preflight.failoverSlots(connection));
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't check the server " + connections.settings().where());
        }
    }

    /** Checks what a start needs; throws the first finding as an error that says what to run. */
    public SystemIdentity preflight(String publication, boolean copies) {
        try (Connection connection = connections.unlocked()) {
            Preflight.require(Preflight.server(connection));
            SystemIdentity identity = identifySystem();
            Preflight.require(Preflight.publication(connection, publication));
            if (copies) {
                Preflight.requireAccess(connection, publication);
            }
            return identity.of(Catalog.publication(connection, publication).oid());
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't check the server " + connections.settings().where());
        }
    }

    /**
     * Looks at everything that a pipeline is going to need, and changes nothing. What is wrong is a finding, never an
     * error; so is a server that can't be reached.
     */
    public PreflightReport preflightReport(PipelineNeeds needs) {
        return new PreflightInspection(this, needs).report();
    }

    /**
     * Where the server left a timeline for its present one ({@code TIMELINE_HISTORY}), or empty if that is not in its
     * history.
     */
    public Optional<Lsn> endOfTimeline(int timeline, int present) {
        try (Connection connection = connections.replication();
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + present)) {
            row.next();
            return new String(row.getBytes("content"), StandardCharsets.UTF_8).lines()
                    .map(line -> line.trim().split("\\s+"))
                    .filter(fields -> fields.length >= 2 && fields[0].equals(Integer.toString(timeline)))
                    .map(fields -> Lsn.parse(fields[1]))
                    .findFirst();
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the history of timeline " + present);
        }
    }

    /** Whether the server has counted transactions for a slot, since it was created or the server crashed. */
    public boolean wasRead(String slot) {
        try (Connection connection = connections.plain();
             PreparedStatement statement = connection.prepareStatement(
                     "SELECT 1 FROM pg_stat_replication_slots WHERE slot_name = ? AND total_txns > 0")) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read pg_stat_replication_slots");
        }
    }

    /**
     * Whether this process still reads a slot, as far as the server knows. Asked on a connection that gives up soon, so
     * that a network that swallows everything is found out.
     */
    public boolean isRead(String slot) {
        try (Connection connection = connections.impatient();
             PreparedStatement statement = connection.prepareStatement(
                     "SELECT 1 FROM pg_replication_slots WHERE slot_name = ? AND active")) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't ask whether the slot " + slot + " is read");
        }
    }

    /** A publication as it is now, with number 0 if there is none of the name. */
    public Publication publication(String name) {
        try (Connection connection = connections.impatient()) {
            return Catalog.publication(connection, name);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the publication " + name);
        }
    }

    /** The tables that a publication has now. */
    public List<PublicationMember> members(String publication) {
        try (Connection connection = connections.glancing()) {
            return Catalog.members(connection, publication);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the publication " + publication);
        }
    }

    /** What the catalogue says of types and of what they consist of; those that are gone are missing. */
    public Collection<TypeDescription> types(Collection<Long> typeOids) {
        try (Connection connection = connections.impatient()) {
            return TypeCatalog.find(connection, typeOids);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't look up types");
        }
    }

    /** The leaves of the partitioned tables with these numbers. */
    public List<Partition> partitions(Collection<Long> roots) {
        try (Connection connection = connections.glancing()) {
            return Catalog.partitions(connection, roots);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the partitions of tables");
        }
    }

    /** Whether a stream that is open tells the name that a schema has got; before 18 only a new one does. */
    public boolean tellsSchemaNames() {
        try (Connection connection = connections.impatient()) {
            return Catalog.majorVersion(connection) >= Catalog.STREAMS_NOTICE_SCHEMA_NAMES;
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't ask for the server's version");
        }
    }

    /** A position of the log behind everything that was committed before the call. */
    public Lsn position() {
        try (Connection connection = connections.impatient();
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("SELECT " + POSITION)) {
            row.next();
            return Lsn.parse(row.getString(1));
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the server's position");
        }
    }

    /** The types of the columns that a publication has now, by number, as {@code schema.name}. */
    public Map<Long, String> publishedTypes(String publication) {
        try (Connection connection = connections.glancing()) {
            return Catalog.publishedTypes(connection, publication);
        } catch (SQLException e) {
            throw PostgresErrors.translate(e, "Can't read the columns of the publication " + publication);
        }
    }

    /** For short questions beside a stream: {@link CatalogLookUp}, {@link ServerWatch}. */
    public KeptConnection keepConnection() {
        return new KeptConnection(connections);
    }

    /** A connection that reads tables under a snapshot. */
    public TableCopy openCopy(ExportedSnapshot snapshot) {
        Connection connection = connections.plain();
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot.name() + "'");
            return new TableCopy(connection);
        } catch (SQLException e) {
            PostgresConnections.closeQuietly(connection, e);
            throw PostgresErrors.translate(e, "Can't take over the snapshot " + snapshot.name());
        }
    }

    /**
     * Starts the stream of a slot, which nobody else can read from until it is closed.
     *
     * @param from           where to start; the server starts later if the slot is confirmed further
     * @param statusInterval how often pgjdbc tells the server that we live while it reads
     * @param messages       whether logical messages are wanted
     * @param transactions   whether large transactions are to come while they are in progress
     * @param binary         whether values are to come in their types' binary form, where they have one
     */
    public ReplicationStream openStream(
            String slot, String publication, Lsn from, Duration statusInterval, boolean messages, boolean transactions,
            boolean binary) {
        Connection connection = connections.replication();
        try {
            ChainedLogicalStreamBuilder options = connection.unwrap(PGConnection.class).getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(SlotNames.quoted(slot))
                    .withStartPosition(LogSequenceNumber.valueOf(from.value()))
                    .withSlotOption("proto_version", transactions ? "2" : "1")
                    .withSlotOption("publication_names", literal(TableId.quote(publication)))
                    .withSlotOption("messages", Boolean.toString(messages))
                    .withSlotOption("binary", Boolean.toString(binary))
                    .withStatusInterval((int) statusInterval.toMillis(), TimeUnit.MILLISECONDS)
                    .withAutomaticFlush(false);
            if (transactions) {
                options.withSlotOption("streaming", "on");
            }
            return new ReplicationStream(connection, options.start(), slot, transactions, binary);
        } catch (SQLException e) {
            PostgresConnections.closeQuietly(connection, e);
            throw PostgresErrors.translate(e, "Can't start the stream of slot " + slot);
        }
    }

    /**
     * Takes a temporary copy of a slot, to read a part of its log in chunks; the slot itself may be held meanwhile.
     *
     * @param from    what was committed before is left out; not before the position that the slot is confirmed at
     * @param to      what was committed there or later is left out; the server must have flushed its log up to there
     * @param binary  whether values are to come in their types' binary form, where they have one
     * @param longest how long the server may take for a chunk
     */
    public ExpressReader openExpress(
            String slot, String publication, boolean messages, boolean binary, Lsn from, Lsn to, Duration longest) {
        return ExpressReader.open(connections, slot, publication, messages, binary, from, to, longest);
    }

    /** pgjdbc puts option values between quotes as they are. */
    private static String literal(String value) {
        return value.replace("'", "''");
    }
}
