package io.pgcdc.testing;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the wait says when it ends in vain; the component's own tests wait for real pipelines. */
@PostgresTest
class CaughtUpIT {

    private static final Duration NO_LONG_WAIT = Duration.ofMillis(1);

    @Test
    void a_slot_that_is_not_there_is_named_together_with_those_that_are(TestDatabase database) {
        database.execute("SELECT pg_create_logical_replication_slot('another_' || current_database(), 'pgoutput')");

        assertThatThrownBy(() -> database.awaitCaughtUp("orders", NO_LONG_WAIT)).isInstanceOf(AssertionError.class)
                .hasMessageContaining("The pipeline orders has not caught up with " + database)
                .hasMessageContaining("there is no slot pgcdc_" + database.name() + "_orders")
                .hasMessageContaining("[another_" + database.name() + "]");
    }

    @Test
    void a_slot_that_is_behind_is_held_against_the_server(TestDatabase database) {
        String slot = createSlot(database);
        String confirmed = database.confirmedFlush(slot);
        database.execute("CREATE TABLE t (id int PRIMARY KEY)");

        assertThatThrownBy(() -> database.awaitCaughtUp("orders", NO_LONG_WAIT)).isInstanceOf(AssertionError.class)
                .hasMessageContaining("the slot " + slot + " has confirmed " + confirmed + ", the server was at ")
                .hasMessageContaining("bytes ahead")
                .hasMessageContaining("nobody reads the slot");
    }

    @Test
    void tables_that_are_not_copied_are_named_even_if_the_slot_is_ahead(TestDatabase database) {
        String slot = createSlot(database);
        database.execute("CREATE SCHEMA \"My state\"",
                "CREATE TABLE \"My state\".pipeline (pipeline text, slot_name text, database text)",
                "CREATE TABLE \"My state\".table_state (pipeline text, schema_name text, table_name text, state text)",
                "INSERT INTO \"My state\".pipeline VALUES ('orders', '" + slot + "', current_database())");
        assertThatThrownBy(() -> database.awaitCaughtUp("orders", NO_LONG_WAIT)).hasMessageContaining("not looked at yet");

        database.execute("INSERT INTO \"My state\".table_state VALUES ('orders', 'public', 'done', 'READY'),"
                         + " ('orders', 'public', 'gone', 'GONE'), ('orders', 'public', 'big', 'COPYING'), ('another', 'public', 'other', 'COPYING')");

        for (String name : new String[] { "orders", slot }) {
            assertThatThrownBy(() -> database.awaitCaughtUp(name, NO_LONG_WAIT)).isInstanceOf(AssertionError.class)
                    .hasMessageContaining("not yet copied: [public.big (COPYING)]");
        }
    }

    @Test
    void a_copy_of_a_pipeline_whose_state_is_elsewhere_is_seen_by_its_slot(TestDatabase database) {
        String slot = createSlot(database);
        database.execute("SELECT pg_create_logical_replication_slot('" + slot + "_sync_1', 'pgoutput')");

        assertThatThrownBy(() -> database.awaitCaughtUp(slot, NO_LONG_WAIT))
                .hasMessageContaining("not yet copied: [" + slot + "_sync_1]");
    }

    @Test
    void a_server_that_does_not_answer_is_waited_for_and_said() {
        try (PostgresServer server = PostgresServer.start(PostgresSelection.defaultMajor());
             TestDatabase database = server.createDatabase()) {
            createSlot(database);
            server.stop();

            assertThatThrownBy(() -> database.awaitCaughtUp("orders", NO_LONG_WAIT))
                    .isInstanceOf(AssertionError.class).hasMessageContaining("the server does not answer")
                    .hasRootCauseInstanceOf(java.net.ConnectException.class);
        }
    }

    @Test
    void a_slot_that_nobody_reads_is_not_caught_up(TestDatabase database) {
        createSlot(database);

        assertThatThrownBy(() -> database.awaitCaughtUp("orders", NO_LONG_WAIT))
                .hasMessageContaining("nobody reads the slot").hasMessageContaining("no copy is under way");
    }

    private static String createSlot(TestDatabase database) {
        String slot = "pgcdc_" + database.name() + "_orders";
        database.execute("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        return slot;
    }
}
