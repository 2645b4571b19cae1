package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;

/**
 * Gathers the changes of a stream into windows: with batching per table, of whole commits where the bounds allow;
 * without batching one by one, in order. For one thread.
 */
final class WindowBuilder {

    private final boolean batching;
    private final int maxSize;
    private final int maxBytes;
    private final long maxHeapBytes;
    private final int handOverBytes;
    private final long maxDelayNanos;
    private final Consumer<Window> receiver;

    // Without batching there is one group for everything.
    private final List<List<ChangeEvent>> groups = new ArrayList<>();
    private final Map<TableSchema, List<ChangeEvent>> groupOf = new IdentityHashMap<>();
    private TableSchema lastSchema;
    private List<ChangeEvent> lastGroup;
    private int size;
    private long bytes;
    private long heapBytes;
    private long since;
    private long boundary;
    private long emittedBoundary;
    private Transaction open;

    WindowBuilder(PipelineSettings settings, long start, Consumer<Window> receiver) {
        this.batching = settings.batching();
        this.maxSize = settings.batchSize();
        this.maxBytes = settings.maxBatchBytes();
        this.maxHeapBytes = settings.maxWindowBytes();
        // Of a batch it doesn't count.
        this.handOverBytes = batching ? 0 : ByteBudget.HAND_OVER_BYTES;
        this.maxDelayNanos = settings.maxBatchDelay().toNanos();
        this.receiver = receiver;
        this.boundary = start;
        this.emittedBoundary = start;
    }

    void begin(Transaction transaction) {
        open = transaction;
    }

    void add(ChangeEvent event) {
        if (batching && !event.operation().isRow()) {
            emit();
            append(event);
            emit();
            return;
        }
        if (size > 0 && (bytes + event.bytes() > maxBytes || heapBytes + event.heapBytes() > maxHeapBytes
                || size >= limit())) {
            emitWholeCommits();
        }
        append(event);
    }

    /** A change whose values can't be read goes on its way alone, and fails there. */
    void addUndecodable(ChangeEvent event, PgCdcException cause) {
        emit();
        Delivery alone = new Delivery(List.of(event), event.transaction().restartLsn(), cause, System.nanoTime());
        receiver.accept(new Window(List.of(alone), emittedBoundary));
    }

    void commit(long endLsn) {
        open = null;
        boundary(endLsn);
        if (size > 0 && (bytes >= maxBytes || heapBytes >= maxHeapBytes || size >= limit())) {
            emit();
        }
    }

    /** Outside a transaction: everything before this position was added. */
    void boundary(long lsn) {
        boundary = Lsn.max(boundary, lsn);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Nothing more is to be read at the moment: hands on what is due. */
    void flushIfDue() {
        if (size == 0) {
            if (boundary != emittedBoundary) {
                emit();
            }
        } else if (!batching) {
            emit();
        } else if (System.nanoTime() - since >= maxDelayNanos) {
            emitWholeCommits();
        }
    }

    /** A commit is there and no more is known to come: without batching nothing is waited for. */
    void flushAtHead() {
        if (!batching && size > 0) {
            emit();
        }
    }

    /** While messages keep coming: hands on what has waited long enough. */
    void flushIfDueInBurst() {
        if (size > 0 && System.nanoTime() - since >= maxDelayNanos) {
            emitWholeCommits();
        }
    }

    /** Hands on everything. */
    void emit() {
        if (size == 0 && boundary == emittedBoundary) {
            return;
        }
        List<Delivery> deliveries = deliveries(groups);
        clear();
        emittedBoundary = boundary;
        receiver.accept(new Window(deliveries, boundary));
    }

    private long limit() {
        return batching ? (long) maxSize * Math.max(1, groups.size()) : maxSize;
    }

    private void append(ChangeEvent event) {
        if (size == 0) {
            since = System.nanoTime();
        }
        TableSchema schema = batching ? event.tableSchema() : null;
        if (lastGroup == null || schema != lastSchema) {
            lastGroup = groupOf.computeIfAbsent(schema, s -> {
                List<ChangeEvent> group = new ArrayList<>();
                groups.add(group);
                return group;
            });
            lastSchema = schema;
        }
        lastGroup.add(event);
        size++;
        bytes += event.bytes();
        heapBytes += event.heapBytes() + handOverBytes;
    }

    /** Hands on the commits that are whole; if there are none, what there is of the one that is open. */
    private void emitWholeCommits() {
        if (!batching || open == null) {
            emit();
            return;
        }
        List<List<ChangeEvent>> whole = new ArrayList<>();
        List<ChangeEvent> rest = new ArrayList<>();
        for (List<ChangeEvent> group : groups) {
            int end = group.size();
            while (end > 0 && group.get(end - 1).transaction() == open) {
                end--;
            }
            if (end > 0) {
                whole.add(group.subList(0, end));
            }
            rest.addAll(group.subList(end, group.size()));
        }
        if (whole.isEmpty()) {
            emit();
            return;
        }
        List<Delivery> deliveries = deliveries(whole);
        clear();
        rest.forEach(this::append);
        emittedBoundary = boundary;
        receiver.accept(new Window(deliveries, boundary));
    }

    private void clear() {
        groups.clear();
        groupOf.clear();
        lastSchema = null;
        lastGroup = null;
        size = 0;
        bytes = 0;
        heapBytes = 0;
    }

    private List<Delivery> deliveries(Collection<List<ChangeEvent>> all) {
        List<List<ChangeEvent>> parts = new ArrayList<>();
        for (List<ChangeEvent> group : all) {
            split(group, parts);
        }
        // From the last to the first: a delivery's floor is the lowest of its own and of those behind it.
        Delivery[] deliveries = new Delivery[parts.size()];
        long now = System.nanoTime();
        long floor = -1L;
        for (int i = parts.size() - 1; i >= 0; i--) {
            List<ChangeEvent> part = parts.get(i);
            floor = Lsn.min(floor, part.get(0).transaction().restartLsn());
            deliveries[i] = new Delivery(part, floor, now);
        }
        return List.of(deliveries);
    }

    private void split(List<ChangeEvent> group, List<List<ChangeEvent>> parts) {
        if (!batching) {
            group.forEach(event -> parts.add(List.of(event)));
            return;
        }
        int from = 0;
        long partBytes = 0;
        for (int i = 0; i < group.size(); i++) {
            int next = group.get(i).bytes();
            if (i > from && (i - from >= maxSize || partBytes + next > maxBytes)) {
                parts.add(List.copyOf(group.subList(from, i)));
                from = i;
                partBytes = 0;
            }
            partBytes += next;
        }
        parts.add(List.copyOf(group.subList(from, group.size())));
    }
}
