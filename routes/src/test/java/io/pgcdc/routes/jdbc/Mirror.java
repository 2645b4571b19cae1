package io.pgcdc.routes.jdbc;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.TableId;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.Jsoner;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares tables of source and destination, every row and every column, by a text that both sides' values have. */
public final class Mirror {

    private static final int SHOWN = 300;

    private Mirror() {
    }

    /** Fails unless both have the same rows, in which order ever. */
    public static void assertEqual(TestDatabase source, SinkDatabase sink, String... tables) throws SQLException {
        for (String table : tables) {
            TableId name = new TableId(
                    table.contains(".") ? table.substring(0, table.indexOf('.')) : "public",
                    table.substring(table.indexOf('.') + 1));
            assertEqual(source, name, sink, name);
        }
    }

    /**
     * Fails unless both have the same rows.
     *
     * @return how many, and a checksum over every column of them
     */
    static String assertEqual(TestDatabase source, TableId table, SinkDatabase sink, TableId target) throws SQLException {
        String columns = String.join(", ", columns(source, table));
        List<String> expected;
        try (Connection connection = source.connect()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET timezone = 'UTC'; SET intervalstyle = 'iso_8601'; SET lc_monetary = 'C'");
            }
            expected = rows(connection, "SELECT " + columns + " FROM " + table.quoted());
        }
        try (Connection connection = sink.connect()) {
            try (Statement statement = connection.createStatement()) {
                if (sink.kind() != SinkDatabase.Kind.H2) {
                    statement.execute("SET timezone = 'UTC'");
                }
                if (sink.kind() == SinkDatabase.Kind.POSTGRES) {
                    statement.execute("SET intervalstyle = 'iso_8601'; SET lc_monetary = 'C'");
                }
            }
            List<String> actual = rows(connection, "SELECT " + columns + " FROM " + target.quoted());
            if (sink.kind() == SinkDatabase.Kind.H2) {
                expected.replaceAll(row -> row.replace("=-0.0 ", "=0.0 ")); // H2 has no -0
                Collections.sort(expected);
            }
            List<String> missing = without(expected, actual);
            List<String> tooMany = without(actual, expected);
            assertThat(missing.isEmpty() && tooMany.isEmpty())
                    .as(table + " in " + sink + ": " + missing.size() + " rows are missing, as " + few(missing) + ", and "
                        + tooMany.size() + " are too many, as " + few(tooMany))
                    .isTrue();
            assertThat(checksum(actual)).isEqualTo(checksum(expected));
            return actual.size() + " rows, MD5 " + checksum(actual);
        }
    }

    private static String checksum(List<String> rows) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            rows.forEach(row -> digest.update(row.getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Both as bags. */
    private static List<String> without(List<String> rows, List<String> others) {
        Map<String, Integer> counts = new HashMap<>();
        others.forEach(row -> counts.merge(row, 1, Integer::sum));
        return rows.stream().filter(row -> counts.merge(row, -1, Integer::sum) < 0).toList();
    }

    private static List<String> few(List<String> rows) {
        return rows.stream().limit(3).map(row -> row.substring(0, Math.min(SHOWN, row.length()))).toList();
    }

    private static List<String> columns(TestDatabase source, TableId table) {
        return source.rows("SELECT attname FROM pg_attribute WHERE attrelid = '" + table.quoted().replace("'", "''")
                           + "'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum")
                .stream().map(row -> TableId.quote((String) row.get("attname"))).toList();
    }

    /** Sorted. */
    private static List<String> rows(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            ResultSetMetaData columns = row.getMetaData();
            while (row.next()) {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    text.append(columns.getColumnLabel(i)).append('=').append(canonical(row, i, columns.getColumnTypeName(i)))
                            .append(' ');
                }
                rows.add(text.toString());
            }
        }
        Collections.sort(rows);
        return rows;
    }

    private static String canonical(ResultSet row, int column, String type) throws SQLException {
        switch (type.toLowerCase()) {
            case "bytea", "blob", "binary large object" -> {
                byte[] bytes = row.getBytes(column);
                return bytes == null ? null : HexFormat.of().formatHex(bytes);
            }
            default -> {
                String text = row.getString(column);
                if (text == null) {
                    return null;
                }
                String json = json(text, type);
                return json != null ? json : switch (type.toLowerCase()) {
                    case "float4", "real", "float" -> Float.toString(Float.parseFloat(text));
                    case "float8", "double", "double precision" -> Double.toString(Double.parseDouble(text));
                    case "bool", "boolean" -> text.startsWith("t") || text.startsWith("T") ? "true" : "false";
                    case "money" -> new BigDecimal(text.replaceAll("[$,]", "")).toPlainString();
                    default -> time(text, type.toLowerCase());
                };
            }
        }
    }

    /** DuckDB and H2 write times in their own ways; fractions and offsets lose what says nothing. */
    private static String time(String text, String type) {
        if (!type.startsWith("time") && !type.equals("date")) {
            return text;
        }
        return text.replace("(BC)", "BC").replace('T', ' ').replaceAll("(\\.\\d*?)0+(?=$|[ +Z-])", "$1")
                .replaceAll("\\.(?=$|[ +Z-])", "").replaceAll("(Z|\\+00(:00)?)$", "+00")
                .replaceAll("( \\d\\d:\\d\\d)(?=$|\\+)", "$1:00");
    }

    /** JSON without regard to spaces, whatever the type of its column; arrays of the source as JSON. */
    private static String json(String text, String type) {
        boolean array = type.startsWith("_");
        if (!array && !text.startsWith("{") && !text.startsWith("[")) {
            return null;
        }
        try {
            String json = array ? "[" + text.substring(1, text.length() - 1).replace("NULL", "null") + "]" : text;
            return String.valueOf(Jsoner.deserialize(json));
        } catch (DeserializationException e) {
            return null;
        }
    }
}
