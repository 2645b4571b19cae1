package io.pgcdc.routes.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.TestDatabase;

/** A database to write to, of any kind, for one test. */
public final class SinkDatabase implements AutoCloseable {

    public enum Kind {
        POSTGRES,
        DUCKDB,
        H2;

        /** Of a list with commas. */
        static List<Kind> named(String names) {
            return Stream.of(names.toUpperCase(Locale.ROOT).split(",")).map(Kind::valueOf).toList();
        }
    }

    private final Kind kind;
    private final TestDatabase postgres;
    private final Path directory;
    private final Connection open;

    private SinkDatabase(Kind kind, TestDatabase postgres, Path directory, Connection open) {
        this.kind = kind;
        this.postgres = postgres;
        this.directory = directory;
        this.open = open;
    }

    public static SinkDatabase create(Kind kind) {
        return create(kind, PostgresServer.shared());
    }

    /** @param server where one of PostgreSQL is made */
    public static SinkDatabase create(Kind kind, PostgresServer server) {
        SinkDatabase database = forOtherProcess(kind, server);
        try {
            return kind == Kind.DUCKDB
                    // DuckDB is closed with the last connection, and opened again takes half a second.
                    ? new SinkDatabase(kind, null, database.directory, database.connect())
                    : database;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One that this process does not hold, for one process at a time can open a file of DuckDB. */
    public static SinkDatabase forOtherProcess(Kind kind, PostgresServer server) {
        try {
            return kind == Kind.POSTGRES
                    ? new SinkDatabase(kind, server.createDatabase(), null, null)
                    : new SinkDatabase(kind, null, Files.createTempDirectory("pgcdc-sink"), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Kind kind() {
        return kind;
    }

    public String url() {
        return switch (kind) {
            case POSTGRES -> postgres.url();
            case DUCKDB -> "jdbc:duckdb:" + directory.resolve("sink.duckdb");
            case H2 -> "jdbc:h2:" + directory.resolve("sink");
        };
    }

    /** Of an endpoint that writes to it. */
    public String options() {
        return "url=RAW(" + url() + ")" + (kind == Kind.POSTGRES
                ? "&username=RAW(" + postgres.username() + ")&password=RAW(" + postgres.password() + ")" : "");
    }

    Connection connect() throws SQLException {
        return kind == Kind.POSTGRES ? postgres.connect() : DriverManager.getConnection(url());
    }

    void execute(String... statements) {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The rows of a query, each value as text. */
    public List<List<String>> texts(String sql) {
        try (Connection connection = connect();
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery(sql)) {
            List<List<String>> rows = new ArrayList<>();
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    values.add(row.getString(i));
                }
                rows.add(values);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException("SQL failed: " + sql, e);
        }
    }

    /** The one value of a query as text. */
    public String text(String sql) {
        List<List<String>> rows = texts(sql);
        if (rows.size() != 1) {
            throw new IllegalStateException(rows.size() + " rows: " + sql);
        }
        return rows.get(0).get(0);
    }

    @Override
    public void close() {
        try {
            if (open != null) {
                open.close();
            }
            if (postgres != null) {
                postgres.close();
            }
            if (directory != null) {
                try (Stream<Path> files = Files.walk(directory)) {
                    files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return kind.name();
    }
}
