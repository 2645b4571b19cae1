package io.pgcdc.examples.quickstart;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;

import org.postgresql.Driver;

/**
 * Where the changes come from.
 *
 * @param url         JDBC URL
 * @param username    may be null
 * @param password    may be null
 * @param publication the publication to read
 */
record Source(String url, String username, String password, String publication) {

    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "pgcdc quick start");
        if (username != null) {
            properties.setProperty("user", username);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        Connection connection = new Driver().connect(url, properties);
        if (connection == null) {
            throw new SQLException("-Dpgcdc.url must have the form jdbc:postgresql://host:port/database");
        }
        return connection;
    }

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "publication " + publication;
    }
}
