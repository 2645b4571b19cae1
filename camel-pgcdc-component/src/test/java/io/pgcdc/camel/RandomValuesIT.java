package io.pgcdc.camel;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;

import io.pgcdc.camel.ColumnType.ArrayOf;
import io.pgcdc.camel.ColumnType.Composite;
import io.pgcdc.camel.ColumnType.Scalar;
import io.pgcdc.model.Operation;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.TestDatabase;
import io.pgcdc.types.RandomText;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random values of every type, written by SQL, read through a copy and through a stream in both styles, and compared
 * with what the server and pgjdbc say. {@code -Dpgcdc.test.seed} repeats a run.
 */
class RandomValuesIT {

    private static final int ROWS = 320;
    private static final int ROWS_AT_ONCE = 20;
    /** What a streamed row's id is more than that of the copied row that it is made from. */
    private static final int STREAMED = 1_000_000;
    private static final long LEAST_VALUES = 100_000;
    /** What docs/types.md says of which types come in binary. */
    private static final Set<String> IN_BINARY = Set.of(
            "bool", "int2", "int4", "int8", "oid", "float4", "float8", "numeric", "money", "text", "varchar", "bpchar", "name",
            "json", "jsonb", "bytea", "uuid", "date", "time", "timestamp", "timestamptz", "mood", "even");

    @ParameterizedTest
    @PostgresMajors
    void every_value_of_every_type_comes_as_server_and_driver_say_from_copy_and_from_stream(TestDatabase database)
            throws Exception {
        long seed = Long.getLong("pgcdc.test.seed", System.nanoTime());
        String repeat = "-Dpgcdc.test.seed=" + seed + " -Dpgcdc.test.postgres.version=" + database.server().major();
        System.out.println("random values: repeat with " + repeat);
        Random random = new Random(seed);
        Map<String, ColumnType> columns = create(database, random);
        ReceivedRows portable = new ReceivedRows();
        ReceivedRows java = new ReceivedRows();
        try (RouteUnderTest first = RouteUnderTest.start(database, "pipeline=portable", portable::take);
             RouteUnderTest second = RouteUnderTest.start(database, "pipeline=java&values=java", java::take)) {
            first.awaitReady();
            second.awaitReady();
            String names = String.join(", ", columns.keySet());
            database.execute("INSERT INTO random_values SELECT id + " + STREAMED + ", " + names + " FROM random_values");
            Awaitility.await().until(
                    () -> portable.count() == 2 * ROWS && java.count() == 2 * ROWS);
        }
        long values = compare(database, columns, portable, false, repeat) + compare(database, columns, java, true, repeat);
        System.out.println("random values: " + columns.size() + " columns, " + values / 2 + " values in each style");
        assertThat(values / 2).isGreaterThanOrEqualTo(LEAST_VALUES);
    }

    @ParameterizedTest
    @PostgresMajors
    void a_stream_in_binary_has_the_same_values(TestDatabase database) throws Exception {
        long seed = Long.getLong("pgcdc.test.seed", System.nanoTime());
        String repeat = "-Dpgcdc.test.seed=" + seed + " -Dpgcdc.test.postgres.version=" + database.server().major();
        System.out.println("random values in binary: repeat with " + repeat);
        Map<String, ColumnType> columns = create(database, new Random(seed));
        columns.values()
                .removeIf(type -> !IN_BINARY.contains(type instanceof ArrayOf array ? array.element().sql() : type.sql())
                        && !type.sql().equals("dates"));
        assertThat(columns).hasSizeGreaterThan(2 * IN_BINARY.size() - 2);
        String names = String.join(", ", columns.keySet());
        database.execute("ALTER TABLE random_values RENAME TO with_all",
                "CREATE TABLE random_values AS SELECT id, " + names + " FROM with_all",
                "ALTER TABLE random_values ADD PRIMARY KEY (id)",
                "ALTER PUBLICATION mypub SET TABLE random_values");
        ReceivedRows portable = new ReceivedRows();
        ReceivedRows java = new ReceivedRows();
        try (RouteUnderTest first = RouteUnderTest.start(database, "pipeline=portable", portable::take);
             RouteUnderTest second = RouteUnderTest.start(database, "pipeline=java&values=java", java::take)) {
            first.awaitReady();
            second.awaitReady();
            assertThat(StreamFormatIT.isBinary(database)).isTrue();
            database.execute("INSERT INTO random_values SELECT id + " + STREAMED + ", " + names + " FROM random_values");
            Awaitility.await().until(
                    () -> portable.count() == 2 * ROWS && java.count() == 2 * ROWS);
        }
        compare(database, columns, portable, false, repeat);
        compare(database, columns, java, true, repeat);
    }

    /** Compares the copied and the streamed rows with what they should be; returns how many values that were. */
    private static long compare(
            TestDatabase database, Map<String, ColumnType> columns, ReceivedRows received, boolean java, String repeat)
            throws SQLException {
        List<Map<String, Object>> copied = byId(received.of(Operation.READ, "random_values"));
        List<Map<String, Object>> streamed = byId(received.of(Operation.INSERT, "random_values"));
        assertThat(copied).hasSize(ROWS);
        long values = 0;
        try (Connection connection = database.connect()) {
            Oracle oracle = new Oracle(connection, java);
            for (Map.Entry<String, ColumnType> column : columns.entrySet()) {
                List<Object> expected = oracle.column(
                        "(SELECT * FROM public.random_values WHERE id < " + STREAMED + ")", column.getKey(), column.getValue());
                for (int i = 0; i < ROWS; i++) {
                    for (List<Map<String, Object>> rows : List.of(copied, streamed)) {
                        Object actual = oracle.comparable(column.getValue(), rows.get(i).get(column.getKey()));
                        if (!Objects.equals(expected.get(i), actual)) {
                            throw new AssertionError(
                                    "row %d, column %s, values=%s, %s: expected <%s>, was <%s>; repeat with %s".formatted(
                                            i, column.getKey(), java ? "java" : "portable",
                                            rows == copied ? "copy" : "stream", expected.get(i), actual, repeat));
                        }
                        values += actual == null ? 0 : 1;
                    }
                }
            }
        }
        return values;
    }

    private static List<Map<String, Object>> byId(List<Map<String, Object>> rows) {
        Map<Integer, Map<String, Object>> sorted = new TreeMap<>();
        rows.forEach(row -> sorted.put((Integer) row.get("id"), row));
        return new ArrayList<>(sorted.values());
    }

    private static Map<String, ColumnType> create(TestDatabase database, Random random) throws SQLException {
        Map<String, ColumnType> columns = columns(new RandomText(random, database.server().major()));
        StringJoiner table = new StringJoiner(", ", "CREATE TABLE random_values (id int PRIMARY KEY, ", ")");
        columns.forEach((name, type) -> table.add(name + " " + type.sql()));
        database.execute(BuiltInTypes.REFERENCES);
        database.execute(
                "CREATE DOMAIN positive AS int4 CHECK (VALUE > 0)", "CREATE DOMAIN even AS positive",
                "CREATE DOMAIN dates AS date[]", "CREATE TYPE item AS (gone int, n even, t text, at timestamptz, b bytea)",
                "ALTER TYPE item DROP ATTRIBUTE gone", "CREATE TYPE parcel AS (item item, items item[], mood mood, d dates)",
                "CREATE TYPE text_range AS RANGE (subtype = text, collation = \"C\")", "CREATE EXTENSION hstore",
                "CREATE EXTENSION citext", "CREATE EXTENSION ltree", table.toString());
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            statement.execute("SET lc_monetary = 'C'");
            statement.execute("SET TimeZone = 'UTC'");
            for (int from = 0; from < ROWS; from += ROWS_AT_ONCE) {
                StringJoiner rows = new StringJoiner(", ", "INSERT INTO random_values VALUES ", "");
                for (int id = from; id < from + ROWS_AT_ONCE; id++) {
                    rows.add(row(id, columns, random));
                }
                statement.execute(rows.toString());
            }
        }
        database.execute("CREATE PUBLICATION mypub FOR TABLE random_values");
        return columns;
    }

    private static String row(int id, Map<String, ColumnType> columns, Random random) {
        StringJoiner row = new StringJoiner(", ", "(" + id + ", ", ")");
        for (ColumnType type : columns.values()) {
            row.add(BuiltInTypes.value(type, random));
        }
        return row.toString();
    }

    /** A column of every type of the table and of its arrays, and some of what users and extensions make. */
    private static Map<String, ColumnType> columns(RandomText texts) {
        Map<String, ColumnType> columns = BuiltInTypes.columns(texts);
        ColumnType mood = new Scalar("mood", "mood", any -> texts.any("sad", "so, \"so\"", "größe"));
        ColumnType even = new Scalar("int4", "even", any -> Integer.toString(1 + any.nextInt(1_000)));
        ColumnType dates = new ArrayOf(new Scalar("date", "date", any -> texts.of("date")), "dates", ',');
        ColumnType item = Composite.of("item", "n", even, "t", new Scalar("text", "text", any -> texts.text(any.nextInt(9))),
                "at", new Scalar("timestamptz", "timestamptz", any -> texts.of("timestamptz")),
                "b", new Scalar("bytea", "bytea", any -> texts.of("bytea")));
        ColumnType parcel = Composite.of("parcel", "item", item, "items", new ArrayOf(item), "mood", mood, "d", dates);
        ColumnType range = new Scalar("text_range", "text_range", any -> texts.any("empty", "[a,\"b,c\"]", "(,)", "[\"\",x)"));
        ColumnType hstore = new Scalar("hstore", "hstore", any -> hstore(texts, any));
        ColumnType citext = new Scalar("citext", "citext", any -> texts.text(any.nextInt(9)));
        ColumnType ltree = new Scalar("ltree", "ltree", any -> texts.any("", "a", "Top.Mid.low_1"));
        for (ColumnType type : List.of(mood, even, dates, item, parcel, range, hstore, citext, ltree)) {
            columns.put("u_" + type.sql(), type);
            if (type != dates) {
                columns.put("ua_" + type.sql(), new ArrayOf(type));
            }
        }
        return columns;
    }

    private static String hstore(RandomText texts, Random random) {
        StringJoiner pairs = new StringJoiner(", ");
        for (int i = random.nextInt(4); i > 0; i--) {
            String value = random.nextInt(4) == 0 ? "NULL" : quoted(texts.text(random.nextInt(5)));
            pairs.add(quoted(texts.text(random.nextInt(5))) + "=>" + value);
        }
        return pairs.toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
