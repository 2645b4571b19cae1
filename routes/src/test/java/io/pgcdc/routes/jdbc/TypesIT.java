package io.pgcdc.routes.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.pgcdc.model.TableId;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of the types and of their extreme values: the table in docs/jdbc.md. */
@PostgresTest
class TypesIT {

    /** A type of the source and values of it, each a column. */
    private record Type(String name, String... values) {
    }

    private static final List<Type> TYPES = List.of(
            new Type("boolean", "t"), new Type("smallint", "-32768"), new Type("integer", "42"),
            new Type("bigint", "9223372036854775807"), new Type("oid", "4294967295"),
            new Type("real", "0.1", "NaN", "-Infinity"), new Type("double precision", "1e-300", "NaN", "-0"),
            new Type("numeric(12,2)", "1.50", "NaN"),
            new Type("numeric(38,6)", "-12345678901234567890123456789012.345678"),
            new Type("numeric(40,0)", "1234567890123456789012345678901234567890"),
            new Type("numeric", "1.5000000000000000000000000000000000000000000001", "Infinity"), new Type("money", "-1234.50"),
            new Type("text", "a\tb\nc\\N\"'\u00f6\ud83d\ude42", ""), new Type("character varying(9)", "abc"),
            new Type("character(3)", "a"),
            new Type("\"char\"", "a"), new Type("json", "{\"b\" : 1.0}"), new Type("jsonb", "{\"b\": [1.0, null]}", "\"a\""),
            new Type("xml", "<a/>"), new Type("bytea", "\\x00ff5c"), new Type("uuid", "123e4567-e89b-12d3-a456-426614174000"),
            new Type("bit(3)", "101"), new Type("date", "2026-11-23", "0044-03-15 BC", "infinity", "5874897-12-31"),
            new Type("time", "10:00:00.5", "24:00:00"), new Type("timetz", "10:00:00+05:30", "24:00:00+00"),
            new Type("timestamp", "2026-11-23 10:00:00.123456", "0044-03-15 10:00:00 BC", "infinity", "294276-12-31 23:59:59"),
            new Type("timestamptz", "2026-11-23 10:00:00+01", "12026-11-23 09:00:00+00", "-infinity"),
            new Type("interval", "1 year 2 mons -3 days 04:05:06.7"), new Type("int4range", "[1,6)"),
            new Type("tstzrange", "[\"2026-11-23 09:00:00+00\",)"), new Type("nummultirange", "{(1.5,)}"),
            new Type("inet", "192.168.0.1/24"), new Type("macaddr", "08:00:2b:01:02:03"), new Type("point", "(1,2)"),
            new Type("tsvector", "'a':1A 'b'"), new Type("pg_lsn", "16/B374D848"), new Type("regclass", "pg_type"),
            new Type("integer[]", "{{1,NULL},{3,4}}", "{}"), new Type("text[]", "{\"a\\\"b\",NULL,\"NULL\",\"\",\"{\\\\\"}"),
            new Type("numeric[]", "{1.50,NaN}"), new Type("timestamptz[]", "{\"2026-11-23 09:00:00+00\",infinity}"),
            new Type("bytea[]", "{\"\\\\x00ff\"}"), new Type("box[]", "{(3,4),(1,2);(1,1),(0,0)}"),
            new Type("jsonb[]", "{\"{\\\"a\\\": 1}\"}"), new Type("mood", "fine"), new Type("mood[]", "{fine}"),
            new Type("pair", "(1,\"x y\")"), new Type("positive", "5"));

    @Test
    void every_value_is_kept_and_the_page_tells_in_which_type(TestDatabase source) throws Exception {
        List<Type> columns = TYPES.stream().flatMap(type -> Stream.of(type.values).map(value -> new Type(type.name, value)))
                .toList();
        source.execute("CREATE TYPE mood AS ENUM ('fine')", "CREATE TYPE pair AS (a int, b text)",
                "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
                "CREATE TABLE t (id int PRIMARY KEY, " + each(columns, i -> "c" + i + " " + columns.get(i).name) + ")",
                "INSERT INTO t VALUES (1, " + each(columns, i -> literal(columns.get(i).values[0])) + ")",
                "INSERT INTO t (id) VALUES (2)",
                "CREATE PUBLICATION mypub FOR TABLE t");
        List<List<String>> shown = new ArrayList<>();
        try (SinkDatabase postgres = SinkDatabase.create(SinkDatabase.Kind.POSTGRES);
             SinkDatabase duckdb = SinkDatabase.create(SinkDatabase.Kind.DUCKDB);
             SinkDatabase h2 = SinkDatabase.create(SinkDatabase.Kind.H2)) {
            for (SinkDatabase sink : List.of(postgres, duckdb, h2)) {
                String pipeline = "to_" + sink.kind().name().toLowerCase(Locale.ROOT);
                try (SinkRoute route = SinkRoute.start(source, sink, "batching=true&pipeline=" + pipeline)) {
                    source.awaitCaughtUp(pipeline);
                    // By the stream, too.
                    source.execute("DELETE FROM t WHERE id = 2", "INSERT INTO t SELECT 2, " + each(columns, i -> "c" + i)
                                                                 + " FROM t WHERE id = 1");
                    source.awaitCaughtUp(pipeline);
                }
                shown.add(shown(sink, columns));
            }
        }
        StringBuilder table = new StringBuilder("| type | value | PostgreSQL | DuckDB | H2 |\n|---|---|---|---|---|\n");
        String last = "";
        for (int i = 0; i < columns.size(); i++) {
            Type column = columns.get(i);
            table.append("| ").append(column.name.equals(last) ? "" : code(column.name)).append(" | ")
                    .append(code(column.values[0]));
            for (List<String> cells : shown) {
                table.append(" | ").append(cells.get(i));
            }
            table.append(" |\n");
            last = column.name;
        }
        JdbcDocument.assertSection("types", table.toString());
    }

    /** Type and text of each column, which both rows have alike. */
    private static List<String> shown(SinkDatabase sink, List<Type> columns) {
        String types = sink.kind() == SinkDatabase.Kind.POSTGRES
                ? "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attnum > 1"
                  + " ORDER BY attnum"
                : "SELECT data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 't'"
                  + " AND column_name <> 'id' ORDER BY ordinal_position";
        List<String> names = sink.texts(types).stream().map(row -> row.get(0)).toList();
        String values = each(columns, i -> text(sink.kind(), "\"c" + i + '"', names.get(i)));
        List<List<String>> rows
                = sink.texts("SELECT " + values + " FROM " + new TableId("public", "t").quoted() + " ORDER BY \"id\"");
        assertThat(rows).hasSize(2);
        assertThat(rows.get(1)).isEqualTo(rows.get(0));
        return IntStream.range(0, columns.size()).mapToObj(i -> code(names.get(i)) + ' ' + code(rows.get(0).get(i))).toList();
    }

    private static String text(SinkDatabase.Kind kind, String column, String type) {
        return switch (type) {
            case "BINARY LARGE OBJECT" -> "RAWTOHEX(" + column + ')';
            default -> kind == SinkDatabase.Kind.POSTGRES ? column + "::text" : "CAST(" + column + " AS VARCHAR)";
        };
    }

    private static String each(List<Type> columns, IntFunction<String> text) {
        return IntStream.range(0, columns.size()).mapToObj(text).collect(Collectors.joining(", "));
    }

    private static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    private static String code(String text) {
        return text.isEmpty() ? "(empty)" : "`" + text.replace("\n", "⏎").replace("\t", "⇥").replace("|", "\\|") + '`';
    }
}
