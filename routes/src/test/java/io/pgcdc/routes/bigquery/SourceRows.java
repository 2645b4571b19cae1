package io.pgcdc.routes.bigquery;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.ByteString;
import io.pgcdc.testing.TestDatabase;

/** The rows of a table of the source, with values as the fake has them. */
final class SourceRows {

    private SourceRows() {
    }

    static List<Map<String, Object>> of(TestDatabase database, String table) {
        try (Connection connection = database.connect();
             Statement statement = connection.createStatement();
             ResultSet result = statement.executeQuery("SELECT * FROM " + table)) {
            List<Map<String, Object>> rows = new java.util.ArrayList<>();
            while (result.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                ResultSetMetaData columns = result.getMetaData();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.put(columns.getColumnName(i), value(result, i, columns.getColumnTypeName(i), columns.getPrecision(i)));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object value(ResultSet result, int i, String type, int precision) throws SQLException {
        if (result.getObject(i) == null) {
            return null;
        }
        return switch (type) {
            case "bool" -> result.getBoolean(i);
            case "int2", "int4", "int8", "bigserial", "serial" -> result.getLong(i);
            case "float4", "float8" -> result.getDouble(i);
            case "numeric" -> precision == 0 ? result.getString(i) : number(result.getBigDecimal(i));
            case "bytea" -> ByteString.copyFrom(result.getBytes(i));
            case "date" -> result.getObject(i, LocalDate.class);
            case "time" -> result.getObject(i, LocalTime.class);
            case "timestamp" -> result.getObject(i, LocalDateTime.class);
            case "timestamptz" -> result.getObject(i, OffsetDateTime.class).toInstant();
            default -> result.getString(i);
        };
    }

    private static BigDecimal number(BigDecimal number) {
        return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    }
}
