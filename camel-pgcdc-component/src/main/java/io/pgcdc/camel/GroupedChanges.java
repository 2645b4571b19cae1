package io.pgcdc.camel;

import java.util.AbstractList;
import java.util.List;

import io.pgcdc.model.ChangeEvent;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;

/** The changes of a batch as exchanges, for components that want {@code CamelGroupedExchange}; made when asked for. */
final class GroupedChanges extends AbstractList<Exchange> {

    private final CamelContext context;
    private final List<ChangeEvent> events;
    private final Origin origin;

    GroupedChanges(CamelContext context, List<ChangeEvent> events, Origin origin) {
        this.context = context;
        this.events = events;
        this.origin = origin;
    }

    @Override
    public Exchange get(int index) {
        ChangeEvent event = events.get(index);
        Exchange exchange = new DefaultExchange(context);
        ExchangeDestination.single(exchange.getIn(), event);
        ExchangeDestination.headers(exchange.getIn(), event, origin);
        return exchange;
    }

    @Override
    public int size() {
        return events.size();
    }

    /** How many, no value. */
    @Override
    public String toString() {
        return size() + " changes";
    }
}
