package io.pgcdc.postgres;

import java.util.List;
import java.util.Objects;

import io.pgcdc.model.TablePattern;

/**
 * What a pipeline is going to need of its server, for a preflight to hold the server against.
 *
 * @param pipeline            its name
 * @param publication         what it reads
 * @param slotName            its slot, or {@code null} for the default name
 * @param copies              whether rows are copied
 * @param streams             whether changes are followed
 * @param tableSyncWorkers    how many tables are copied at once, each with a slot and a walsender
 * @param copyConnections     how many connections copy one table
 * @param expressCatchUp      whether a large backlog is read through two temporary slots
 * @param slotFailover        whether the slots are failover slots
 * @param unknownTypesToBytes what becomes of types without a codec
 * @param tablesToPublish     the tables to make the publication of; empty if it has to be there
 * @param state               where the state is kept, or {@code null} if that is no PostgreSQL database
 * @param stateSchema         the schema of the state there
 */
public record PipelineNeeds(String pipeline, String publication, String slotName, boolean copies, boolean streams,
        int tableSyncWorkers, int copyConnections, boolean expressCatchUp, boolean slotFailover,
        boolean unknownTypesToBytes, List<TablePattern> tablesToPublish, PostgresConnections state, String stateSchema) {

    /** For short questions and for the connection that looks after the server. */
    private static final int SENDERS_BESIDE = 1;
    /** One for the state, one that is kept for questions, one for those that are asked now and then. */
    private static final int CONNECTIONS_BESIDE = 3;
    /** Express catch-up makes a chunk while it reads another. */
    private static final int EXPRESS = 2;

    public PipelineNeeds {
        Objects.requireNonNull(pipeline, "pipeline");
        Objects.requireNonNull(publication, "publication");
        tablesToPublish = List.copyOf(tablesToPublish);
    }

    private int applySlots() {
        return streams ? 1 : 0;
    }

    private int syncs(int tables) {
        return copies && streams ? Math.min(tableSyncWorkers, Math.max(1, tables)) : 0;
    }

    /** The most slots at once, for that many tables. */
    int slots(int tables) {
        return applySlots() + syncs(tables) + (streams && expressCatchUp ? EXPRESS : 0);
    }

    /** The most walsenders at once. */
    int senders(int tables) {
        return applySlots() + syncs(tables) + SENDERS_BESIDE;
    }

    /** The most plain connections at once. */
    int connections(int tables) {
        int copying = copies ? Math.min(tableSyncWorkers, Math.max(1, tables)) * copyConnections : 0;
        return copying + (streams && expressCatchUp ? EXPRESS : 0) + CONNECTIONS_BESIDE;
    }

    /** The apply slot in a database. */
    String slot(String database) {
        return slotName == null || slotName.isBlank() ? SlotNames.applySlot(database, pipeline) : slotName;
    }
}
