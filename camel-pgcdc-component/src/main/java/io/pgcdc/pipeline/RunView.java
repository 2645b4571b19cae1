package io.pgcdc.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.pgcdc.model.Lsn;
import io.pgcdc.postgres.ServerFigures;

/**
 * How a run of a pipeline fares, at one moment.
 *
 * @param tables      {@code null} before they are known
 * @param stream      {@code null} before there is one
 * @param server      {@code null} before it was asked
 * @param oldestNanos see {@link PipelineStatus#oldestUnacknowledged()}; 0 if there is none
 */
record RunView(String database, String slot, List<PipelineStatus.Table> tables, Stream stream, ServerFigures server,
        int inFlight, long oldestNanos, List<String> deadThreads) {

    /** Figures that are older than that don't say where the server's log ends now. */
    private static final Duration HOLD = Duration.ofSeconds(6);

    static final RunView NOTHING = new RunView(null, null, List.of(), null, null, 0, 0, List.of());

    /**
     * How the apply worker's stream fares. All times are by the server's clock.
     *
     * @param oldestCommit of what was read and is not complete, {@code null} if all is
     * @param lastCommit   that was read, {@code null} if there was none yet
     * @param readUpTo     the server's log was read up to where it was then; {@code null} if that is not known
     */
    record Stream(Lsn confirmed, Instant oldestCommit, Lsn received, Instant lastCommit, Instant readUpTo) {
    }

    /** What this one does not know yet, from the one before it. */
    RunView after(RunView before) {
        return new RunView(
                database == null ? before.database : database, slot == null ? before.slot : slot,
                tables == null ? before.tables : tables, stream == null ? before.stream : stream,
                server == null ? before.server : server, inFlight, oldestNanos, deadThreads);
    }

    Lsn received() {
        return stream == null ? Lsn.ZERO : stream.received();
    }

    Lsn confirmed() {
        return stream == null ? Lsn.ZERO : stream.confirmed();
    }

    /** See {@link PipelineStatus#lag()}. */
    Duration lag() {
        return lagAt(Instant.now());
    }

    Duration lagAt(Instant ours) {
        if (stream == null || server == null) {
            return null;
        }
        Instant now = ours.plus(server.clockOffset());
        if (stream.oldestCommit() != null) {
            return since(stream.oldestCommit(), now);
        }
        Instant known = later(stream.lastCommit(), stream.readUpTo());
        if (stream.received().compareTo(server.position()) >= 0) {
            if (Duration.between(server.readAt(), ours).compareTo(HOLD) <= 0) {
                return Duration.ZERO;
            }
            known = later(known, server.readAt().plus(server.clockOffset()));
        }
        return known == null ? null : since(known, now);
    }

    private static Instant later(Instant a, Instant b) {
        return a == null || b != null && b.isAfter(a) ? b : a;
    }

    private static Duration since(Instant time, Instant now) {
        return time.isBefore(now) ? Duration.between(time, now) : Duration.ZERO;
    }
}
