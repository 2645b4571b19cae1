package io.pgcdc.camel;

import java.util.concurrent.TimeUnit;

import io.pgcdc.pipeline.PipelineStatus;

/**
 * The status of a consumer for those who ask for one figure after the other: all of a moment get the same. Thread-safe.
 */
final class StatusSnapshot {

    /** Shorter than anybody's interval of scraping, longer than a scrape takes. */
    private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private record Taken(PipelineStatus status, long at) {
    }

    private final PgCdcConsumer consumer;
    private volatile Taken taken;

    StatusSnapshot(PgCdcConsumer consumer) {
        this.consumer = consumer;
    }

    PipelineStatus get() {
        Taken last = taken;
        if (last == null || System.nanoTime() - last.at > HOLD_NANOS) {
            last = new Taken(consumer.status(), System.nanoTime());
            taken = last;
        }
        return last.status;
    }
}
