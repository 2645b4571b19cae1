package io.pgcdc.examples.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;

import org.duckdb.DuckDBDriver;

/**
 * The DuckDB file that is kept. One process at a time can open it, so it is held open here for as long as this runs;
 * everybody within the process may connect to it.
 */
final class DuckDbFile implements AutoCloseable {

    private final Path path;
    private final Connection holder;

    private DuckDbFile(Path path, Connection holder) {
        this.path = path;
        this.holder = holder;
    }

    static DuckDbFile open(Path path) throws SQLException {
        return new DuckDbFile(path, connect(path));
    }

    /** Removes one, with what DuckDB keeps beside it. */
    static void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
        Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".wal"));
    }

    Path path() {
        return path;
    }

    String url() {
        return url(path);
    }

    Connection connect() throws SQLException {
        return connect(path);
    }

    private static Connection connect(Path path) throws SQLException {
        return new DuckDBDriver().connect(url(path), new Properties());
    }

    private static String url(Path path) {
        return "jdbc:duckdb:" + path;
    }

    @Override
    public void close() throws SQLException {
        holder.close();
    }
}
