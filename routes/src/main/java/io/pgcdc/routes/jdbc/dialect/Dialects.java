package io.pgcdc.routes.jdbc.dialect;

import java.sql.Connection;
import java.sql.SQLException;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/** The dialects that are there. */
public final class Dialects {

    private Dialects() {
    }

    /**
     * The dialect of what a connection leads to.
     *
     * @throws PgCdcException if there is none
     */
    public static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> new PostgresDialect();
            case "DuckDB" -> new DuckDbDialect(connection.getCatalog());
            case "H2" -> new H2Dialect();
            default -> throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "pgcdc-jdbc has no dialect for " + product,
                    "Give it one with the option dialect=#bean");
        };
    }
}
