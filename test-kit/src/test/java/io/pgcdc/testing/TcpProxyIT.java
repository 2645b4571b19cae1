package io.pgcdc.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@PostgresTest
class TcpProxyIT {

    @Test
    void it_forwards_more_than_its_buffers_hold(TestDatabase database) throws SQLException {
        try (TcpProxy proxy = TcpProxy.to(database.server()); Connection client = connect(proxy, database)) {
            assertThat(answer(client, "SELECT repeat('x', 5000000)")).hasSize(5_000_000);
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }

    @Test
    void a_slowed_connection_takes_its_time_until_it_is_resumed(TestDatabase database) throws SQLException {
        try (TcpProxy proxy = TcpProxy.to(database.server()); Connection client = connect(proxy, database)) {
            proxy.slow(20_000);
            long begun = System.nanoTime();

            assertThat(answer(client, "SELECT repeat('x', 30000)")).hasSize(30_000);

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(1));
            proxy.resume();
            assertThat(answer(client, "SELECT repeat('x', 5000000)")).hasSize(5_000_000);
        }
    }

    @Test
    void a_closed_client_is_gone_on_the_server_too(TestDatabase database) throws SQLException {
        try (TcpProxy proxy = TcpProxy.to(database.server())) {
            connect(proxy, database).close();

            await().untilAsserted(() -> assertThat(proxy.connections()).isZero());
            await().untilAsserted(() -> assertThat(backends(database)).isZero());
        }
    }

    @Test
    void cut_connections_are_dead_on_both_sides_and_new_ones_are_served(TestDatabase database) throws SQLException {
        try (TcpProxy proxy = TcpProxy.to(database.server());
             Connection one = connect(proxy, database);
             Connection two = connect(proxy, database)) {
            proxy.cut();

            assertThat(proxy.connections()).isZero();
            for (Connection client : List.of(one, two)) {
                assertThatThrownBy(() -> answer(client, "SELECT 1")).isInstanceOfSatisfying(PSQLException.class,
                        e -> assertThat(e.getSQLState()).startsWith("08"));
            }
            await().untilAsserted(() -> assertThat(backends(database)).isZero());
            try (Connection again = connect(proxy, database)) {
                assertThat(answer(again, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void refusing_leaves_open_connections_alone_and_ends_with_resume(TestDatabase database) throws SQLException {
        try (TcpProxy proxy = TcpProxy.to(database.server()); Connection open = connect(proxy, database)) {
            proxy.refuse();

            assertThatThrownBy(() -> new Socket(proxy.host(), proxy.port())).isInstanceOf(ConnectException.class);
            assertThat(answer(open, "SELECT 1")).isEqualTo("1");

            proxy.resume();

            try (Connection again = connect(proxy, database)) {
                assertThat(answer(again, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void a_black_hole_is_silent_and_loses_nothing(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE t (id int)");
        try (TcpProxy proxy = TcpProxy.to(database.server()); Connection client = connect(proxy, database)) {
            proxy.blackHole();
            Thread writer = new Thread(() -> insertOne(client));
            writer.start();
            try (Socket fresh = new Socket(proxy.host(), proxy.port())) {
                fresh.setSoTimeout(200);
                fresh.getOutputStream().write(new byte[] { 0, 0, 0, 8, 4, (byte) 210, 22, 47 }); // SSLRequest
                assertThatThrownBy(() -> fresh.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            }
            assertThat(database.count("t")).isZero();
            assertThat(writer.isAlive()).isTrue();

            proxy.resume();

            writer.join(10_000);
            assertThat(database.count("t")).isEqualTo(1);
            assertThat(answer(client, "SELECT count(*) FROM t")).isEqualTo("1");
        }
    }

    @Test
    void connections_in_a_black_hole_can_be_cut(TestDatabase database) throws SQLException {
        try (TcpProxy proxy = TcpProxy.to(database.server()); Connection client = connect(proxy, database)) {
            proxy.blackHole();
            proxy.cut();

            assertThat(proxy.connections()).isZero();
            assertThat(client.isValid(1)).isFalse();
        }
    }

    @Test
    void clients_of_a_server_that_does_not_run_are_reset() throws IOException {
        try (TcpProxy proxy = TcpProxy.to("localhost", LoopbackPorts.free());
             Socket client = new Socket(proxy.host(), proxy.port())) {
            client.setSoTimeout(5_000);
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(IOException.class).isNotInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void connections_beyond_the_bound_are_reset(PostgresServer server) throws IOException {
        List<Socket> clients = new ArrayList<>();
        try (TcpProxy proxy = TcpProxy.to(server)) {
            for (int client = 0; client < 64; client++) {
                clients.add(new Socket(proxy.host(), proxy.port()));
            }
            await().untilAsserted(() -> assertThat(proxy.connections()).isEqualTo(64));
            try (Socket beyond = new Socket(proxy.host(), proxy.port())) {
                beyond.setSoTimeout(5_000);
                assertThatThrownBy(() -> beyond.getInputStream().read())
                        .isInstanceOf(IOException.class).isNotInstanceOf(SocketTimeoutException.class);
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void a_closed_proxy_leaves_no_thread_and_no_connection(TestDatabase database) throws SQLException {
        TcpProxy proxy = TcpProxy.to(database.server());
        Connection forwarding = connect(proxy, database);
        Connection held = connect(proxy, database);
        proxy.blackHole();

        proxy.close();
        proxy.close();

        // Counted down at their very end: a moment later they are gone
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("tcp-proxy-" + proxy.port())));
        assertThat(forwarding.isValid(1)).isFalse();
        assertThat(held.isValid(1)).isFalse();
        assertThatThrownBy(() -> new Socket(proxy.host(), proxy.port())).isInstanceOf(ConnectException.class);
        assertThatThrownBy(proxy::resume).isInstanceOf(IllegalStateException.class);
    }

    private static Connection connect(TcpProxy proxy, TestDatabase database) throws SQLException {
        return DriverManager.getConnection(proxy.url(database) + "?ApplicationName=proxied",
                database.username(), database.password());
    }

    private static String answer(Connection client, String sql) throws SQLException {
        try (Statement statement = client.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static long backends(TestDatabase database) {
        String ofThisDatabase = "application_name = 'proxied' AND datname = current_database()";
        return database.query("SELECT count(*) FROM pg_stat_activity WHERE " + ofThisDatabase, Long.class);
    }

    private static void insertOne(Connection client) {
        try (Statement statement = client.createStatement()) {
            statement.execute("INSERT INTO t VALUES (1)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
