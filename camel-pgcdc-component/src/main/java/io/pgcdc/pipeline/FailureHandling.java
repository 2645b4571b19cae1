package io.pgcdc.pipeline;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TablePattern;
import io.pgcdc.model.TableSchema;
import io.pgcdc.state.StateStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failure policy: what becomes of changes and rows that the route failed on, or that can't be decoded. Thread-safe.
 */
final class FailureHandling {

    private static final Logger LOG = LoggerFactory.getLogger(FailureHandling.class);

    private static final String MEND
            = "Mend the route and start it again (option maxRetries bounds the retries); operation=skipTo goes on "
              + "behind it, without all of its transaction";

    private static final long STEP_MILLIS = 50;
    private static final long WARNING_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** What is to be done about a failure. */
    enum Verdict {
        RETRY,
        STOP,
        ISOLATE,
        SKIP
    }

    private final PipelineSettings settings;
    private final StateStore states;
    private final TableRegistry registry;
    private final PipelineCounters counters;

    FailureHandling(PipelineSettings settings, StateStore states, TableRegistry registry, PipelineCounters counters) {
        this.settings = settings;
        this.states = states;
        this.registry = registry;
        this.counters = counters;
    }

    /** Decides after so many failures of the same; what is about no table can't be isolated. */
    Verdict verdict(boolean ofTable, int failures) {
        if (settings.retry().allows(failures)) {
            return Verdict.RETRY;
        }
        return switch (settings.failurePolicy()) {
            case RETRY -> Verdict.STOP;
            case ISOLATE_TABLE -> ofTable ? Verdict.ISOLATE : Verdict.RETRY;
            case SKIP -> Verdict.SKIP;
        };
    }

    /**
     * One sentence on a failure.
     *
     * @param undecodable why it could not even be handed over, or {@code null}
     */
    static String reason(PgCdcException undecodable, Throwable cause, int failures, String what) {
        return undecodable != null
                ? undecodable.getMessage()
                : "The route failed " + (failures == 1 ? "" : failures + " times ") + "on " + what
                  + (failures == 1 ? " with " : ", the last time with ") + told(cause);
    }

    /** What others say may hold values of the row; a {@link PgCdcException}, from a sink of ours, does not. */
    private static String told(Throwable cause) {
        return cause instanceof PgCdcException ours ? ours.getMessage() : cause.getClass().getName();
    }

    /** The failure that stops the pipeline. */
    static PgCdcException stop(PgCdcException undecodable, String reason) {
        return undecodable != null
                ? undecodable
                : new PgCdcException(ErrorCode.DESTINATION, reason + "; it is not acknowledged", MEND);
    }

    /** Waits until nothing is in flight, and keeps everything else out until these hand-overs have ended. */
    InFlightLimit.Apart awaitAlone(Control control, WorkerScope scope, InFlightLimit limit, int handOvers) {
        while (control.isSuspended()) {
            scope.checkRunning();
            Control.pause(STEP_MILLIS);
        }
        Patience patience = patience();
        return limit.acquireAll(handOvers, () -> {
            scope.checkRunning();
            patience.waited();
        });
    }

    /** Waits until hand-overs have ended, beside which there is nothing. */
    void awaitEnd(WorkerScope scope, InFlightLimit.Apart apart) {
        Patience patience = patience();
        while (!apart.isOver()) {
            scope.checkRunning();
            Control.pause(1);
            patience.waited();
        }
    }

    Patience patience() {
        return new Patience();
    }

    /** Warns now and then while something waits for the route to end exchanges. */
    final class Patience {
        private long warnAt = System.nanoTime() + WARNING_NANOS;

        void waited() {
            if (System.nanoTime() - warnAt > 0) {
                warnAt += WARNING_NANOS;
                LOG.warn("Pipeline {}: a failed change waits to be delivered again until exchanges under way end. An "
                         + "aggregation without completionTimeout keeps them: give it one, and use "
                         + "PgCdcAggregationStrategy",
                        settings.name());
            }
        }
    }

    void tellRetry(String reason, long delayMillis, int failures) {
        counters.retried();
        LOG.warn("Pipeline {}: {}; it is delivered again in {} ms (failure {})", settings.name(), reason, delayMillis,
                failures);
    }

    void skip(String reason, int changes) {
        counters.skipped(changes);
        LOG.error("Pipeline {}: skipped for good (failurePolicy=skip): {}", settings.name(), reason);
    }

    /** Puts a table into Error: its changes are dropped from now on. Stored before this returns. */
    void isolate(TableProgress table, long lsn, String reason) {
        synchronized (registry) {
            states.saveTables(
                    settings.name(),
                    List.of(new TableState(table.table, TablePhase.ERROR, null, Lsn.of(lsn), reason, null)));
            table.giveUp(reason, lsn);
            registry.detached();
        }
        LOG.error("Pipeline {}: table {} is in Error, its changes are dropped until it is resynchronised: {}",
                settings.name(), table.table, withMend(reason, table.table));
    }

    /** Why a table is in Error, and what brings it back. */
    String withMend(String reason, TableId table) {
        return reason + ". " + mend(table);
    }

    /** What brings a table back that is in Error. */
    String mend(TableId table) {
        if (settings.snapshot() == PipelineSettings.Snapshot.INITIAL_ONLY) {
            return "Mend that, then start the route again"
                   + (settings.isolatedTables() == PipelineSettings.IsolatedTables.MANUAL
                           ? " with isolatedTables=onStart" : "");
        }
        return "Mend that, " + switch (settings.isolatedTables()) {
            case MANUAL -> "then";
            case ON_START -> "then start the route again, or";
            case AFTER_DELAY -> "then the table comes back by itself, or at once if you";
        } + " call resyncTable (from a route, by JMX or in code) with " + TablePattern.text(table);
    }

    void isolate(TableSchema table, long lsn, String reason) {
        TableProgress progress = registry.find(table);
        if (progress != null) {
            isolate(progress, lsn, reason);
        }
    }
}
