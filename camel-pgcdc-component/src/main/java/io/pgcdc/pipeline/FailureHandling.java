package io.pgcdc.pipeline;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
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

    private static final String MEND = "Mend the route and start it again (option maxRetries bounds the retries)";

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
    private final AtomicLong skipped;

    /** @param skipped counts the changes and rows that were skipped */
    FailureHandling(PipelineSettings settings, StateStore states, TableRegistry registry, AtomicLong skipped) {
        this.settings = settings;
        this.states = states;
        this.registry = registry;
        this.skipped = skipped;
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
                  + (failures == 1 ? " with " : ", the last time with ") + cause.getClass().getName();
    }

    /** The failure that stops the pipeline. */
    static PgCdcException stop(PgCdcException undecodable, String reason) {
        return undecodable != null
                ? undecodable
                : new PgCdcException(ErrorCode.DESTINATION, reason + "; it is not acknowledged", MEND);
    }

    void tellRetry(String reason, long delayMillis, int failures) {
        LOG.warn("Pipeline {}: {}; it is delivered again in {} ms (failure {})", settings.name(), reason, delayMillis,
                failures);
    }

    void skip(String reason, int changes) {
        skipped.addAndGet(changes);
        LOG.error("Pipeline {}: skipped for good (failurePolicy=skip): {}", settings.name(), reason);
    }

    /** Puts a table into Error: its changes are dropped from now on. Stored before this returns. */
    void isolate(TableProgress table, long lsn, String reason) {
        synchronized (registry) {
            states.saveTables(
                    settings.name(),
                    List.of(new TableState(table.table, TablePhase.ERROR, null, Lsn.of(lsn), reason, null)));
            table.giveUp(reason);
            registry.detached();
        }
        LOG.error("Pipeline {}: table {} is in Error, its changes are dropped until it is resynchronised: {}. Mend "
                  + "that, then call resyncTable (JMX operation of the consumer) with {}",
                settings.name(), table.table, reason, table.table);
    }

    void isolate(TableSchema table, long lsn, String reason) {
        TableProgress progress = registry.find(table);
        if (progress != null) {
            isolate(progress, lsn, reason);
        }
    }
}
