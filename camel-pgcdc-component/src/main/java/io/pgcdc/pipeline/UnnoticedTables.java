package io.pgcdc.pipeline;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.postgres.PublicationMember;

/**
 * Tables that became published in a way that PostgreSQL does not notice in a stream that has had changes from before:
 * it leaves theirs out. A stream that begins behind that time has them. Kept over the runs of a pipeline.
 */
final class UnnoticedTables {

    private final Map<Long, Lsn> found = new ConcurrentHashMap<>();

    /** Whether a stream that begins there may leave a table's changes out. */
    boolean isMissing(PublicationMember member, Lsn start) {
        Lsn joined = found.get(member.identity().membership());
        return member.unnoticed() && (joined == null || start.compareTo(joined) < 0);
    }

    /**
     * Whether an open stream has a table's changes. If not, it is complete up to the time when that was found, first.
     *
     * @param  confirmed      how far the stream is complete
     * @param  now            a position behind everything that was committed
     * @throws PgCdcException for the pipeline to start again, with a new stream
     */
    boolean isInStream(PublicationMember member, long confirmed, Supplier<Lsn> now) {
        if (!member.unnoticed()) {
            return true;
        }
        Lsn joined = found.computeIfAbsent(member.identity().membership(), membership -> now.get());
        if (Lsn.compare(confirmed, joined.value()) >= 0) {
            throw new PgCdcException(
                    ErrorCode.SERVER_NOT_READY,
                    "Table " + member.table() + " was published in a way that PostgreSQL notices in a new stream only"
                                                + " (ATTACH PARTITION before 15; the root's SET SCHEMA)",
                    "The pipeline starts again by itself");
        }
        return false;
    }
}
