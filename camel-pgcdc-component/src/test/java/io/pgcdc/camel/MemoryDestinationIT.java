package io.pgcdc.camel;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.pgcdc.testing.Change;
import io.pgcdc.testing.MemoryDestination;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.processor.aggregate.GroupedExchangeAggregationStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The test kit's destination and its await with real pipelines, as users have them. */
@PostgresTest
class MemoryDestinationIT {

    private static final String TABLE = "public.t";

    private final MemoryDestination destination = new MemoryDestination();

    @ParameterizedTest
    @ValueSource(strings = { "", "batching=true&maxBatchSize=3", "stateSchema=elsewhere" })
    void the_rows_end_as_those_of_the_source_whatever_fault_there_was(String options) throws Exception {
        try (TestDatabase database = PostgresServer.shared().createDatabase()) {
            create(database);
            destination.at(2).reject();
            destination.at(5).failAfterWriting();
            destination.at(9).answerAfter(0);
            destination.when(change -> "delete".equals(change.operation())).times(1).reject();
            destination.when(change -> "update".equals(change.operation())).times(1).hold();
            try (RouteUnderTest route = RouteUnderTest.start(database, options, destination)) {
                database.awaitCaughtUp("mypub");
                change(database);
                destination.awaitHeld(1);
                destination.release();
                database.awaitCaughtUp("mypub");
            }
            assertThat(destination.rows(TABLE)).isEqualTo(source(database));
            assertThat(destination.changes(TABLE)).extracting(Change::operation)
                    .contains("read", "insert", "update", "delete");
        }
    }

    @Test
    void nothing_behind_a_held_change_is_acknowledged_before_the_release(TestDatabase database) throws Exception {
        create(database);
        destination.when(change -> Integer.valueOf(11).equals(change.row().get("id"))).hold();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", destination)) {
            database.awaitCaughtUp("mypub");
            database.execute("INSERT INTO t VALUES (11, 'held')", "INSERT INTO t VALUES (12, 'not held')");
            destination.awaitHeld(1);
            destination.awaitRows(TABLE, 11);

            assertThatThrownBy(() -> database.awaitCaughtUp("mypub", Duration.ofSeconds(1)))
                    .isInstanceOf(AssertionError.class).hasMessageContaining("bytes ahead")
                    .hasMessageContaining("no copy is under way").hasMessageNotContaining("nobody reads");

            destination.release();
            database.awaitCaughtUp("mypub");
        }
        assertThat(destination.rows(TABLE)).isEqualTo(source(database));
    }

    @Test
    void what_was_held_when_a_context_died_comes_again_to_the_next(TestDatabase database) throws Exception {
        create(database);
        destination.when(change -> "insert".equals(change.operation())).hold();
        RouteUnderTest killed = RouteUnderTest.start(database, "", destination);
        database.awaitCaughtUp("mypub");
        database.execute("INSERT INTO t VALUES (11, 'held')");
        destination.awaitHeld(1);
        killed.kill();
        destination.heal();
        assertThat(destination.rows(TABLE)).hasSize(10);

        try (RouteUnderTest route = RouteUnderTest.start(database, "", destination)) {
            database.awaitCaughtUp("mypub");
        }
        assertThat(destination.rows(TABLE)).isEqualTo(source(database));
    }

    @Test
    void late_answers_are_acknowledged_in_whatever_order(TestDatabase database) throws Exception {
        create(database);
        destination.when(change -> change.isRow() && (int) change.row().get("id") % 2 == 1).answerAfter(1);
        try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never", destination)) {
            database.awaitCaughtUp("mypub");
            database.execute("INSERT INTO t SELECT i, 'late' FROM generate_series(11, 20) i");
            database.awaitCaughtUp("mypub");
        }
        assertThat(destination.rows(TABLE)).hasSize(10);
    }

    @Test
    void a_pipeline_that_keeps_its_state_elsewhere_is_waited_for_by_its_slot(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "stateStore=memory", destination)) {
            destination.awaitRows(TABLE, 10);
            database.awaitCaughtUp("mypub");
            change(database);
            database.awaitCaughtUp(route.slot());
        }
        assertThat(destination.rows(TABLE)).isEqualTo(source(database));
    }

    @Test
    void grouped_exchanges_of_an_aggregation_are_written_too(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub").routeId("cdc")
                        .aggregate(constant(true), new PgCdcAggregationStrategy(new GroupedExchangeAggregationStrategy()))
                        .completionSize(4).completionTimeout(200)
                        .process(destination);
            }
        })) {
            route.start();
            change(database);
            database.awaitCaughtUp("mypub");
        }
        assertThat(destination.rows(TABLE)).isEqualTo(source(database));
    }

    @Test
    @Timeout(40) // were each await to wait until an idle pipeline confirms by itself, it would take longer
    void waiting_again_and_again_is_quick_although_the_state_itself_is_log(TestDatabase database) throws Exception {
        create(database);
        try (RouteUnderTest route = RouteUnderTest.start(database, "", destination)) {
            for (int i = 0; i < 10; i++) {
                database.execute("CREATE TABLE other" + i + " (id int)");
                database.awaitCaughtUp("mypub");
            }
        }
    }

    @Test
    void a_server_that_restarts_meanwhile_is_waited_for() throws Exception {
        try (PostgresServer server = PostgresServer.start(PostgresServer.shared().major());
             TestDatabase database = server.createDatabase()) {
            create(database);
            destination.at(11).hold();
            try (RouteUnderTest route = RouteUnderTest.start(database, "", destination)) {
                database.awaitCaughtUp("mypub");
                database.execute("INSERT INTO t VALUES (11, 'held')");
                destination.awaitHeld(1);
                Thread restart = new Thread(() -> {
                    server.crashAndRestart();
                    destination.release();
                });
                restart.start();
                database.awaitCaughtUp("mypub");
                restart.join();
            }
            assertThat(destination.rows(TABLE)).isEqualTo(source(database));
        }
    }

    private static void create(TestDatabase database) {
        database.execute("CREATE TABLE t (id int PRIMARY KEY, big text)", "ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO t SELECT i, repeat('large', 1000) FROM generate_series(1, 10) i",
                "CREATE PUBLICATION mypub FOR TABLE t");
    }

    private static void change(TestDatabase database) {
        database.execute("INSERT INTO t VALUES (11, 'small')", "UPDATE t SET id = 20 WHERE id = 1",
                "UPDATE t SET big = 'changed' WHERE id = 2", "DELETE FROM t WHERE id = 3",
                "INSERT INTO t VALUES (3, 'again'), (12, NULL)");
    }

    private static Map<Object, Map<String, Object>> source(TestDatabase database) {
        List<Map<String, Object>> rows = database.rows("SELECT * FROM t");
        return rows.stream().collect(Collectors.toMap(row -> row.get("id"), row -> row));
    }
}
