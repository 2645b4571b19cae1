package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import org.apache.camel.Exchange;

/** Keeps the rows that exchanges bring, in the order in which they came. */
final class ReceivedRows {

    private final List<ChangeEvent> events = new ArrayList<>();

    synchronized void take(Exchange exchange) {
        events.add(exchange.getMessage().getBody(ChangeEvent.class));
    }

    /** The rows of an operation on a table, each as a map of its own. */
    synchronized List<Map<String, Object>> of(Operation operation, String table) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ChangeEvent event : events) {
            if (event.operation() == operation && event.table().name().equals(table)) {
                rows.add(new LinkedHashMap<>(event));
            }
        }
        return rows;
    }

    /** How many events of any operation have come. */
    synchronized int count() {
        return events.size();
    }
}
