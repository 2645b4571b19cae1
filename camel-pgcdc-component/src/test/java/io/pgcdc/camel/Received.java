package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;

/** The exchanges that a route gets of what a database holds and of changes. */
final class Received {

    private Received() {
    }

    /**
     * Starts a route, changes the database when all is copied, and stops the route when it has been told everything.
     */
    static List<Exchange> from(TestDatabase database, String options, String... changes) throws Exception {
        List<Exchange> received = Collections.synchronizedList(new ArrayList<>());
        try (RouteUnderTest route = RouteUnderTest.start(database, options, e -> received.add(e.copy()))) {
            route.awaitReady();
            database.execute(changes);
            route.awaitCaughtUp();
        }
        return received;
    }

    /** The changes in the bodies, of single exchanges and of batches. */
    static List<ChangeEvent> events(List<Exchange> exchanges) {
        List<ChangeEvent> events = new ArrayList<>();
        for (Exchange exchange : exchanges) {
            Object body = exchange.getIn().getBody();
            if (body instanceof ChangeBatch batch) {
                events.addAll(batch);
            } else {
                events.add((ChangeEvent) body);
            }
        }
        return events;
    }
}
