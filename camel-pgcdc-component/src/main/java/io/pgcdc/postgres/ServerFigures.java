package io.pgcdc.postgres;

import java.time.Duration;
import java.time.Instant;

import io.pgcdc.model.Lsn;

/**
 * What the server said of itself and of the slots of a pipeline.
 *
 * @param readAt        when it was asked, by our clock
 * @param clockOffset   what to add to our clock to get the server's
 * @param position      the end of what it can send to a stream: of its log on disk; on a standby, of what was replayed
 * @param retainedBytes how much log the slots keep from being removed, those of copies included; -1 if there is none
 * @param safeWalSize   how many bytes may be written until the first of them is in danger of being lost
 *                      ({@code safe_wal_size}); -1 without a limit, or if there is none
 * @param walStatus     {@code wal_status} of the slot that keeps most: {@code reserved}, {@code extended},
 *                      {@code unreserved} or {@code lost}; {@code null} if there is none
 */
public record ServerFigures(Instant readAt, Duration clockOffset, Lsn position, long retainedBytes, long safeWalSize,
        String walStatus) {
}
