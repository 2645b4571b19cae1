package io.pgcdc.pipeline;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.ReplicationSlot;
import io.pgcdc.postgres.SystemIdentity;
import io.pgcdc.state.PipelineRecord;
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
    private Runnable unsaved = () -> {
    };

    StartPosition(PipelineSettings settings, PgReplicationClient client, StateStore states, String slot,
                  SystemIdentity identity) {
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
        if (stored.get().timeline() != identity.timeline()) {
            LOG.info("Pipeline {}: the server is on timeline {} now", settings.name(), identity.timeline());
            unsaved = () -> states.updatePipeline(settings.name(), newRecord());
        }
        return position;
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
        Lsn position;
        if (found.isPresent() && !found.get().isLost()) {
            position = found.get().confirmedFlush();
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
                        table.table(), table.phase() == TablePhase.INIT ? TablePhase.INIT : TablePhase.RESET)
                        .identifiedBy(same ? table.identity() : null))
                .toList();
    }

    private PipelineRecord newRecord() {
        return new PipelineRecord(
                identity.systemIdentifier(), identity.timeline(), identity.database(), settings.publication(),
                identity.publicationOid(), slot);
    }
}
