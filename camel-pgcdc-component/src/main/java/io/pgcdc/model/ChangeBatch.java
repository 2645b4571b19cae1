package io.pgcdc.model;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** Changes of one table in commit order, as a read-only list. {@link #toString()} tells what and how many, no value. */
public final class ChangeBatch extends AbstractList<ChangeEvent> implements RandomAccess {

    private final List<ChangeEvent> events;

    public ChangeBatch(List<ChangeEvent> events) {
        this.events = List.copyOf(events);
    }

    @Override
    public ChangeEvent get(int index) {
        return events.get(index);
    }

    @Override
    public int size() {
        return events.size();
    }

    @Override
    public String toString() {
        return events.isEmpty() ? "no changes" : events.size() + " changes from " + events.get(0);
    }
}
