package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.List;

import io.pgcdc.routes.jdbc.dialect.ColumnType;
import io.pgcdc.routes.jdbc.dialect.Dialect;

/** What the changes of one segment come to, and how the destination's table takes it. */
interface RowChanges {

    /** The types of the stage's columns. */
    List<ColumnType> stageColumns();

    /** The rows of the stage: {@code op}, {@code absent}, and a value for each of its columns. */
    Iterator<Object[]> stageRows();

    /** Brings the rows of the stage into the table. */
    void merge(Statement statement, String stage) throws SQLException;

    /** Does all of it in the transaction of the connection. */
    default void apply(Connection connection, Dialect dialect) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String stage = dialect.createStage(statement, stageColumns());
            dialect.load(connection, stageColumns(), stageRows());
            merge(statement, stage);
        }
    }
}
