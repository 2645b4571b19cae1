package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;

/** What is handed over at once, and how it fares. The mutable parts belong to {@link AckTracker} and its lock. */
final class Delivery {

    enum State {
        WAITING,
        HANDED_OVER,
        HELD,
        DONE,
        FAILED
    }

    final List<ChangeEvent> events;

    /**
     * Everything before this position is complete as soon as all earlier deliveries are: the restart position of the
     * first transaction that this delivery, or a later one of the same window, has a change of.
     */
    final long floorLsn;

    /** Why the route can't get it, {@code null} if it can: its values are not understood. */
    final PgCdcException undecodable;

    /** About what it takes in memory, the exchange that the destination makes of it included. */
    final long heapBytes;

    /** When it was read, of {@link System#nanoTime}. */
    final long readAt;

    State state = State.WAITING;
    boolean taken;
    int attempt;
    /** Of its table, itself included; {@code null} before it is handed over. */
    AckTracker.OpenDeliveries open;
    /** Whether nothing of the same table was open before it when it was handed over the last time. */
    boolean inOrder;
    int failures;
    /** Why it has failed, {@code null} if its last attempt did not. */
    Throwable cause;
    /** The attempt that failed with nothing else in flight, if one did. */
    volatile int aloneIn = -1;

    Delivery(List<ChangeEvent> events, long floorLsn, long readAt) {
        this(events, floorLsn, null, readAt);
    }

    Delivery(List<ChangeEvent> events, long floorLsn, PgCdcException undecodable, long readAt) {
        this(events, floorLsn, undecodable, ByteBudget.heapBytes(events), readAt);
    }

    private Delivery(List<ChangeEvent> events, long floorLsn, PgCdcException undecodable, long heapBytes, long readAt) {
        this.events = events;
        this.floorLsn = floorLsn;
        this.undecodable = undecodable;
        this.heapBytes = heapBytes;
        this.readAt = readAt;
    }

    /** Whether its last attempt has failed with nothing else in flight, so that the failure is its own. */
    boolean failedAlone() {
        return undecodable != null || aloneIn == attempt;
    }

    /** Whether it is about the table that has this number in the catalogue. */
    boolean isOf(long relationOid) {
        return relationOid() == relationOid;
    }

    /** The number of its table in the catalogue, 0 if it is about none. */
    long relationOid() {
        TableSchema schema = first().tableSchema();
        return schema == null ? 0 : schema.relationOid();
    }

    /** For finding out which of its changes it is that the destination fails on. */
    List<Delivery> halves() {
        int middle = events.size() / 2;
        // Together they give back what was taken for the whole.
        Delivery front = new Delivery(events.subList(0, middle), floorLsn, null, heapBytes / 2, readAt);
        Delivery back = new Delivery(
                events.subList(middle, events.size()), floorLsn, null, heapBytes - front.heapBytes, readAt);
        front.failures = failures;
        back.failures = failures;
        return List.of(front, back);
    }

    int size() {
        return events.size();
    }

    ChangeEvent first() {
        return events.get(0);
    }
}
