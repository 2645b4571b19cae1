package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;
import io.pgcdc.model.TableSchema;
import io.pgcdc.pipeline.PipelineSettings.Snapshot;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PublicationMember;
import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.postgres.ReadAccess;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.SchemaStore.Version;
import io.pgcdc.state.StateStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings together the tables that the publication has, those that are stored and those that are followed: at a start,
 * and while the pipeline runs. For the supervising thread.
 *
 * <p>
 * A table is known by its number in the catalogue. Under another name it is the same table. One that has come is copied
 * and handed over like any at the first start. One that has left is followed up to a position behind its leaving, for
 * what was committed before still comes. One that left and came back lacks what was committed in between, and is copied
 * anew; so are tables of which one took a name that the destination knows another one by.
 */
final class TableMembership {

    private static final Logger LOG = LoggerFactory.getLogger(TableMembership.class);

    private final PipelineSettings settings;
    private final PgReplicationClient client;
    private final StateStore states;
    private final SchemaStore schemas;
    private final TableRegistry registry;
    private final TableResync resync;
    private final PartitionWatch partitions;
    private final SchemaNames schemaNames;
    private final UnnoticedTables unnoticed;
    private final Set<TableId> unreadable = new HashSet<>();
    private String publicationTrouble;

    TableMembership(PipelineSettings settings, PgReplicationClient client, StateStore states, SchemaStore schemas,
                    TableRegistry registry, TableResync resync, UnnoticedTables unnoticed) {
        this.settings = settings;
        this.client = client;
        this.states = states;
        this.schemas = schemas;
        this.registry = registry;
        this.resync = resync;
        this.unnoticed = unnoticed;
        this.schemaNames = new SchemaNames(client);
        this.partitions = new PartitionWatch(settings.name(), client, registry);
    }

    // At a start.

    /**
     * Fills the registry.
     *
     * @param start     where the stream begins
     * @param ours      whether the slot is ours, and with it what is stored: only then anything is
     * @param delivered whether the destination may have rows of tables of which nothing is stored
     */
    void load(Lsn start, boolean ours, boolean delivered) {
        registry.clear();
        schemaNames.newStream();
        Start loaded = new Start(start, ours, delivered);
        loaded.published(client.publishedTables(settings.publication()));
        if (ours) {
            loaded.gone();
            loaded.store();
        }
    }

    /** What one look at a start finds. */
    private final class Start {

        private final Map<Long, TableState> storedByOid = new HashMap<>();
        private final Map<TableId, TableState> stored = new HashMap<>();
        private final ToldShapes told;
        private final Map<TableId, TableId> renamed = new HashMap<>();
        private final List<TableState> changed = new ArrayList<>();
        private final List<TableId> removed = new ArrayList<>();
        private final Set<TableId> leftBehind = new HashSet<>();
        private final List<Version> seen = new ArrayList<>();
        /** By the names under which the destination has got changes: for a look at each of many tables. */
        private final Map<TableId, Set<TableProgress>> toldAs = new HashMap<>();
        private final Lsn start;
        private final boolean tells;
        private final TablePhase unknown;

        /** @param tells whether what is found is to be logged */
        private Start(Lsn start, boolean tells, boolean delivered) {
            this.start = start;
            this.tells = tells;
            this.unknown = !copies() ? TablePhase.READY : delivered ? TablePhase.RESET : TablePhase.INIT;
            for (TableState state : states.tables(settings.name())) {
                stored.put(state.table(), state);
                if (state.identity() != null) {
                    storedByOid.put(state.identity().relationOid(), state);
                }
            }
            told = new ToldShapes(settings.name(), schemas, states.positions(settings.name()), start);
        }

        private void published(Collection<PublishedTable> tables) {
            Set<Long> missing = missing(tables);
            List<PublishedTable> added = new ArrayList<>();
            for (PublishedTable table : tables) {
                if (settings.isStateTable(table.table())) {
                    continue;
                }
                boolean isMissing = missing.contains(table.identity().relationOid());
                TableState state = storedByOid.get(table.identity().relationOid());
                if (state == null && !isMissing) {
                    added.add(table);
                } else if (state != null) {
                    stored.remove(state.table());
                    if (!state.table().equals(table.table())) {
                        if (tells) {
                            LOG.info("Pipeline {}: table {} is {} now", settings.name(), state.table(), table.table());
                        }
                        renamed.put(state.table(), table.table());
                        if (leavesBehind(state)) {
                            leftBehind.add(state.table());
                        }
                    }
                    if (!isMissing) {
                        known(state.named(table.table()), table);
                    } else if (state.phase() != TablePhase.GONE) {
                        add(state.named(table.table()), table, false);
                    }
                }
            }
            added.forEach(this::added);
            resetOutdone();
            resetExchanged();
            leftBehind.forEach(this::leftBehind);
        }

        /** Tables that are found now, and that this stream may leave out; they wait for another one. */
        private Set<Long> missing(Collection<PublishedTable> tables) {
            Set<Long> found = tables.stream()
                    .filter(table -> !isKnown(table))
                    .map(table -> table.identity().relationOid())
                    .collect(Collectors.toSet());
            if (stored.isEmpty() || found.isEmpty() || settings.snapshot() == Snapshot.INITIAL_ONLY) {
                return Set.of();
            }
            return client.members(settings.publication()).stream()
                    .filter(member -> unnoticed.isMissing(member, start))
                    .map(member -> member.identity().relationOid())
                    .filter(found::contains)
                    .collect(Collectors.toSet());
        }

        private boolean isKnown(PublishedTable table) {
            TableState state = storedByOid.get(table.identity().relationOid());
            return state != null && state.phase() != TablePhase.GONE && state.identity().isSame(table.identity());
        }

        /**
         * Whether the destination has rows under the name that a table had, and is not told that it has another one.
         */
        private boolean leavesBehind(TableState state) {
            Version shape = told.of(state, null);
            return copies() && state.phase() != TablePhase.INIT
                    && (shape == null || !shape.schema().table().equals(state.table()));
        }

        private void leftBehind(TableId name) {
            TableProgress taker = registry.named(name);
            if (taker == null) {
                changed.add(TableState.of(name, TablePhase.GONE));
            } else if (taker.phase != TablePhase.RESET) {
                warn("table {} has the name of one that was to be copied anew; it is, too", name);
                reset(taker);
            }
        }

        private void known(TableState state, PublishedTable table) {
            TableState now = state;
            if (state.phase() == TablePhase.INIT && !copies()) {
                warn("the copy of table {} is given up (snapshotMode=never)", state.table());
                now = TableState.of(state.table(), TablePhase.READY).identifiedBy(table.identity());
            } else if (state.phase() == TablePhase.INIT || state.phase() == TablePhase.RESET) {
                now = state.identity().equals(table.identity()) ? state : state.identifiedBy(table.identity());
            } else if (state.phase() == TablePhase.GONE || !state.identity().isSame(table.identity())) {
                now = cameBack(state, table.identity());
            } else if (!state.identity().equals(table.identity())) {
                now = state.identifiedBy(table.identity());
            }
            add(now, table, state != now);
        }

        private TableState cameBack(TableState state, TableIdentity identity) {
            warn("table {} has left the publication and come back" + comesBackAs(), state.table());
            return TableState.of(state.table(), copies() ? TablePhase.RESET : TablePhase.READY).identifiedBy(identity);
        }

        private void warn(String what, TableId table) {
            if (tells) {
                LOG.warn("Pipeline {}: " + what, settings.name(), table);
            }
        }

        private void added(PublishedTable table) {
            TableState state = stored.remove(table.table());
            TableProgress namesake = toldAs(table.table());
            TablePhase phase = unknown;
            if (copies() && state != null && state.phase() != TablePhase.INIT) {
                if (state.identity() != null) {
                    warn("table {} is another one of the same name; it is copied again", table.table());
                    removed.add(table.table());
                }
                phase = TablePhase.RESET;
            } else if (copies() && namesake != null) {
                warn("table {} has the name under which changes of another one were delivered; both are copied anew",
                        table.table());
                phase = TablePhase.RESET;
                reset(namesake);
            }
            add(TableState.of(table.table(), phase).identifiedBy(table.identity()), table, true);
        }

        /**
         * A name means one table at the destination: the one that was told last under it. That one has the name, and
         * what was delivered of others under it is gone; or it has another name by now, and nothing tells whose the
         * rows are.
         */
        private void resetOutdone() {
            if (!copies()) {
                return;
            }
            Map<TableId, List<TableProgress>> byName = registry.tables().stream()
                    .filter(table -> table.told != null)
                    .collect(Collectors.groupingBy(table -> table.told.schema().table()));
            byName.values().removeIf(tables -> tables.size() == 1);
            byName.forEach((name, tables) -> {
                TableProgress last = Collections.max(tables, Comparator.comparing(table -> table.told.from()));
                tables.stream().filter(table -> table != last || !table.table.equals(name)).forEach(table -> {
                    warn("table {} was delivered under a name that another one has got; it is copied anew", table.table);
                    reset(table);
                });
            });
        }

        /** While a copy of one is under way, the stream can't tell in time that a name means another table now. */
        private void resetExchanged() {
            Set<TableProgress> exchanged = new HashSet<>();
            for (TableProgress table : registry.tables()) {
                TableProgress namesake = toldAs(table.table);
                if (copies() && namesake != null && namesake != table && !table.isToldAs(table.table)
                        && !(table.isSettled() && namesake.isSettled())) {
                    warn("table {} has the name under which another one was delivered; both are copied anew", table.table);
                    exchanged.add(table);
                    exchanged.add(namesake);
                }
            }
            exchanged.forEach(this::reset);
        }

        private TableProgress toldAs(TableId name) {
            return toldAs.getOrDefault(name, Set.of()).stream().findFirst().orElse(null);
        }

        private void reset(TableProgress table) {
            if (table.told != null) {
                toldAs.get(table.told.schema().table()).remove(table);
            }
            table.detach();
            table.phase = TablePhase.RESET;
            table.told = null;
            changed.add(TableState.of(table.table, TablePhase.RESET).identifiedBy(table.identity));
        }

        private void add(TableState state, PublishedTable table, boolean isChanged) {
            TableProgress progress = new TableProgress(state);
            progress.measure(table);
            progress.told = told.of(state, table.schema());
            if (progress.told != null) {
                toldAs.computeIfAbsent(progress.told.schema().table(), name -> new LinkedHashSet<>()).add(progress);
            }
            registry.add(progress);
            if (isChanged) {
                changed.add(state);
                if (state.phase() == TablePhase.READY) {
                    seen.add(new Version(Lsn.ZERO, table.schema()));
                }
            }
        }

        /** What is stored of tables that the publication does not have. */
        private void gone() {
            Lsn now = stored.isEmpty() ? Lsn.ZERO : client.position();
            for (TableState state : stored.values()) {
                boolean followed = settings.snapshot() != Snapshot.INITIAL_ONLY && state.identity() != null
                        && (state.phase() == TablePhase.READY || state.phase() == TablePhase.SYNC_DONE);
                TableProgress taker = registry.named(state.table());
                if (taker == null && state.phase() == TablePhase.GONE) {
                    continue;
                }
                Version shape = state.phase() == TablePhase.GONE || state.identity() == null ? null : told.of(state, null);
                TableId toldName = shape == null ? state.table() : shape.schema().table();
                if (copies() && !toldName.equals(state.table()) && !stored.containsKey(toldName)
                        && !isToldSince(registry.named(toldName), shape)) {
                    leftBehind(toldName);
                }
                if (taker != null) {
                    warn("table {} has the name now of one that is gone; it is copied anew", state.table());
                    removed.add(state.table());
                    if (copies()) {
                        reset(taker);
                    }
                } else if (followed) {
                    TableProgress progress = new TableProgress(state);
                    progress.told = registry.named(toldName) == null ? shape : null;
                    leaves(progress, now);
                    registry.add(progress);
                } else {
                    warn("table {} is not in the publication any more", state.table());
                    changed.add(TableState.of(state.table(), TablePhase.GONE).identifiedBy(state.identity()));
                }
            }
        }

        /** Whether what was delivered under the name is gone, for the table that has it now was told under it later. */
        private boolean isToldSince(TableProgress taker, Version shape) {
            return taker != null && taker.isToldAs(shape.schema().table())
                    && taker.told.from().compareTo(shape.from()) > 0;
        }

        private void store() {
            // In this order a name is free before it is taken.
            states.removeTables(settings.name(), removed);
            states.renameTables(settings.name(), renamed);
            states.saveTables(settings.name(), changed);
            schemas.saveSchemas(settings.name(), seen);
        }
    }

    private String comesBackAs() {
        return copies() ? "; it is copied again" : "; changes in between are missing (snapshotMode=never)";
    }

    private boolean copies() {
        return settings.snapshot() != Snapshot.NEVER;
    }

    // While it runs.

    /**
     * Takes up what has changed.
     *
     * @param  confirmed      how far the stream is complete
     * @throws PgCdcException if the pipeline has to start again for it
     */
    void refresh(long confirmed) {
        schemaNames.check(confirmed);
        publishNewTables();
        Map<Long, PublicationMember> members = new HashMap<>();
        for (PublicationMember member : client.members(settings.publication())) {
            if (!settings.isStateTable(member.table())) {
                members.put(member.identity().relationOid(), member);
            }
        }
        partitions.look(members.values().stream()
                .filter(PublicationMember::partitioned)
                .map(member -> member.identity().relationOid())
                .toList());
        schemaNames.look(List.copyOf(members.values()), registry.tables().stream()
                .collect(Collectors.toMap(table -> table.relationOid, table -> table.table.schema(), (one, other) -> one)));
        List<TableProgress> left = new ArrayList<>();
        Map<TableProgress, TableId> renamed = new HashMap<>();
        for (TableProgress table : registry.tables()) {
            PublicationMember member = members.remove(table.relationOid);
            if (member == null) {
                if (table.leavesAt == 0 && table.isSettled()) {
                    left.add(table);
                }
                continue;
            }
            if (!member.identity().isSame(table.identity)) {
                if (unnoticed.isInStream(member, confirmed, client::position)) {
                    comeBack(table, member.identity());
                }
            } else if (!member.identity().equals(table.identity) && table.phase == TablePhase.READY) {
                table.identity = member.identity();
                states.saveTables(
                        settings.name(), List.of(TableState.of(table.table, table.phase).identifiedBy(table.identity)));
            }
            if (!member.table().equals(table.table)) {
                renamed.put(table, member.table());
            }
        }
        if (!left.isEmpty()) {
            Lsn now = client.position();
            left.forEach(table -> leaves(table, now));
        }
        rename(renamed);
        members.values().removeIf(member -> !unnoticed.isInStream(member, confirmed, client::position));
        add(members.values());
    }

    /** The tables that have left, and whose last changes are complete, are forgotten. */
    void forgetLeft(long confirmed) {
        for (TableProgress table : registry.tables()) {
            if (table.leavesAt != 0
                    && (table.phase == TablePhase.ERROR || Lsn.compare(confirmed, table.leavesAt) >= 0)) {
                forget(table);
            }
        }
    }

    private void forget(TableProgress table) {
        TableId leftBehind = copies() ? table.nameLeftBehind() : null;
        TableProgress taker = leftBehind == null ? null : registry.named(leftBehind);
        if (taker != null && !taker.isToldAs(leftBehind)) {
            LOG.warn("Pipeline {}: table {} has the name under which one that is gone was delivered; it is copied anew",
                    settings.name(), leftBehind);
            resync.detach(taker);
        }
        synchronized (registry) {
            states.saveTables(settings.name(), registry.gone(table));
            table.detach();
            registry.remove(table);
            registry.detached();
        }
        LOG.info("Pipeline {}: table {} is forgotten, it is not in the publication any more", settings.name(), table.table);
    }

    private void publishNewTables() {
        try {
            Pipeline.createPublication(settings, client);
            publicationTrouble = null;
        } catch (PgCdcException e) {
            if (e.code() == ErrorCode.CONNECTION) {
                throw e;
            }
            // At a start this is an error; what runs, runs on.
            if (!e.getMessage().equals(publicationTrouble)) {
                publicationTrouble = e.getMessage();
                LOG.warn("Pipeline {}: {}", settings.name(), publicationTrouble);
            }
        }
    }

    private void leaves(TableProgress table, Lsn now) {
        LOG.warn("Pipeline {}: table {} is not in the publication any more; it is followed up to LSN {}", settings.name(),
                table.table, now);
        table.leavesAt = now.value();
    }

    private void comeBack(TableProgress table, TableIdentity identity) {
        if (!table.isSettled()) {
            throw startAgain(table, "has left the publication and come back while it was being copied");
        }
        LOG.warn("Pipeline {}: table {} has left the publication and come back{}", settings.name(), table.table, comesBackAs());
        table.leavesAt = 0;
        table.identity = identity;
        if (copies()) {
            resync.detach(table);
        } else if (table.phase == TablePhase.READY) {
            states.saveTables(
                    settings.name(), List.of(TableState.of(table.table, table.phase).identifiedBy(identity)));
        }
    }

    private void rename(Map<TableProgress, TableId> renamed) {
        if (renamed.isEmpty()) {
            return;
        }
        Set<TableId> taken = states.tables(settings.name()).stream().map(TableState::table).collect(Collectors.toSet());
        renamed.keySet().forEach(table -> taken.remove(table.table));
        for (Map.Entry<TableProgress, TableId> entry : renamed.entrySet()) {
            if (!entry.getKey().isSettled() || taken.contains(entry.getValue())) {
                throw startAgain(entry.getKey(),
                        "has got another name while it, or the one that had the name, was not settled");
            }
        }
        Map<TableId, TableId> names = renamed.entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().table, Map.Entry::getValue));
        synchronized (registry) {
            states.renameTables(settings.name(), names);
            renamed.forEach((table, name) -> {
                LOG.info("Pipeline {}: table {} is {} now", settings.name(), table.table, name);
                table.table = name;
            });
        }
    }

    private PgCdcException startAgain(TableProgress table, String what) {
        return new PgCdcException(
                ErrorCode.SERVER_NOT_READY, "Table " + table.table + " " + what, "The pipeline starts again by itself");
    }

    private void add(Collection<PublicationMember> members) {
        List<Long> oids = new ArrayList<>();
        for (PublicationMember member : members) {
            if (member.access() == ReadAccess.ALLOWED || !copies()) {
                oids.add(member.identity().relationOid());
            } else if (unreadable.add(member.table())) {
                LOG.error("Pipeline {}: table {} was added to the publication, but the user {} it. Run: {}; it is copied then",
                        settings.name(), member.table(), member.access().what(),
                        member.access().remedy(member.table(), "<user>"));
            }
        }
        if (oids.isEmpty()) {
            return;
        }
        List<PublishedTable> found = client.publishedTables(settings.publication(), oids);
        // Meanwhile the stream may have come upon one, and follows it.
        synchronized (registry) {
            addUnknown(found.stream().filter(table -> registry.find(table.schema()) == null).toList());
        }
    }

    private void addUnknown(List<PublishedTable> tables) {
        Map<TableId, TableState> stored = states.tables(settings.name()).stream()
                .collect(Collectors.toMap(TableState::table, state -> state));
        Set<Long> knownOids = stored.values().stream()
                .filter(state -> state.identity() != null)
                .map(state -> state.identity().relationOid())
                .collect(Collectors.toSet());
        for (PublishedTable table : tables) {
            // One that is gone, or had the name, or still has: what the destination has of it is sorted out at a start.
            if (stored.containsKey(table.table()) || knownOids.contains(table.identity().relationOid())
                    || registry.named(table.table()) != null || registry.toldAs(table.table()) != null) {
                throw new PgCdcException(
                        ErrorCode.SERVER_NOT_READY,
                        "Table " + table.table() + " is another one than had the name until now",
                        "The pipeline starts again by itself");
            }
            addNew(table);
        }
    }

    /**
     * Follows a table that nobody knew from its first change on, where nothing is copied; on the thread that reads the
     * stream.
     */
    TableProgress followAtOnce(TableSchema announced) {
        if (isStateOfOthers(announced)) {
            return null;
        }
        synchronized (registry) {
            TableProgress known = registry.find(announced);
            if (known != null) {
                return known;
            }
            LOG.info("Pipeline {}: table {} is new, and followed from its first change on", settings.name(), announced.table());
            TableState state = TableState.of(announced.table(), TablePhase.READY)
                    .identifiedBy(TableIdentity.announced(announced.relationOid()));
            states.saveTables(settings.name(), List.of(state));
            TableProgress progress = new TableProgress(state);
            registry.add(progress);
            return progress;
        }
    }

    private boolean isStateOfOthers(TableSchema announced) {
        return settings.isNamedAsStateTable(announced.table()) && client.members(settings.publication()).stream()
                .noneMatch(member -> member.identity().relationOid() == announced.relationOid());
    }

    private void addNew(PublishedTable table) {
        LOG.info("Pipeline {}: table {} was added to the publication", settings.name(), table.table());
        TablePhase phase = copies() ? TablePhase.INIT : TablePhase.READY;
        TableState state = TableState.of(table.table(), phase).identifiedBy(table.identity());
        TableProgress progress = new TableProgress(state);
        progress.measure(table);
        states.saveTables(settings.name(), List.of(state));
        if (copies()) {
            registry.add(progress);
            resync.add(progress);
        } else {
            progress.told = new Version(Lsn.ZERO, table.schema());
            schemas.saveSchemas(settings.name(), List.of(progress.told));
            registry.add(progress);
        }
    }
}
