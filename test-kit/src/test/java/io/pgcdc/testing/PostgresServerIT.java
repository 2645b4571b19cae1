package io.pgcdc.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.util.PSQLException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class PostgresServerIT {

    @ParameterizedTest
    @PostgresMajors
    void a_server_is_of_its_major_and_ready_for_logical_replication(PostgresServer server, TestDatabase database) {
        assertThat(database.query("SHOW server_version_num", Integer.class) / 10_000).isEqualTo(server.major());
        assertThat(database.query("SHOW wal_level", String.class)).isEqualTo("logical");
        assertThat(database.query("SHOW synchronous_commit", String.class)).isEqualTo("on");
        assertThat(database.query("SHOW max_replication_slots", Integer.class)).isEqualTo(60);
        assertThat(database.query("SHOW max_wal_senders", Integer.class)).isEqualTo(60);
        assertThat(database.query("SHOW max_connections", Integer.class)).isEqualTo(200);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_logical_slot_sees_a_committed_row(TestDatabase database) {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)",
                "SELECT pg_create_logical_replication_slot('seen', 'test_decoding')",
                "INSERT INTO t VALUES (1)");

        assertThat(database.rows("SELECT data FROM pg_logical_slot_get_changes('seen', NULL, NULL)"))
                .extracting(row -> row.get("data"))
                .contains("table public.t: INSERT: id[integer]:1");
    }

    @ParameterizedTest
    @PostgresMajors
    void a_restart_keeps_data_slots_settings_and_address(int major) {
        try (PostgresServer server = PostgresServer.start(major, Map.of("max_slot_wal_keep_size", "64MB"));
             TestDatabase database = server.createDatabase()) {
            String url = database.url();
            database.execute("CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)",
                    "SELECT pg_create_logical_replication_slot('kept', 'pgoutput')");

            server.restart();

            assertThat(database.url()).isEqualTo(url);
            assertThat(database.count("t")).isEqualTo(1);
            assertThat(database.slots()).containsExactly("kept");
            assertThat(database.query("SHOW max_slot_wal_keep_size", String.class)).isEqualTo("64MB");
            assertThat(database.query("SHOW wal_level", String.class)).isEqualTo("logical");
            assertThat(database.query("SHOW synchronous_commit", String.class)).isEqualTo("on");
        }
    }

    @ParameterizedTest
    @PostgresMajors
    void a_crash_cuts_clients_off_and_loses_nothing_committed(int major) throws SQLException {
        try (PostgresServer server = PostgresServer.start(major);
             TestDatabase database = server.createDatabase();
             Connection client = database.connect()) {
            database.execute("CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)",
                    "SELECT pg_create_logical_replication_slot('kept', 'pgoutput')");
            String before = database.query("SELECT pg_postmaster_start_time()", String.class);

            server.crashAndRestart();

            assertThat(client.isValid(1)).isFalse();
            assertThat(database.count("t")).isEqualTo(1);
            assertThat(database.slots()).containsExactly("kept");
            assertThat(database.query("SELECT pg_postmaster_start_time()", String.class)).isNotEqualTo(before);
        }
    }

    @ParameterizedTest
    @PostgresMajors
    void a_stopped_server_refuses_connections_until_it_is_started_again(int major) {
        try (PostgresServer server = PostgresServer.start(major); TestDatabase database = server.createDatabase()) {
            server.stop();
            assertThatThrownBy(database::connect).isInstanceOfSatisfying(PSQLException.class,
                    e -> assertThat(e.getSQLState()).isEqualTo("08001"));
            assertThatThrownBy(server::kill).isInstanceOf(IllegalStateException.class).hasMessageContaining("STOPPED");

            server.startAgain();

            assertThat(database.query("SELECT 1", Integer.class)).isEqualTo(1);
        }
    }

    @Test
    void a_server_whose_replication_client_confirms_nothing_still_stops() throws SQLException {
        try (PostgresServer server = PostgresServer.start(PostgresSelection.defaultMajor());
             TestDatabase database = server.createDatabase()) {
            database.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE PUBLICATION p FOR TABLE t",
                    "SELECT pg_create_logical_replication_slot('held', 'pgoutput')", "INSERT INTO t VALUES (1)");
            try (Connection client = replicationConnection(database)) {
                PGReplicationStream stream = client.unwrap(PGConnection.class).getReplicationAPI().replicationStream()
                        .logical().withSlotName("held").withSlotOption("proto_version", 1)
                        .withSlotOption("publication_names", "p").withStatusInterval(0, TimeUnit.SECONDS).start();
                await().until(() -> stream.readPending() != null);

                server.stop();
                server.startAgain();

                assertThat(database.count("t")).isEqualTo(1);
                client.abort(Runnable::run); // pgjdbc's close() may throw when the server is gone
            }
        }
    }

    @Test
    void settings_of_a_server_can_be_replaced_and_altered_while_it_runs() {
        Map<String, String> settings = Map.of("wal_level", "replica", "log_line_prefix", "it's %p ");
        try (PostgresServer server = PostgresServer.start(PostgresSelection.defaultMajor(), settings);
             TestDatabase database = server.createDatabase()) {
            assertThat(database.query("SHOW wal_level", String.class)).isEqualTo("replica");
            assertThat(database.query("SHOW log_line_prefix", String.class)).isEqualTo("it's %p ");

            database.execute("ALTER SYSTEM SET wal_level = 'logical'");
            server.restart();

            assertThat(database.query("SHOW wal_level", String.class)).isEqualTo("logical");
        }
    }

    @Test
    void a_shared_server_survives_its_close() {
        PostgresServer server = PostgresServer.shared();

        server.close();

        assertThat(PostgresServer.shared()).isSameAs(server);
        try (TestDatabase database = server.createDatabase()) {
            assertThat(database.query("SELECT 1", Integer.class)).isEqualTo(1);
        }
    }

    @Test
    void a_wrong_password_is_refused() {
        try (TestDatabase database = PostgresServer.shared().createDatabase()) {
            assertThatThrownBy(() -> DriverManager.getConnection(database.url(), database.username(), "wrong"))
                    .isInstanceOfSatisfying(PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        }
    }

    static Connection replicationConnection(TestDatabase database) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, database.username());
        PGProperty.PASSWORD.set(properties, database.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
        return DriverManager.getConnection(database.url(), properties);
    }
}
