package io.pgcdc.testing;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

@PostgresTest
class FreshDatabaseIT {

    @Test
    void a_query_gives_one_value_as_the_type_asked_for(TestDatabase database) {
        assertThat(database.query("SELECT '{\"a\": 1}'::jsonb", String.class)).isEqualTo("{\"a\": 1}");
        assertThat(database.query("SELECT 7::smallint", Long.class)).isEqualTo(7);
        assertThat(database.query("SELECT 7", Integer.class)).isEqualTo(7);
        assertThat(database.query("SELECT 1.50", BigDecimal.class)).isEqualTo(new BigDecimal("1.50"));
        assertThat(database.query("SELECT 1 = 1", Boolean.class)).isTrue();
        assertThat(database.query("SELECT date '2024-02-29'", LocalDate.class)).isEqualTo("2024-02-29");
        assertThat(database.query("SELECT null::int", Integer.class)).isNull();
        assertThatThrownBy(() -> database.query("SELECT 1 WHERE false", Integer.class))
                .hasMessageContaining("no row");
        assertThatThrownBy(() -> database.query("VALUES (1), (2)", Integer.class))
                .hasMessageContaining("more than one row");
    }

    @Test
    void rows_come_with_their_columns_in_order(TestDatabase database) {
        List<Map<String, Object>> rows = database.rows("SELECT 2 AS b, ARRAY['x', null] AS a, '[1,3)'::int4range AS r");

        assertThat(rows).hasSize(1);
        assertThat(rows.get(0)).containsExactly(
                entry("b", 2), entry("a", Arrays.asList("x", null)), entry("r", "[1,3)"));
    }

    @Test
    void failed_sql_is_named(TestDatabase database) {
        assertThatThrownBy(() -> database.execute("SELECT 1", "SELECT nonsense"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SELECT nonsense")
                .hasCauseInstanceOf(SQLException.class);
    }

    @Test
    void slots_are_those_of_this_database_and_tell_what_was_confirmed(TestDatabase one, TestDatabase other) {
        String before = one.currentLsn();
        one.execute("SELECT pg_create_logical_replication_slot('of_one_' || current_database(), 'pgoutput')");
        other.execute("SELECT pg_create_logical_replication_slot('of_other_' || current_database(), 'pgoutput')");

        assertThat(one.slots()).containsExactly("of_one_" + one.name());
        assertThat(one.query("SELECT '%s'::pg_lsn >= '%s'::pg_lsn"
                .formatted(one.confirmedFlush("of_one_" + one.name()), before), Boolean.class)).isTrue();
        assertThatThrownBy(() -> one.confirmedFlush("missing")).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_closed_database_is_gone_with_all_that_was_in_use(PostgresServer server) throws SQLException {
        TestDatabase database = server.createDatabase("In Use's");
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE PUBLICATION p FOR TABLE t",
                "SELECT pg_create_logical_replication_slot('in_use', 'pgoutput')",
                "SELECT pg_create_logical_replication_slot('not_in_use', 'pgoutput')");
        database.createUser("in user's", "it's secret", "REPLICATION");
        database.execute("GRANT ALL ON t TO \"in user's\"");
        try (Connection user = DriverManager.getConnection(database.url(), "in user's", "it's secret")) {
            user.setAutoCommit(false);
            user.createStatement().execute("INSERT INTO t VALUES (1)");
            user.createStatement().execute("PREPARE TRANSACTION 'left over'");
        }
        try (Connection idle = database.connect();
             Connection replicating = PostgresServerIT.replicationConnection(database);
             TestDatabase observer = server.createDatabase()) {
            PGReplicationStream stream = replicating.unwrap(PGConnection.class).getReplicationAPI().replicationStream()
                    .logical().withSlotName("in_use").withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", "p").start();
            await().until(() -> database.query(
                    "SELECT active FROM pg_replication_slots WHERE slot_name = 'in_use'", Boolean.class));

            database.close();

            assertThat(idle.isValid(1)).isFalse();
            assertThatThrownBy(() -> {
                while (true) {
                    stream.read();
                }
            }).isInstanceOf(SQLException.class);
            replicating.abort(Runnable::run); // pgjdbc's close() throws when the server is gone
            assertThat(observer.rows("SELECT FROM pg_database WHERE datname = 'In Use''s'")).isEmpty();
            assertThat(observer.rows("SELECT FROM pg_replication_slots WHERE slot_name LIKE '%in_use'")).isEmpty();
            assertThat(observer.rows("SELECT FROM pg_roles WHERE rolname = 'in user''s'")).isEmpty();
        }
    }

    @Test
    void closing_twice_or_after_its_server_is_harmless() {
        TestDatabase database;
        try (PostgresServer server = PostgresServer.start(PostgresSelection.defaultMajor())) {
            TestDatabase closed = server.createDatabase();
            closed.close();
            closed.close();
            database = server.createDatabase();
        }
        database.close();
    }
}
