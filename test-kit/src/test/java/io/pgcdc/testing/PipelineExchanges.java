package io.pgcdc.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.support.DefaultExchange;

/** Makes exchanges as a pipeline does, of the table public.t (id, v, big). */
final class PipelineExchanges {

    private final CamelContext context;
    private int events;

    PipelineExchanges(CamelContext context) {
        this.context = context;
    }

    Exchange insert(int id, Object v) {
        return change("insert", id, row("id", id, "v", v, "big", "large"));
    }

    Exchange delete(int id) {
        return change("delete", id, row("id", id));
    }

    /** An update that changes the key, and whose large value was not sent. */
    Exchange move(int id, int newId, Object v) {
        Exchange exchange = change("update", newId, row("id", newId, "v", v));
        exchange.getIn().setHeader("CamelPgCdcBefore", row("id", id));
        exchange.getIn().setHeader("CamelPgCdcUnchanged", Set.of("big"));
        return exchange;
    }

    Exchange truncate() {
        Exchange exchange = change("truncate", 0, Map.of());
        exchange.getIn().removeHeader("CamelPgCdcKey");
        return exchange;
    }

    Exchange withoutKey(Object v) {
        Exchange exchange = change("insert", 0, row("v", v));
        exchange.getIn().setHeader("CamelPgCdcKey", Map.of());
        return exchange;
    }

    Exchange batch(Exchange... members) {
        Exchange exchange = new DefaultExchange(context);
        List<Object> bodies = new ArrayList<>();
        List.of(members).forEach(member -> bodies.add(member.getIn().getBody()));
        exchange.getIn().setBody(bodies);
        exchange.setProperty(ExchangePropertyKey.GROUPED_EXCHANGE, List.of(members));
        return exchange;
    }

    static Map<String, Object> row(Object... namesAndValues) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    private Exchange change(String operation, int id, Map<String, Object> body) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getIn().setBody(body);
        exchange.getIn().setHeader("CamelPgCdcOperation", operation);
        exchange.getIn().setHeader("CamelPgCdcSchema", "public");
        exchange.getIn().setHeader("CamelPgCdcTable", "t");
        exchange.getIn().setHeader("CamelPgCdcKey", row("id", id));
        exchange.getIn().setHeader("CamelPgCdcEventId", "%016X/%016X".formatted(++events, 0));
        return exchange;
    }
}
