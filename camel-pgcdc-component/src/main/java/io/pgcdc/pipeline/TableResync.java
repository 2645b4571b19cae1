package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

import io.pgcdc.model.TableId;
import io.pgcdc.pipeline.PipelineSettings.IsolatedTables;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.StateStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes tables from the apply worker to be synced anew while the others go on: those that were asked for, and by
 * themselves those in Error whose time has come; those whose copy is of no use; and tables that are new. For the
 * supervising thread, but for {@link #detach(TableProgress)} and {@link #copyAgain}.
 *
 * <p>
 * The order counts. First the table is stored as RESET: from then on a crash means a new copy. Then the apply worker
 * loses it, and drops what it has read of it. Once nothing of it is left with the destination, it can be copied.
 */
final class TableResync {

    private static final Logger LOG = LoggerFactory.getLogger(TableResync.class);

    private final PipelineSettings settings;
    private final StateStore states;
    private final TableRegistry registry;
    private final List<StreamRun> streams;
    private final Queue<TableId> requests;
    private final Function<TableProgress, SchemaStore.Version> acknowledged;
    private final Queue<TableProgress> waiting = new ConcurrentLinkedQueue<>();

    /** @param acknowledged the shape of a table that the destination has certainly got, or {@code null} */
    TableResync(PipelineSettings settings, StateStore states, TableRegistry registry, List<StreamRun> streams,
                Queue<TableId> requests, Function<TableProgress, SchemaStore.Version> acknowledged) {
        this.acknowledged = acknowledged;
        this.settings = settings;
        this.states = states;
        this.registry = registry;
        this.streams = streams;
        this.requests = requests;
    }

    /** The units that can be started now. */
    List<SyncUnit> nextUnits() {
        for (TableId id = requests.peek(); id != null; id = requests.peek()) {
            detach(id);
            // Only now that it is stored: if that fails, the next run has the request.
            requests.remove();
        }
        if (settings.isolatedTables() == IsolatedTables.AFTER_DELAY) {
            registry.tables().stream().filter(TableResync.this::isDue).forEach(this::detach);
        }
        List<TableProgress> ready = List.copyOf(waiting);
        // A table may have the name that another one had: nothing of any of them may be under way.
        if (ready.isEmpty() || ready.stream().anyMatch(this::isOutstanding)) {
            return List.of();
        }
        waiting.removeAll(ready);
        return UnitPlan.divide(ready, settings.tableSyncWorkers()).stream()
                .map(tables -> new SyncUnit(tables, null))
                .toList();
    }

    private boolean isOutstanding(TableProgress table) {
        return streams.stream().anyMatch(stream -> stream.isOutstanding(table.relationOid));
    }

    private boolean isDue(TableProgress table) {
        Duration delay = settings.retry().delay(table.failures);
        return table.phase == TablePhase.ERROR && System.nanoTime() - table.failedAt > delay.toNanos();
    }

    private void detach(TableId id) {
        TableProgress table = registry.named(id);
        if (table == null) {
            LOG.warn("Pipeline {}: table {} is not in the publication, it can't be resynchronised", settings.name(), id);
            return;
        }
        detach(table);
    }

    /**
     * Takes a table from its worker, from any thread; when this returns, a crash means a new copy. The supervising
     * thread starts that.
     */
    void detach(TableProgress table) {
        switch (table.phase) {
            case READY, SYNC_DONE, ERROR -> reset(table);
            case INIT, RESET, COPYING, COPIED, GONE -> LOG.info(
                    "Pipeline {}: table {} is being copied already", settings.name(), table.table);
        }
    }

    /** Takes a table from its sync worker, on that worker's thread: what was copied of it is of no use. */
    void copyAgain(TableProgress table) {
        reset(table);
    }

    /** Takes a table that is new, and stored. */
    void add(TableProgress table) {
        waiting.add(table);
    }

    private void reset(TableProgress table) {
        LOG.info("Pipeline {}: table {} is resynchronised", settings.name(), table.table);
        synchronized (registry) {
            states.saveTables(settings.name(),
                    List.of(TableState.of(table.table, TablePhase.RESET).identifiedBy(table.identity)));
            // A change of the shape that is still on its way goes with the rest; the copy tells it.
            table.told = table.told == null ? null : acknowledged.apply(table);
            table.detach();
            table.phase = TablePhase.RESET;
            table.reason = null;
            registry.detached();
        }
        waiting.add(table);
    }
}
