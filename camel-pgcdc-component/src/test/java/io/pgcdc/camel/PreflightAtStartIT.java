package io.pgcdc.camel;

import java.util.List;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A start says what the server lacks: once, a line for the whole and one for each warning, and goes on. */
@PostgresTest
class PreflightAtStartIT {

    @Test
    void a_start_says_once_what_is_wrong_also_if_it_has_to_try_again(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE TABLE log (line text)",
                "CREATE PUBLICATION mypub FOR TABLE t, log");
        try (EveryLogLine log = new EveryLogLine();
             RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
             })) {
            route.awaitReady();
            assertThat(told(log, "preflight of")).singleElement().asString().contains("ready, 0 blockers, 1 warning");
            assertThat(told(log, "REPLICA IDENTITY FULL")).singleElement().asString().contains("public.log");

            database.execute(
                    "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" + route.slot()
                             + "'");
            Awaitility.await().until(() -> !told(log, "state=retrying").isEmpty());
            route.awaitReady();
            assertThat(told(log, "preflight of")).hasSize(1);
            assertThat(told(log, "REPLICA IDENTITY FULL")).hasSize(1);
        }
    }

    @Test
    void of_many_warnings_it_says_some(TestDatabase database) throws Exception {
        for (int i = 0; i < 25; i++) {
            database.execute("CREATE TABLE log_" + i + " (line text)");
        }
        database.execute("CREATE PUBLICATION mypub FOR ALL TABLES");
        try (EveryLogLine log = new EveryLogLine();
             RouteUnderTest route = RouteUnderTest.start(database, "", exchange -> {
             })) {
            route.awaitReady();
            assertThat(told(log, "REPLICA IDENTITY FULL")).hasSize(20);
            assertThat(told(log, "and 5 more")).hasSize(1);
        }
    }

    /** The lines of the pipeline, but for the whole report at level DEBUG. */
    private static List<String> told(EveryLogLine log, String part) {
        return log.lines().stream().filter(line -> line.startsWith("Pipeline mypub") && line.contains(part)).toList();
    }
}
