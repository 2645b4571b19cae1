package io.pgcdc.camel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

import io.pgcdc.camel.ColumnType.ArrayOf;
import io.pgcdc.camel.ColumnType.Scalar;
import io.pgcdc.types.RandomText;
import io.pgcdc.types.TypeTable;

/** The types of PostgreSQL's own that have a codec, as types of columns with random values. */
final class BuiltInTypes {

    private static final Map<String, String> FROM_CATALOGUE = Map.of(
            "pg_node_tree", "(SELECT adbin FROM pg_attrdef LIMIT 1)",
            "pg_ndistinct", "(SELECT stxdndistinct FROM pg_statistic_ext_data LIMIT 1)",
            "pg_dependencies", "(SELECT stxddependencies FROM pg_statistic_ext_data LIMIT 1)",
            "pg_mcv_list", "(SELECT stxdmcv FROM pg_statistic_ext_data LIMIT 1)");

    /** What {@link RandomText} has references to. */
    static final String[] REFERENCES = {
            "CREATE TYPE mood AS ENUM ('sad', 'so, \"so\"', 'größe')", "CREATE TABLE \"Größe\" (a int DEFAULT 1, b int)",
            "INSERT INTO \"Größe\" SELECT i / 10, i / 10 FROM generate_series(1, 1000) i",
            "CREATE STATISTICS s (ndistinct, dependencies, mcv) ON a, b FROM \"Größe\"", "ANALYZE \"Größe\"" };

    private BuiltInTypes() {
    }

    /** Every type and its array, if there is one, under a name for a column. */
    static Map<String, ColumnType> columns(RandomText texts) {
        Map<String, ColumnType> columns = new LinkedHashMap<>();
        for (String name : TypeTable.names()) {
            String sql = switch (name) {
                case "char" -> "\"char\"";
                case "bit" -> "bit(13)";
                default -> name;
            };
            ColumnType type = new Scalar(name, sql, any -> texts.of(name));
            columns.put("c_" + name, type);
            if (TypeTable.hasArrays(name)) {
                columns.put("a_" + name, new ArrayOf(type));
            }
        }
        return columns;
    }

    /** A random value of a type as an SQL expression. */
    static String value(ColumnType type, Random random) {
        String text = type.random(random);
        String value = text == null ? FROM_CATALOGUE.getOrDefault(type.sql(), "NULL") : "'" + text.replace("'", "''") + "'";
        return value + "::" + type.sql();
    }
}
