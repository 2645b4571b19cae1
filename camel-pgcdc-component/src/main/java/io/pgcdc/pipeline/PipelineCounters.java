package io.pgcdc.pipeline;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;

/**
 * What has happened in a pipeline since it was created, over all its runs. Thread-safe. Told once for each hand-over,
 * not for each row.
 */
final class PipelineCounters {

    private static final Operation[] OPERATIONS = Operation.values();

    private final LongAdder[] changes = new LongAdder[OPERATIONS.length];
    private final LongAdder bytes = new LongAdder();
    private final LongAdder batches = new LongAdder();
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder restarts = new LongAdder();
    private final LongAdder reconnects = new LongAdder();
    private final LongAdder decodeNanos = new LongAdder();

    PipelineCounters() {
        for (int i = 0; i < changes.length; i++) {
            changes[i] = new LongAdder();
        }
    }

    void handedOver() {
        batches.increment();
    }

    void completed(List<ChangeEvent> events) {
        completed.increment();
        if (events.size() == 1) {
            ChangeEvent only = events.get(0);
            changes[only.operation().ordinal()].increment();
            bytes.add(only.bytes());
            return;
        }
        long sum = 0;
        int[] counts = new int[OPERATIONS.length];
        for (ChangeEvent event : events) {
            counts[event.operation().ordinal()]++;
            sum += event.bytes();
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                changes[i].add(counts[i]);
            }
        }
        bytes.add(sum);
    }

    void failed() {
        failed.increment();
    }

    void skipped(int events) {
        skipped.add(events);
    }

    void retried() {
        retries.increment();
    }

    void restarted(boolean unreachable) {
        restarts.increment();
        if (unreachable) {
            reconnects.increment();
        }
    }

    void decoded(long nanos) {
        decodeNanos.add(nanos);
    }

    PipelineStatus.Counters read() {
        Map<Operation, Long> byOperation = new EnumMap<>(Operation.class);
        for (Operation operation : OPERATIONS) {
            byOperation.put(operation, changes[operation.ordinal()].sum());
        }
        return new PipelineStatus.Counters(
                byOperation, bytes.sum(), batches.sum(), completed.sum(), failed.sum(), skipped.sum(), retries.sum(),
                restarts.sum(), reconnects.sum(), Duration.ofNanos(decodeNanos.sum()));
    }
}
