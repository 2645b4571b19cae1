package io.pgcdc.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

import org.opentest4j.TestAbortedException;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * A server that somebody else runs, at {@code pgcdc.test.postgres.url}, {@code .username} (a superuser) and
 * {@code .password}. Tests that need it stopped, or with other settings, are aborted.
 */
final class ExternalBackend implements ServerBackend {

    private static final String URL = "pgcdc.test.postgres.url";
    private static final String USERNAME = "pgcdc.test.postgres.username";
    private static final String PASSWORD = "pgcdc.test.postgres.password";

    private final String parameters;
    private final String host;
    private final int port;
    private final String username;
    private final String password;
    private final int major;

    private ExternalBackend(String url, String username, String password) {
        Properties parts = Driver.parseURL(url, null);
        if (parts == null) {
            throw new IllegalStateException("-D" + URL + "=" + url + ": expected jdbc:postgresql://host:port/database");
        }
        this.host = PGProperty.PG_HOST.getOrDefault(parts);
        this.port = Integer.parseInt(PGProperty.PG_PORT.getOrDefault(parts));
        this.parameters = url.contains("?") ? url.substring(url.indexOf('?')) : "";
        this.username = username;
        this.password = password;
        this.major = checkedMajor(url);
    }

    /** @throws TestAbortedException if settings are asked for, which cannot be given */
    static ExternalBackend configured(Map<String, String> settings) {
        if (!settings.isEmpty()) {
            throw new TestAbortedException("needs a server with " + settings + "; this one is somebody else's");
        }
        return Configured.SERVER;
    }

    int major() {
        return major;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String username() {
        return username;
    }

    @Override
    public String password() {
        return password;
    }

    @Override
    public String url(String database) {
        return ServerBackend.super.url(database) + parameters;
    }

    @Override
    public void start() {
        throw notOurs();
    }

    @Override
    public void stop() {
        throw notOurs();
    }

    @Override
    public void kill() {
        throw notOurs();
    }

    @Override
    public void close() {
        // It was running before
    }

    private static TestAbortedException notOurs() {
        return new TestAbortedException("needs a server that it may stop; this one is somebody else's");
    }

    private int checkedMajor(String url) {
        try (Connection connection = DriverManager.getConnection(url, username, password);
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("SHOW wal_level")) {
            row.next();
            String walLevel = row.getString(1);
            if (!walLevel.equals("logical")) {
                throw new IllegalStateException(url + ": wal_level is " + walLevel + ", the tests need logical");
            }
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new IllegalStateException("the external server does not answer at " + url, e);
        }
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("-Dpgcdc.test.postgres=external needs -D" + name);
        }
        return value;
    }

    private static final class Configured {
        private static final ExternalBackend SERVER
                = new ExternalBackend(property(URL), property(USERNAME), property(PASSWORD));
    }
}
