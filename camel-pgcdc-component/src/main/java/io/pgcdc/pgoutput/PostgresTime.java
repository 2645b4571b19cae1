package io.pgcdc.pgoutput;

import java.time.Instant;

/** PostgreSQL's clock: microseconds since the first of January 2000, UTC. */
final class PostgresTime {

    private static final long EPOCH_SECONDS = 946_684_800L;
    private static final long MICROS_PER_SECOND = 1_000_000L;

    private PostgresTime() {
    }

    /** The instant of any number of microseconds; there is none that {@link Instant} can't hold. */
    static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                EPOCH_SECONDS + Math.floorDiv(micros, MICROS_PER_SECOND),
                Math.floorMod(micros, MICROS_PER_SECOND) * 1_000);
    }
}
