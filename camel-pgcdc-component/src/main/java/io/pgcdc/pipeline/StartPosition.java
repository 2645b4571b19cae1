package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.ReplicationSlot;
import io.pgcdc.postgres.SystemIdentity;
import io.pgcdc.state.PipelineRecord;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.StateStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out where a pipeline begins: compares the server, the slot and what is stored, and refuses to begin where that
 * would leave a gap that nobody sees.
 */
final class StartPosition {

    private static final Logger LOG = LoggerFactory.getLogger(StartPosition.class);

    private final PipelineSettings settings;
    private final PgReplicationClient client;
    private final StateStore states;
    private final String slot;
    private final SystemIdentity identity;
    private final PgCdcException unreadable;
    private boolean mayHaveDelivered;
    private boolean beginsAnew;
    private Runnable unsaved = () -> {
    };

    /** @param unreadable why the server can't decode its log for the slot, or {@code null} if it can */
    StartPosition(PipelineSettings settings, PgReplicationClient client, StateStore states, String slot,
                  SystemIdentity identity, PgCdcException unreadable) {
        this.unreadable = unreadable;
        this.settings = settings;
        this.client = client;
        this.states = states;
        this.slot = slot;
        this.identity = identity;
    }

    /**
     * The position, with a slot that stands there or before; without a slot for a pipeline that only copies. What it
     * finds is stored by {@link #save}, once the slot is ours.
     *
     * @throws PgCdcException of kind SLOT_LOST, or SLOT_ACTIVE while another instance has the slot
     */
    Lsn find(boolean streams) {
        Optional<PipelineRecord> stored = states.pipeline(settings.name());
        if (!streams) {
            if (stored.isEmpty() || isOtherServer(stored.get())) {
                states.create(settings.name(), newRecord(), identity.position(), knownTables());
            }
            return identity.position();
        }
        Optional<ReplicationSlot> found = client.findSlot(slot);
        found.ifPresent(this::requireOurs);
        if (settings.slotFailover() && found.isPresent() && !found.get().isLost()) {
            client.enableFailover(slot);
        }
        if (stored.isEmpty()) {
            return begin(found);
        }
        // Read after the slot: another instance stores its position before it confirms it.
        Lsn position = states.positions(settings.name()).get(stored.get().slot());
        String lost = loss(stored.get(), found, position);
        if (lost != null) {
            return begin(lost, found);
        }
        if (unreadable != null) {
            return isFollowed()
                    ? begin("the server can't decode its log for the slot " + slot + " from LSN " + position + " on ("
                            + unreadable.getMessage() + ")", found)
                    : replace(position);
        }
        if (stored.get().timeline() != identity.timeline()) {
            LOG.info("Pipeline {}: the server is on timeline {} now", settings.name(), identity.timeline());
            unsaved = () -> states.updatePipeline(settings.name(), newRecord());
        }
        return position;
    }

    /**
     * Once the slot is ours: a stream begins behind whatever another instance has confirmed since {@link #find}, but a
     * copy of the slot that was taken before does not.
     */
    void requireUnmoved(Lsn start) {
        Lsn now = states.positions(settings.name()).get(slot);
        if (!beginsAnew && now != null && now.compareTo(start) > 0) {
            throw new PgCdcException(
                    ErrorCode.SERVER_NOT_READY,
                    "Another instance has followed slot " + slot + " from LSN " + start + " to " + now + " meanwhile",
                    "The pipeline starts again by itself, from there");
        }
    }

    /**
     * Goes on from where somebody wishes, if that is as safe as it can be; else refuses, and nothing changes. Like what
     * {@link #find} finds, it is stored by {@link #save}: until then nothing has happened.
     *
     * @param  position what {@link #find} has found
     * @return          where to begin: the target, or the position if it is refused
     */
    Lsn skip(Lsn position, SkipRequest wish, SchemaStore schemas) {
        Lsn target = wish.target();
        String why = null;
        String remedy = "Look at the position that is confirmed now (operation=status) and decide anew";
        if (beginsAnew) {
            why = "it begins anew, with a new slot";
        } else if (wish.confirmed() != null && !wish.confirmed().equals(position)) {
            why = "the confirmed position is " + position + " by now, not " + wish.confirmed();
        } else if (target.compareTo(position) <= 0) {
            why = "everything before " + position + " is confirmed already, and it never goes back";
            remedy = "To get rows again, use resyncTable, for rows of one table with where";
        } else if (identity.position().compareTo(target) < 0) {
            why = "the server's log ends at " + identity.position();
        }
        if (why != null) {
            wish.refused(new PgCdcException(
                    ErrorCode.CONFIGURATION, "Pipeline " + settings.name() + " can't skip to " + target + ": " + why, remedy));
            return position;
        }
        Runnable found = unsaved;
        unsaved = () -> {
            found.run();
            keepToldShapes(position, target, schemas);
            states.savePosition(settings.name(), slot, target);
            FailPoint.SKIP_STORED.reached();
            LOG.warn("Pipeline {}: skipped from LSN {} to {}, as was asked for; what was committed in between is not delivered",
                    settings.name(), position, target);
            wish.done(new Skipped(slot, position, target));
        };
        return target;
    }

    /**
     * A shape that is stored as of a position in between was perhaps never told. What was told before holds until the
     * stream says something else; then that is told.
     */
    private void keepToldShapes(Lsn position, Lsn target, SchemaStore schemas) {
        Map<String, Lsn> positions = states.positions(settings.name());
        ToldShapes before = new ToldShapes(settings.name(), schemas, positions, position);
        ToldShapes after = new ToldShapes(settings.name(), schemas, positions, target);
        List<SchemaStore.Version> kept = new ArrayList<>();
        for (TableState table : states.tables(settings.name())) {
            boolean followed = table.phase() == TablePhase.READY || table.phase() == TablePhase.SYNC_DONE;
            SchemaStore.Version told = followed && table.identity() != null ? before.of(table, null) : null;
            if (told != null && !told.equals(after.of(table, null))) {
                kept.add(new SchemaStore.Version(Lsn.of(target.value() - 1), told.schema()));
            }
        }
        // First: should this process die now, a shape is told twice at worst.
        schemas.saveSchemas(settings.name(), kept);
    }

    /**
     * Stores what {@link #find} found out. Only for who reads from the slot: until then another instance may have it,
     * and have stored more.
     *
     * @throws PgCdcException of kind SLOT_ACTIVE if another instance came and went in between
     */
    void save() {
        unsaved.run();
    }

    /**
     * Whether the slot was read from before, though nothing is stored: then the destination has rows from that time.
     */
    boolean mayHaveDelivered() {
        return mayHaveDelivered;
    }

    private void requireOurs(ReplicationSlot existing) {
        if (!"pgoutput".equals(existing.plugin()) || !identity.database().equals(existing.database())) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION,
                    "The slot " + slot + " belongs to something else (plugin " + existing.plugin() + ", database "
                                             + existing.database() + ")",
                    "Choose another name with the option slotName or pipeline");
        }
        if (existing.isBeingCreated()) {
            throw new PgCdcException(
                    ErrorCode.SLOT_ACTIVE,
                    "The slot " + slot + " is just being created by the server process " + existing.activePid()
                                           + ", which waits for running transactions to end",
                    "It is tried again");
        }
        if (existing.activePid() != 0) {
            // To ask the server for the stream would say the same, and leave an error in its log each time.
            throw new PgCdcException(
                    ErrorCode.SLOT_ACTIVE,
                    "The slot " + slot + " is read from by the server process " + existing.activePid(),
                    "It is tried again");
        }
    }

    private boolean isOtherServer(PipelineRecord stored) {
        return !stored.systemIdentifier().equals(identity.systemIdentifier())
                || !stored.database().equals(identity.database());
    }

    /** What has become of the slot since it was stored, or {@code null} if it is as it was left. */
    private String loss(PipelineRecord stored, Optional<ReplicationSlot> found, Lsn position) {
        if (isOtherServer(stored)) {
            return "the stored position is of another server or database (system identifier "
                   + stored.systemIdentifier() + ", database " + stored.database() + "; this is "
                   + identity.systemIdentifier() + ", " + identity.database() + ")";
        }
        if (position == null || !stored.slot().equals(slot)) {
            return "nothing is stored of the slot " + slot + ", the pipeline used the slot " + stored.slot();
        }
        String otherHistory = otherHistory(stored, furthest(position));
        if (found.isEmpty()) {
            return "the slot " + slot + " is missing; changes after LSN " + position + " may be gone"
                   + (otherHistory == null ? "" : "; and " + otherHistory);
        }
        if (found.get().isLost()) {
            return "the slot " + slot + " was invalidated (wal_status = lost): the server has removed log after LSN "
                   + position;
        }
        if (otherHistory != null) {
            return otherHistory;
        }
        if (stored.publicationOid() != identity.publicationOid()) {
            return "the publication " + settings.publication()
                   + " was dropped and created again; changes in between are not in the slot";
        }
        if (found.get().confirmedFlush().compareTo(position) > 0) {
            return "the slot " + slot + " is at LSN " + found.get().confirmedFlush()
                   + ", ahead of what was acknowledged (" + position + "): "
                   + (client.wasRead(slot) ? "somebody else has read from it" : "it was dropped and created again")
                   + "; changes in between are gone";
        }
        return null;
    }

    /** Whether the server's log up to the position is not the one that was read, or {@code null} if it is. */
    private String otherHistory(PipelineRecord stored, Lsn position) {
        String restored = "it was restored to a point in time, or a standby that lagged behind was promoted; "
                          + "positions mean something else now";
        if (stored.timeline() != identity.timeline()) {
            Optional<Lsn> left = identity.timeline() < stored.timeline()
                    ? Optional.empty()
                    : client.endOfTimeline(stored.timeline(), identity.timeline());
            if (left.isEmpty()) {
                return "the server's timeline " + identity.timeline() + " does not come from timeline "
                       + stored.timeline() + ", which was read: " + restored;
            }
            if (left.get().compareTo(position) < 0) {
                return "the server left timeline " + stored.timeline() + " at LSN " + left.get()
                       + ", before the acknowledged position " + position + ": " + restored;
            }
        }
        // The first answer may be older than a position that another instance stored a moment ago.
        if (identity.position().compareTo(position) < 0
                && client.identifySystem().position().compareTo(position) < 0) {
            return "the server's log ends at LSN " + identity.position() + ", before the acknowledged position "
                   + position + ": " + restored;
        }
        return null;
    }

    /** The last position of which anything is stored: of the slots, and of the tables that were handed over. */
    private Lsn furthest(Lsn position) {
        return Stream.concat(
                states.positions(settings.name()).values().stream(),
                states.tables(settings.name()).stream()
                        .filter(table -> table.phase() != TablePhase.ERROR)
                        .map(TableState::lsn))
                .max(Lsn::compareTo).orElse(position);
    }

    private Lsn begin(String lost, Optional<ReplicationSlot> found) {
        if (!settings.resyncWhenSlotLost()) {
            String remedy = "To copy everything again, set slotLost=resync, or run: "
                            + "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                            + slot + "'; DELETE FROM " + stateTable() + " WHERE pipeline = '"
                            + settings.name().replace("'", "''") + "'";
            throw new PgCdcException(
                    ErrorCode.SLOT_LOST, "Pipeline " + settings.name() + ": " + lost, remedy);
        }
        LOG.warn("Pipeline {}: {}; every table is copied again", settings.name(), lost);
        found.ifPresent(existing -> client.dropSlot(existing.name()));
        Lsn position = begin(Optional.empty());
        unsaved = () -> states.create(settings.name(), newRecord(), position, knownTables());
        return position;
    }

    private String stateTable() {
        return (settings.stateSchema() == null ? "pgcdc" : settings.stateSchema()) + ".pipeline";
    }

    private Lsn begin(Optional<ReplicationSlot> found) {
        beginsAnew = true;
        Lsn position;
        if (found.isPresent() && !found.get().isLost()) {
            position = found.get().confirmedFlush();
            mayHaveDelivered = client.wasRead(slot);
            LOG.info("Pipeline {}: taking over the slot {} at LSN {}", settings.name(), slot, position);
        } else {
            found.ifPresent(existing -> client.dropSlot(existing.name()));
            LOG.info("Pipeline {}: creating the slot {}; the server waits for running transactions to end (a standby for "
                     + "word of them: SELECT pg_log_standby_snapshot() on the primary)",
                    settings.name(), slot);
            position = client.createSlot(slot, settings.slotFailover());
            FailPoint.SLOT_CREATED.reached();
        }
        unsaved = () -> createUnlessStored(position);
        return position;
    }

    /** Whether any table's changes come from this slot, and not from the one of its copy. */
    private boolean isFollowed() {
        return states.tables(settings.name()).stream()
                .anyMatch(table -> table.phase() == TablePhase.READY || table.phase() == TablePhase.SYNC_DONE);
    }

    /** Nobody needs what the slot has: the slots of the copies go back further, and up to whatever is taken over. */
    private Lsn replace(Lsn position) {
        LOG.warn("Pipeline {}: the server can't decode its log for the slot {} from LSN {} on, where nothing was read yet; the "
                 + "slot is created anew",
                settings.name(), slot, position);
        beginsAnew = true;
        client.dropSlot(slot);
        Lsn later = client.createSlot(slot, settings.slotFailover());
        unsaved = () -> states.savePosition(settings.name(), slot, later);
        return later;
    }

    private void createUnlessStored(Lsn position) {
        if (states.pipeline(settings.name()).isPresent()) {
            throw new PgCdcException(
                    ErrorCode.SLOT_ACTIVE, "Another instance has begun pipeline " + settings.name() + " meanwhile",
                    "It is tried again, from where that one is");
        }
        states.create(settings.name(), newRecord(), position, knownTables());
    }

    /** What was delivered of them can't be brought up to date any more: it goes before they are copied again. */
    private List<TableState> knownTables() {
        // On another server the numbers of the catalogue mean other tables.
        boolean same = states.pipeline(settings.name()).filter(stored -> !isOtherServer(stored)).isPresent();
        return states.tables(settings.name()).stream()
                .map(table -> TableState.of(
                        table.table(), switch (table.phase()) {
                            case INIT, GONE -> table.phase();
                            case RESET, COPYING, COPIED, SYNC_DONE, READY, ERROR -> TablePhase.RESET;
                        })
                        .identifiedBy(same ? table.identity() : null))
                .toList();
    }

    private PipelineRecord newRecord() {
        return new PipelineRecord(
                identity.systemIdentifier(), identity.timeline(), identity.database(), settings.publication(),
                identity.publicationOid(), slot);
    }
}
