package io.pgcdc.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;

/** Binds values to SQL. */
final class Statements {

    private Statements() {
    }

    /** One text of each row. */
    static <T> String[] texts(Collection<T> rows, Function<T, String> text) {
        return rows.stream().map(text).toArray(String[]::new);
    }

    /** Runs a statement with its values bound; gives the number of rows. */
    static int update(Connection connection, String text, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, text, values)) {
            return statement.executeUpdate();
        }
    }

    /** A statement with its values bound, Java arrays as SQL arrays. */
    static PreparedStatement prepared(Connection connection, String text, Object... values)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text);
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Object[] array) {
                statement.setArray(i + 1, connection.createArrayOf(typeName(array), array));
            } else {
                statement.setObject(i + 1, values[i]);
            }
        }
        return statement;
    }

    private static String typeName(Object[] array) {
        if (array instanceof Long[]) {
            return "int8";
        }
        if (array instanceof Integer[]) {
            return "int4";
        }
        return array instanceof Boolean[] ? "bool" : "text";
    }
}
