package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.ChangeEvent;

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

    State state = State.WAITING;
    boolean taken;
    int attempt;
    int failures;
    Throwable cause;

    Delivery(List<ChangeEvent> events, long floorLsn) {
        this.events = events;
        this.floorLsn = floorLsn;
    }

    int size() {
        return events.size();
    }

    ChangeEvent first() {
        return events.get(0);
    }
}
