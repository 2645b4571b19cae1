package io.pgcdc.examples.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;

/** A PostgreSQL server of our own with a shop in it, gone when closed. */
final class EmbeddedShop implements AutoCloseable {

    static final int CUSTOMERS = 20_000;
    static final int ORDERS = 60_000;
    static final int ITEMS_PER_ORDER = 2;

    private final EmbeddedPostgres server;
    private final Source source;

    private EmbeddedShop(EmbeddedPostgres server) {
        this.server = server;
        this.source = new Source(server.getJdbcUrl("postgres", "postgres"), "postgres", null, Settings.PUBLICATION);
    }

    /** Starts the server; {@link #fill()} makes the shop. */
    @SuppressWarnings("resource")
    static EmbeddedShop start(Path serverLog) throws IOException, InterruptedException {
        Path dataDirectory = Files.createTempDirectory("pgcdc-quickstart-");
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(dataDirectory)
                .setServerConfig("wal_level", "logical")
                // INVARIANT: PostgreSQL decodes flushed WAL only; without this each change waits for the WAL writer
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_replication_slots", "20")
                .setServerConfig("max_wal_senders", "20")
                // we stop it ourselves, after everything that uses it
                .setRegisterShutdownHook(false)
                .start();
        EmbeddedShop shop = new EmbeddedShop(server);
        try {
            shop.detachFromTerminal(dataDirectory, serverLog);
            return shop;
        } catch (IOException | InterruptedException | RuntimeException e) {
            shop.close();
            throw e;
        }
    }

    Source source() {
        return source;
    }

    void fill() throws SQLException, IOException {
        try (Connection connection = source.connect(); Statement statement = connection.createStatement()) {
            statement.execute(script("shop.sql"));
        }
    }

    private static String script(String name) throws IOException {
        try (var script = EmbeddedShop.class.getResourceAsStream(name)) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * Ctrl-C reaches every process of the terminal's foreground group, and PostgreSQL would stop by itself before we
     * have read its last changes. {@code pg_ctl} starts servers in a session of their own.
     */
    private void detachFromTerminal(Path dataDirectory, Path serverLog) throws IOException, InterruptedException {
        Path program = server.getProcess().info().command().map(Path::of).orElse(null);
        if (program == null || !Files.isExecutable(program.resolveSibling("pg_ctl"))) {
            return;
        }
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            // PostgreSQL refuses to run as root
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(program.resolveSibling("pg_ctl").toString(), "restart", "-w", "-s", "-m", "fast",
                "-D", dataDirectory.toString(), "-l", serverLog.toString()));
        Process restart = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(serverLog.resolveSibling("pg_ctl.log").toFile())
                .start();
        if (!restart.waitFor(30, TimeUnit.SECONDS) || restart.exitValue() != 0) {
            throw new IOException("The embedded PostgreSQL did not start again, see " + serverLog);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
