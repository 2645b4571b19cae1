package io.pgcdc.camel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.function.Function;

/** The type of a column of the test with random values: how SQL calls it, what it consists of, and values of it. */
sealed interface ColumnType {

    /** How SQL calls it. */
    String sql();

    /** A random value as its input function takes it, {@code null} for NULL. */
    String random(Random random);

    /**
     * A type that consists of nothing else.
     *
     * @param name   what decides how its values are compared: a built-in type's name, or that of a user's type
     * @param sql    how SQL calls it
     * @param values makes a value, {@code null} if no text is one
     */
    record Scalar(String name, String sql, Function<Random, String> values) implements ColumnType {

        @Override
        public String random(Random random) {
            return random.nextInt(16) == 0 ? null : values.apply(random);
        }
    }

    /** An array: up to three dimensions, any lower bounds. */
    record ArrayOf(ColumnType element, String sql, char delimiter) implements ColumnType {

        ArrayOf(ColumnType element) {
            this(element, element.sql() + "[]", element.sql().equals("box") ? ';' : ',');
        }

        @Override
        public String random(Random random) {
            if (random.nextInt(16) == 0) {
                return null;
            }
            if (random.nextInt(8) == 0) {
                return "{}";
            }
            int[] lengths = new int[random.nextInt(4) > 0 ? 1 : 2 + random.nextInt(2)];
            StringBuilder bounds = new StringBuilder();
            for (int i = 0; i < lengths.length; i++) {
                lengths[i] = 1 + random.nextInt(3);
                int from = random.nextInt(7) - 3;
                bounds.append('[').append(from).append(':').append(from + lengths[i] - 1).append(']');
            }
            String values = dimension(random, lengths, 0);
            return random.nextInt(3) == 0 ? bounds + "=" + values : values;
        }

        private String dimension(Random random, int[] lengths, int depth) {
            StringJoiner values = new StringJoiner(Character.toString(delimiter), "{", "}");
            for (int i = 0; i < lengths[depth]; i++) {
                values.add(depth + 1 < lengths.length ? dimension(random, lengths, depth + 1) : quoted(element.random(random)));
            }
            return values.toString();
        }

        private static String quoted(String value) {
            return value == null ? "NULL" : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }
    }

    /** A composite type, its attributes in order. */
    record Composite(String sql, Map<String, ColumnType> attributes) implements ColumnType {

        static Composite of(String sql, Object... attributes) {
            Map<String, ColumnType> map = new LinkedHashMap<>();
            for (int i = 0; i < attributes.length; i += 2) {
                map.put((String) attributes[i], (ColumnType) attributes[i + 1]);
            }
            return new Composite(sql, map);
        }

        @Override
        public String random(Random random) {
            if (random.nextInt(16) == 0) {
                return null;
            }
            List<String> fields = attributes.values().stream().map(type -> quoted(type.random(random))).toList();
            return "(" + String.join(",", fields) + ")";
        }

        private static String quoted(String value) {
            return value == null ? "" : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }
    }
}
