package io.pgcdc.camel;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;

/**
 * Aggregates exchanges of {@code pgcdc:} and moves their acknowledgements to the aggregated exchange: its changes are
 * acknowledged when that completes, and all delivered again when it fails. With Camel's own strategies a change is
 * acknowledged as soon as it is in the group, and lost if the process dies before the group is sent.
 *
 * <p>
 * By default the aggregated body is the list of the bodies, in order, and converts to a JSON array as a batch does;
 * another strategy may decide otherwise. The group must live in memory, without optimistic locking: a persistent
 * aggregation repository keeps no acknowledgements.
 */
public class PgCdcAggregationStrategy implements AggregationStrategy {

    private static final String MEMBERS = "CamelPgCdcAggregated";

    private final AggregationStrategy bodies;

    /** Collects the bodies in a list. */
    public PgCdcAggregationStrategy() {
        this(null);
    }

    /** Leaves bodies and headers to another strategy. */
    public PgCdcAggregationStrategy(AggregationStrategy bodies) {
        this.bodies = bodies;
    }

    @Override
    public Exchange aggregate(Exchange oldExchange, Exchange newExchange) {
        Acknowledgement own = newExchange.getProperty(Acknowledgement.PROPERTY, Acknowledgement.class);
        Members inner = newExchange.getProperty(MEMBERS, Members.class);
        Members members = oldExchange == null ? null : oldExchange.getProperty(MEMBERS, Members.class);
        Exchange result = bodies != null ? bodies.aggregate(oldExchange, newExchange) : collect(oldExchange, newExchange);
        if (members == null || result != oldExchange) {
            Members moved = members == null ? new Members() : members;
            result.setProperty(MEMBERS, moved);
            result.getExchangeExtension().addOnCompletion(moved);
            if (members != null) {
                // The strategy went on with another exchange; the old one is never sent.
                oldExchange.removeProperty(MEMBERS);
            }
            members = moved;
        }
        if (inner != null && inner != members && inner.takeOver()) {
            // A group of groups: the outer one decides for the members of the inner one.
            inner.all.forEach(Acknowledgement::joinedAgain);
            members.all.addAll(inner.all);
        }
        if (own != null) {
            own.join();
            members.all.add(own);
            // The group carries its members; it is not one of them.
            result.removeProperty(Acknowledgement.PROPERTY);
        }
        return result;
    }

    /** Joins the parts of a split or a multicast, whose exchange decides for itself: bodies only. */
    @Override
    public Exchange aggregate(Exchange oldExchange, Exchange newExchange, Exchange inputExchange) {
        return bodies != null
                ? bodies.aggregate(oldExchange, newExchange, inputExchange)
                : collect(oldExchange, newExchange);
    }

    @Override
    public void onCompletion(Exchange exchange) {
        Members members = exchange == null ? null : exchange.getProperty(MEMBERS, Members.class);
        if (members != null) {
            members.all.forEach(Acknowledgement::released);
        }
        if (bodies != null) {
            bodies.onCompletion(exchange);
        }
    }

    private static Exchange collect(Exchange oldExchange, Exchange newExchange) {
        if (oldExchange == null) {
            List<Object> all = new AggregatedBodies();
            all.add(newExchange.getMessage().getBody());
            newExchange.getMessage().setBody(all);
            return newExchange;
        }
        @SuppressWarnings("unchecked")
        List<Object> all = oldExchange.getMessage().getBody(List.class);
        all.add(newExchange.getMessage().getBody());
        return oldExchange;
    }

    /** What the aggregated exchange decides for all of its members. */
    private static final class Members implements Synchronization {
        private final List<Acknowledgement> all = new CopyOnWriteArrayList<>();
        private final AtomicBoolean taken = new AtomicBoolean();

        private boolean takeOver() {
            return taken.compareAndSet(false, true);
        }

        private void settle(Exchange exchange) {
            if (!taken.get()) {
                all.forEach(member -> member.settle(exchange));
            }
        }

        @Override
        public void onComplete(Exchange exchange) {
            settle(exchange);
        }

        @Override
        public void onFailure(Exchange exchange) {
            settle(exchange);
        }
    }
}
