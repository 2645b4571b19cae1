package io.pgcdc.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.testcontainers.containers.PostgreSQLContainer;

/**
 * A server in a container of the official image. Its port on the host is chosen here and bound, since Docker would give
 * another one after a restart.
 */
@SuppressWarnings("deprecation") // this class name is the one that Testcontainers 1 and 2 share
final class TestcontainersBackend implements ServerBackend {

    private static final String SUPERUSER = "postgres";
    private static final String PASSWORD = "superuser-secret";
    private static final Duration STARTUP_WAIT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private final int port = LoopbackPorts.free();
    private final PostgreSQLContainer<?> container;

    private TestcontainersBackend(int major, Map<String, String> settings) {
        container = new PostgreSQLContainer<>("postgres:" + major)
                .withUsername(SUPERUSER)
                .withPassword(PASSWORD)
                .withDatabaseName("postgres");
        container.setPortBindings(List.of(port + ":" + PostgreSQLContainer.POSTGRESQL_PORT));
        container.setCommandParts(command(ServerSettings.with(settings)));
    }

    static TestcontainersBackend start(int major, Map<String, String> settings) {
        TestcontainersBackend backend = new TestcontainersBackend(major, settings);
        backend.container.start();
        return backend;
    }

    @Override
    public String host() {
        return container.getHost();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String username() {
        return SUPERUSER;
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    public void start() {
        container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
        if (!Polling.until(STARTUP_WAIT, POLL_INTERVAL, this::answers)) {
            throw new IllegalStateException("PostgreSQL in its container did not answer on port " + port + " again");
        }
    }

    @Override
    public void stop() {
        // The image's stop signal is SIGINT, which is PostgreSQL's fast shutdown; Docker kills after its grace period
        container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void kill() {
        container.getDockerClient().killContainerCmd(container.getContainerId()).withSignal("SIGKILL").exec();
    }

    @Override
    public void close() {
        container.stop(); // which also removes it; after a killed JVM Ryuk does
    }

    private boolean answers() {
        try (Connection connection = DriverManager.getConnection(url("postgres"), SUPERUSER, PASSWORD)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static String[] command(Map<String, String> settings) {
        return Stream.concat(
                Stream.of("postgres"),
                settings.entrySet().stream().flatMap(
                        setting -> Stream.of("-c", setting.getKey() + "=" + setting.getValue())))
                .toArray(String[]::new);
    }
}
