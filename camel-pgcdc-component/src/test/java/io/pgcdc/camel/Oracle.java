package io.pgcdc.camel;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the values of a table should be, in both styles: by what the server prints and by what pgjdbc's
 * {@code getObject} gives, taken apart by SQL where a value holds others.
 */
final class Oracle {

    private static final Pattern DIMENSION = Pattern.compile("\\[(-?\\d+):(-?\\d+)]");
    private static final String[] SESSION = {
            "SET search_path = pg_catalog", "SET TimeZone = 'UTC'", "SET DateStyle = 'ISO'",
            "SET IntervalStyle = 'iso_8601'", "SET extra_float_digits = 3", "SET bytea_output = 'hex'",
            "SET lc_monetary = 'C'" };

    private final Connection connection;
    private final boolean java;
    private int aliases;

    /** @param java whether the values of the style java are wanted, else those of portable */
    Oracle(Connection connection, boolean java) throws SQLException {
        this.connection = connection;
        this.java = java;
        try (Statement statement = connection.createStatement()) {
            for (String set : SESSION) {
                statement.execute(set);
            }
        }
    }

    /** The values of a column in the order of the ids. */
    List<Object> column(String table, String column, ColumnType type) throws SQLException {
        return values(table + " t", "t.id", "t." + column, type);
    }

    private List<Object> values(String from, String order, String expression, ColumnType type) throws SQLException {
        if (type instanceof ColumnType.ArrayOf array) {
            return arrays(from, order, expression, array);
        }
        if (type instanceof ColumnType.Composite composite) {
            return composites(from, order, expression, composite);
        }
        return scalars(from, order, expression, ((ColumnType.Scalar) type).name());
    }

    private List<Object> arrays(String from, String order, String expression, ColumnType.ArrayOf type)
            throws SQLException {
        String alias = "u" + aliases++;
        List<Object> all = values(
                from + " CROSS JOIN LATERAL (SELECT e.x, row_number() OVER () AS o FROM (SELECT unnest(" + expression
                                  + ") AS x) e) " + alias,
                order + ", " + alias + ".o", alias + ".x", type.element());
        Iterator<Object> elements = all.iterator();
        List<Object> arrays = new ArrayList<>();
        query(from, order, "(" + expression + ")::text IS NULL, array_dims(" + expression + ")", row -> {
            String dimensions = row.getString(2);
            arrays.add(row.getBoolean(1)
                    ? null
                    : dimensions == null ? List.of() : dimension(lengths(dimensions), 0, elements));
        });
        if (elements.hasNext()) {
            throw new AssertionError("the oracle itself is wrong");
        }
        return arrays;
    }

    private static List<Integer> lengths(String dimensions) {
        List<Integer> lengths = new ArrayList<>();
        Matcher bounds = DIMENSION.matcher(dimensions);
        while (bounds.find()) {
            lengths.add(Integer.parseInt(bounds.group(2)) - Integer.parseInt(bounds.group(1)) + 1);
        }
        return lengths;
    }

    private static List<Object> dimension(List<Integer> lengths, int depth, Iterator<Object> elements) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < lengths.get(depth); i++) {
            values.add(depth + 1 < lengths.size() ? dimension(lengths, depth + 1, elements) : elements.next());
        }
        return values;
    }

    private List<Object> composites(String from, String order, String expression, ColumnType.Composite type)
            throws SQLException {
        Map<String, List<Object>> attributes = new LinkedHashMap<>();
        for (Map.Entry<String, ColumnType> attribute : type.attributes().entrySet()) {
            attributes.put(
                    attribute.getKey(),
                    values(from, order, "(" + expression + ")." + attribute.getKey(), attribute.getValue()));
        }
        List<Object> composites = new ArrayList<>();
        query(from, order, "(" + expression + ")::text IS NULL", row -> {
            Map<String, Object> value = new LinkedHashMap<>();
            attributes.forEach((name, values) -> value.put(name, values.get(composites.size())));
            composites.add(row.getBoolean(1) ? null : value);
        });
        return composites;
    }

    private List<Object> scalars(String from, String order, String expression, String type) throws SQLException {
        List<Object> values = new ArrayList<>();
        String plain = switch (type) {
            case "money" -> "(" + expression + ")::numeric";
            case "hstore" -> "public.hstore_to_matrix(" + expression + ")";
            default -> expression;
        };
        // Not ::text, which is another function for some types: bpchar loses its padding, inet gets a netmask.
        query(from, order, plain + ", format('%s', " + expression + "), (" + expression + ") IS NULL", row -> {
            String text = row.getString(2);
            values.add(row.getBoolean(3) ? null : java ? java(type, row, text) : portable(type, row, text));
        });
        return values;
    }

    private static Object java(String type, ResultSet row, String text) throws SQLException {
        return switch (type) {
            case "bool", "int2", "int4", "int8", "oid", "float4", "float8", "numeric", "money", "uuid" ->
                row.getObject(1);
            case "hstore" -> pairs((Object[]) row.getArray(1).getArray());
            case "bytea" -> Arrays.toString(row.getBytes(1));
            case "date" -> row.getObject(1, LocalDate.class);
            case "time" -> row.getObject(1, LocalTime.class);
            case "timetz" -> row.getObject(1, OffsetTime.class);
            case "timestamp" -> row.getObject(1, LocalDateTime.class);
            case "timestamptz" -> row.getObject(1, OffsetDateTime.class);
            default -> text;
        };
    }

    private static Map<String, String> pairs(Object[] matrix) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (Object pair : matrix) {
            pairs.put(((String[]) pair)[0], ((String[]) pair)[1]);
        }
        return pairs;
    }

    /** Temporals as {@link #comparable} makes them of what was received. */
    private static Object portable(String type, ResultSet row, String text) throws SQLException {
        return switch (type) {
            case "bool", "int2", "int4", "int8", "oid", "money", "hstore" -> java(type, row, text);
            case "float4", "float8", "numeric" ->
                text.endsWith("y") || text.equals("NaN") ? text : row.getObject(1);
            case "bytea" -> Base64.getEncoder().encodeToString(row.getBytes(1));
            case "date", "timestamp", "timestamptz" ->
                text.endsWith("y") ? text : java(type, row, text);
            case "time", "timetz" -> text.startsWith("24") ? text.replaceAll("([+-]\\d\\d)$", "$1:00") : java(type, row, text);
            default -> text;
        };
    }

    /**
     * A received value in the form in which the oracle has it: ISO 8601 text of the portable style parsed, and bytes as
     * text, for arrays are never equal.
     */
    Object comparable(ColumnType type, Object value) {
        if (value == null) {
            return null;
        }
        if (type instanceof ColumnType.ArrayOf array) {
            return array((List<?>) value, array.element());
        }
        if (type instanceof ColumnType.Composite composite) {
            Map<String, Object> row = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((name, attribute) -> row.put(
                    (String) name, comparable(composite.attributes().get(name), attribute)));
            return row;
        }
        String name = ((ColumnType.Scalar) type).name();
        if (java) {
            return value instanceof byte[] bytes ? Arrays.toString(bytes) : value;
        }
        String text = value instanceof String string ? string : "";
        return switch (name) {
            case "date" -> text.endsWith("y") ? text : LocalDate.parse(text);
            case "time" -> text.startsWith("24") ? text : LocalTime.parse(text);
            case "timetz" -> text.startsWith("24") ? text : OffsetTime.parse(text);
            case "timestamp" -> text.endsWith("y") ? text : LocalDateTime.parse(text);
            case "timestamptz" -> text.endsWith("y") ? text : OffsetDateTime.parse(text);
            default -> value;
        };
    }

    private List<Object> array(List<?> values, ColumnType element) {
        List<Object> all = new ArrayList<>();
        for (Object value : values) {
            boolean dimension = value instanceof List<?> && !(element instanceof ColumnType.ArrayOf);
            all.add(dimension ? array((List<?>) value, element) : comparable(element, value));
        }
        return Collections.unmodifiableList(all);
    }

    private void query(String from, String order, String columns, RowReader reader) throws SQLException {
        try (Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("SELECT " + columns + " FROM " + from + " ORDER BY " + order)) {
            while (row.next()) {
                reader.read(row);
            }
        }
    }

    /** Takes one row of a query. */
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }
}
