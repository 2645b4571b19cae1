package io.pgcdc.camel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.pgcdc.model.ChangeBatch;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;

/** The exchanges that a route gets of what a database holds and of changes. */
final class Received {

    /** A table beside those of a test: its row ends a run, sooner than the confirmed position would. */
    private static final String END = "the_end";

    private Received() {
    }

    /**
     * Starts a route, changes the database when all is copied, and stops the route when it has been told everything.
     */
    static List<Exchange> from(TestDatabase database, String options, String... changes) throws Exception {
        if (database.query("SELECT to_regclass('public." + END + "')::text", String.class) == null) {
            database.execute(
                    "CREATE TABLE " + END + " (id serial PRIMARY KEY)", "ALTER PUBLICATION mypub ADD TABLE " + END);
        }
        List<Exchange> received = new CopyOnWriteArrayList<>();
        try (RouteUnderTest route = RouteUnderTest.start(database, options, e -> received.add(e.copy()))) {
            route.awaitReady();
            database.execute(changes);
            database.execute("INSERT INTO " + END + " DEFAULT VALUES");
            Awaitility.await().pollInterval(Duration.ofMillis(5))
                    .until(() -> received.stream().anyMatch(Received::isEndOfRun));
        }
        long end = received.stream().filter(Received::isEndOfRun).map(Received::last).findFirst().orElseThrow()
                .transaction().commitLsn();
        return received.stream()
                .filter(e -> !END.equals(e.getIn().getHeader(PgCdcConstants.TABLE))
                        && last(e).transaction().commitLsn() != end)
                .toList();
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

    private static boolean isEndOfRun(Exchange exchange) {
        return END.equals(exchange.getIn().getHeader(PgCdcConstants.TABLE))
                && last(exchange).operation() == Operation.INSERT;
    }

    private static ChangeEvent last(Exchange exchange) {
        List<ChangeEvent> events = events(List.of(exchange));
        return events.get(events.size() - 1);
    }
}
