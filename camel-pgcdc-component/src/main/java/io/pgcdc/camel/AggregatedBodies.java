package io.pgcdc.camel;

import java.util.ArrayList;

/** The bodies that {@link PgCdcAggregationStrategy} has put together. {@link #toString()} tells how many, no value. */
public final class AggregatedBodies extends ArrayList<Object> {

    private static final long serialVersionUID = 1L;

    AggregatedBodies() {
    }

    @Override
    public String toString() {
        return size() + " aggregated bodies";
    }
}
