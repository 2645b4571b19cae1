package io.pgcdc.camel;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;

/** The log: a line for each change of state and none for a row, and what lines have in their context. */
@PostgresTest
class LogContextIT {

    private record Line(String text, Map<String, String> context) {
    }

    @Test
    void lines_on_our_threads_have_pipeline_and_table_the_routes_own_included(TestDatabase database) throws Exception {
        Workload.create(database, 20);
        Map<String, Set<String>> seen = new ConcurrentHashMap<>();
        try (Lines lines = new Lines(); RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
            assertThat(MDC.get("pgcdc.pipeline")).isEqualTo("mypub");
            seen.computeIfAbsent(exchange.getIn().getHeader(PgCdcConstants.TABLE, String.class),
                    table -> ConcurrentHashMap.newKeySet()).add(MDC.get("pgcdc.table"));
        })) {
            route.awaitReady();
            for (int i = 1; i <= 5; i++) {
                database.execute("INSERT INTO orders VALUES (" + (1000 + i) + ", 1)", "UPDATE customers SET v = " + i);
            }
            route.awaitCaughtUp();
            assertThat(route.consumer().status().counters().failed()).isZero();
            assertThat(lines.all).filteredOn(line -> line.text.contains("copied 3 table(s)"))
                    .singleElement().satisfies(line -> assertThat(line.context).doesNotContainKey("pgcdc.table"));
            assertThat(lines.all).filteredOn(line -> line.text.contains("state=running"))
                    .singleElement().satisfies(line -> assertThat(line.context).containsEntry("pgcdc.pipeline", "mypub"));
        }
        for (String table : Workload.TABLES) {
            assertThat(seen.get(table)).as(table).containsExactly("public." + table);
        }
        assertThat(MDC.get("pgcdc.pipeline")).isNull();
    }

    @Test
    void each_change_of_state_has_one_line_and_rows_have_none(TestDatabase database) throws Exception {
        Workload.create(database, 500);
        try (Lines lines = new Lines(); TcpProxy proxy = TcpProxy.to(database.server())) {
            try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
                @Override
                public void configure() {
                    from("pgcdc:mypub?url=RAW(" + proxy.url(database) + ")").routeId("cdc").process(exchange -> {
                    });
                }
            })) {
                route.start();
                route.awaitReady();
                Awaitility.await().until(() -> lines.all.stream().anyMatch(line -> line.text.contains("tables are ready")));
                int before = lines.all.size();
                database.execute("INSERT INTO orders SELECT generate_series(10001, 12000), 1");
                route.awaitCaughtUp();
                assertThat(lines.all).as("nothing for rows").hasSize(before);
                route.consumer().suspend();
                route.consumer().suspend();
                route.consumer().resume();
                proxy.refuse();
                proxy.cut();
                Awaitility.await().until(() -> route.consumer().status().counters().restarts() >= 3);
                proxy.resume();
                route.awaitReady();
            }
            assertThat(lines.all).extracting(Line::text).filteredOn(text -> text.contains(": state="))
                    .extracting(text -> text.replaceAll(".*: state=([a-z]+).*", "$1"))
                    .containsExactly("starting", "running", "paused", "running", "retrying", "running",
                            // Camel suspends a route before it stops it.
                            "paused", "stopped");
        }
    }

    /** What the project logs for those who run it. */
    private static final class Lines extends AbstractAppender implements AutoCloseable {
        private final List<Line> all = new CopyOnWriteArrayList<>();
        private final Logger logger = (Logger) LogManager.getLogger("io.pgcdc");

        private Lines() {
            super("context", null, null, true, Property.EMPTY_ARRAY);
            start();
            logger.addAppender(this);
        }

        @Override
        public void append(LogEvent event) {
            all.add(new Line(event.getMessage().getFormattedMessage(), event.getContextData().toMap()));
        }

        @Override
        public void close() {
            logger.removeAppender(this);
            stop();
        }
    }
}
