package io.pgcdc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.opentest4j.TestAbortedException;

/**
 * A hot standby of an embedded {@link PostgresServer} by streaming replication, with a physical slot of its own there
 * ({@value #SLOT}), so one for each primary. User and password are those of the primary. It can be promoted. It lives
 * beside the primary's data and goes with them; close it before the primary.
 *
 * <p>
 * The test is aborted where the primary's files are out of reach (a container, an external server).
 */
public final class PhysicalStandby implements AutoCloseable {

    /** Its slot on the primary, as {@code synchronized_standby_slots} wants it. */
    public static final String SLOT = "standby_1";

    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration GLANCE = Duration.ofMillis(50);
    /** What a base backup leaves out (PostgreSQL documentation, "Making a Base Backup Using the Low Level API"). */
    private static final Set<String> EMPTY
            = Set.of("pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp",
                    "pg_subtrans");
    private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts", "epg-lock");

    private final PostgresServer primary;
    private final Path data;
    private final int port = LoopbackPorts.free();

    private PhysicalStandby(PostgresServer primary, Path data) {
        this.primary = primary;
        this.data = data;
    }

    /**
     * Copies the running primary and starts the copy; returns when it answers.
     *
     * @param settings for the standby alone
     */
    public static PhysicalStandby of(PostgresServer primary, Map<String, String> settings) {
        try (Connection connection = primary.connectForMaintenance();
             Statement statement = connection.createStatement()) {
            Path source = Path.of(single(statement, "SHOW data_directory"));
            if (!Files.isReadable(source.resolve("PG_VERSION"))) {
                throw new TestAbortedException("needs a PostgreSQL whose files are at hand");
            }
            PhysicalStandby standby = new PhysicalStandby(primary, source.resolveSibling("standby"));
            standby.copy(statement, source);
            standby.configure(settings);
            standby.start(statement);
            return standby;
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("no standby of " + primary, e);
        }
    }

    public String host() {
        return "localhost";
    }

    public int port() {
        return port;
    }

    /** The JDBC URL of a database that the standby has of its primary. */
    public String url(String database) {
        return "jdbc:postgresql://" + host() + ":" + port + "/" + database;
    }

    /** Makes it a primary; returns when it is. */
    public void promote() {
        query("postgres", "SELECT pg_promote(true, 60)");
    }

    /** Waits until it has replayed all that the primary has written by now. */
    public void awaitReplayed() {
        String lsn;
        try (Connection connection = primary.connectForMaintenance();
             Statement statement = connection.createStatement()) {
            lsn = single(statement, "SELECT pg_current_wal_lsn()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        String replayed = "SELECT pg_last_wal_replay_lsn() >= '" + lsn + "'";
        if (!Polling.until(WAIT, GLANCE, () -> "t".equals(query("postgres", replayed)))) {
            throw new IllegalStateException(this + " has not replayed " + lsn + " after " + WAIT.toSeconds() + " s");
        }
    }

    /** Runs the statements in a database of the promoted standby, each in its own transaction. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("SQL failed on the standby: " + String.join("; ", statements), e);
        }
    }

    /** The first column of a query's first row as text, or {@code null} if there is no row. */
    public String query(String database, String sql) {
        try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
            return single(statement, sql);
        } catch (SQLException e) {
            throw new IllegalStateException("SQL failed on the standby: " + sql, e);
        }
    }

    /** All rows of a query, each as the text of a map from column to value. */
    public List<String> rows(String database, String sql) {
        try (Connection connection = connect(database);
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                Map<String, String> columns = new LinkedHashMap<>();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    columns.put(row.getMetaData().getColumnLabel(column), row.getString(column));
                }
                rows.add(columns.toString());
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException("SQL failed on the standby: " + sql, e);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), primary.username(), primary.password());
    }

    /** Ends it; its files go with those of the primary. */
    @Override
    public void close() {
        Postmaster.of(data).ifPresent(Postmaster::kill);
    }

    @Override
    public String toString() {
        return "standby at " + host() + ":" + port + " of " + primary;
    }

    private void copy(Statement statement, Path source) throws SQLException, IOException {
        boolean newNames = primary.major() >= 15;
        statement.execute("SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
        statement.execute(
                newNames ? "SELECT pg_backup_start('standby', true)" : "SELECT pg_start_backup('standby', true, false)");
        copyFiles(source);
        Files.writeString(data.resolve("backup_label"), single(statement, newNames
                ? "SELECT labelfile FROM pg_backup_stop(false)" : "SELECT labelfile FROM pg_stop_backup(false, false)"));
    }

    private void copyFiles(Path source) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path copy = data.resolve(source.relativize(directory).toString());
                Files.createDirectory(copy);
                copy.toFile().setReadable(false, false);
                copy.toFile().setReadable(true, true);
                copy.toFile().setExecutable(false, false);
                copy.toFile().setExecutable(true, true);
                return EMPTY.contains(source.relativize(directory).toString())
                        ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!LEFT_OUT.contains(file.getFileName().toString())) {
                    try {
                        Files.copy(file, data.resolve(source.relativize(file).toString()));
                    } catch (NoSuchFileException e) {
                        // Removed meanwhile: what the backup needs of it is in the log.
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    private void configure(Map<String, String> settings) throws IOException {
        Files.createFile(data.resolve("standby.signal"));
        StringBuilder lines = new StringBuilder("\n# Settings of the standby\n");
        // The name of a database is what the synchronization of slots connects to.
        lines.append("primary_conninfo = 'host=%s port=%d user=%s password=%s dbname=postgres'%n".formatted(
                primary.host(), primary.port(), primary.username(), primary.password()));
        lines.append("primary_slot_name = '" + SLOT + "'\n");
        lines.append("hot_standby_feedback = on\n");
        lines.append("wal_receiver_status_interval = 1s\n");
        settings.forEach((name, value) -> lines.append(name).append(" = '").append(value.replace("'", "''"))
                .append("'\n"));
        Files.writeString(data.resolve("postgresql.auto.conf"), lines, StandardOpenOption.APPEND);
    }

    private void start(Statement onPrimary) throws SQLException, IOException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U")); // as zonky does: PostgreSQL refuses to be root
        }
        command.add(single(onPrimary, "SELECT setting FROM pg_config WHERE name = 'BINDIR'") + "/postgres");
        command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
        // A standby must have as many as its primary, where zonky gives it on the command line.
        command.addAll(List.of("-c", "max_connections=" + single(onPrimary, "SHOW max_connections")));
        Path log = data.resolveSibling("standby.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(Redirect.appendTo(log.toFile())).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "pgcdc-test-standby-closer"));
        if (!Polling.until(WAIT, GLANCE, this::answers)) {
            close();
            throw new IllegalStateException(this + " did not start:\n" + tail(log));
        }
    }

    private boolean answers() {
        try {
            return "t".equals(query("postgres", "SELECT pg_is_in_recovery()"));
        } catch (IllegalStateException e) {
            return false; // it starts
        }
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String single(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
