package io.pgcdc.postgres;

import java.util.Objects;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/**
 * Where and as whom to connect. {@link #toString()} holds neither password nor URL parameters.
 *
 * @param url             a JDBC URL {@code jdbc:postgresql://host[:port][,host…]/database[?parameters]}
 * @param username        may be {@code null} if the URL or the environment says it
 * @param password        may be {@code null}
 * @param applicationName what {@code pg_stat_activity} shows
 */
public record ConnectionSettings(String url, String username, String password, String applicationName) {

    private static final String PREFIX = "jdbc:postgresql:";

    public ConnectionSettings {
        Objects.requireNonNull(applicationName, "applicationName");
        if (url == null || url.isBlank()) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The option url is missing",
                    "Set url=jdbc:postgresql://host:5432/database on the endpoint or once on the component"
                                                                          + " (camel.component.pgcdc.url)");
        }
        if (!url.startsWith(PREFIX)) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The option url is not a JDBC URL of PostgreSQL",
                    "It must look like jdbc:postgresql://host:5432/database");
        }
    }

    /** The same place for connections with another name. */
    public ConnectionSettings named(String name) {
        return new ConnectionSettings(url, username, password, name);
    }

    /** The servers and the database, without any parameter: fit for messages. */
    public String where() {
        String rest = url.substring(PREFIX.length());
        int parameters = rest.indexOf('?');
        rest = parameters < 0 ? rest : rest.substring(0, parameters);
        while (rest.startsWith("/")) {
            rest = rest.substring(1);
        }
        return rest.substring(rest.lastIndexOf('@') + 1);
    }

    @Override
    public String toString() {
        return where() + (username == null ? "" : " as " + username);
    }
}
