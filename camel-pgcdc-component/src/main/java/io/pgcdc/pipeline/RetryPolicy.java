package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often and after what time something is tried again: exponentially longer, with jitter.
 *
 * @param maxRetries how often, -1 for ever
 * @param firstDelay the time before the first retry
 * @param maxDelay   the longest time
 */
public record RetryPolicy(int maxRetries, Duration firstDelay, Duration maxDelay) {

    /** Whether there is a retry after this many failures. */
    public boolean allows(int failures) {
        return maxRetries < 0 || failures <= maxRetries;
    }

    /** The time to wait after the n-th failure, from 1: between half of the doubled delay and all of it. */
    public Duration delay(int failures) {
        long first = Math.max(1, firstDelay.toMillis());
        long doubled = first << Math.min(20, Math.max(0, failures - 1));
        long longest = Math.max(1, Math.min(doubled, maxDelay.toMillis()));
        return Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest - longest / 2 + 1));
    }
}
