package io.pgcdc.camel;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Operation;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/** Types that users and extensions make: found in the catalogue, whatever becomes of them. */
class UserTypesIT {

    private static final String[] TYPES = {
            "CREATE TYPE mood AS ENUM ('sad', 'so, so', 'happy')",
            "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
            "CREATE DOMAIN even_positive AS positive CHECK (VALUE % 2 = 0)",
            "CREATE DOMAIN matrix AS numeric(6, 2)[]",
            "CREATE TYPE item AS (gone text, number even_positive, \"Name\" text, at timestamptz)",
            "ALTER TYPE item DROP ATTRIBUTE gone",
            "CREATE TYPE parcel AS (first item, items item[], moods mood[], m matrix)",
            "CREATE TYPE nothing AS ()",
            "CREATE TYPE float_range AS RANGE (subtype = float8)",
            "CREATE DOMAIN parcels AS parcel[]",
            "CREATE SCHEMA ext",
            "CREATE EXTENSION hstore SCHEMA ext",
            "CREATE EXTENSION citext SCHEMA ext",
            "CREATE EXTENSION ltree SCHEMA ext",
            "CREATE EXTENSION cube SCHEMA ext",
            "CREATE EXTENSION isn SCHEMA ext",
            "CREATE EXTENSION seg SCHEMA ext",
            "CREATE TYPE own", "CREATE FUNCTION own_in(cstring) RETURNS own LANGUAGE internal IMMUTABLE STRICT AS 'textin'",
            "CREATE FUNCTION own_out(own) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'",
            "CREATE TYPE own (INPUT = own_in, OUTPUT = own_out, LIKE = text, DELIMITER = ';')" };

    @ParameterizedTest
    @PostgresMajors
    void what_users_and_extensions_make_is_the_same_from_the_copy_and_from_the_stream(TestDatabase database)
            throws Exception {
        database.execute(TYPES);
        database.execute("""
                CREATE TABLE t (id serial PRIMARY KEY, mood mood, moods mood[], e even_positive, es even_positive[],
                  m matrix, ms matrix[], item item, items item[], parcel parcel, parcels parcels, nothing nothing,
                  r float_range, mr float_multirange, rs float_range[], h ext.hstore, hs ext.hstore[], c ext.citext,
                  cs ext.citext[], l ext.ltree, q ext.lquery, lt ext.ltxtquery, cube ext.cube, isbn ext.isbn, seg ext.seg,
                  own own, owns own[])""",
                """
                        INSERT INTO t VALUES (DEFAULT, 'so, so', '{happy,NULL,"so, so"}', 8, '{2,NULL}',
                          '{{1.5,2},{3,NULL}}', array['{1,2}'::matrix, '{}'::matrix],
                          (4, 'a "b", \\c', '2026-11-23 10:00+00'), array[(2, '', NULL)::item, NULL],
                          ((4, 'x', NULL)::item, array[(2, '{"', NULL)::item], '{sad}', '{1}'),
                          array[(NULL, NULL, NULL, NULL)::parcel], ROW(), '[1.5,2)', '{[1,2),[5,)}', '{"[1,2]",empty}',
                          'a=>1, b=>NULL, "c\\"d"=>""', array['a=>1'::ext.hstore], 'Größe', '{A,"b c"}', 'top.mid.low',
                          'top.*', 'a & b', '(1, 2), (3, 4)', '0-393-04002-X', '5.0 .. 6', 'any "text"', '{a,b;NULL}')""",
                "CREATE PUBLICATION mypub FOR TABLE t");
        for (String values : new String[] { "portable", "java" }) {
            boolean java = values.equals("java");
            ReceivedRows rows = new ReceivedRows();
            try (RouteUnderTest route = RouteUnderTest.start(
                    database, "values=" + values + "&pipeline=" + values, rows::take)) {
                route.awaitReady();
                database.execute("INSERT INTO t SELECT nextval('t_id_seq'), mood, moods, e, es, m, ms, item, items, parcel,"
                                 + " parcels, nothing, r, mr, rs, h, hs, c, cs, l, q, lt, cube, isbn, seg, own, owns"
                                 + " FROM t WHERE id = 1");
                Awaitility.await().until(
                        () -> rows.of(Operation.INSERT, "t").size() == 1);
            }
            Map<String, Object> copied = rows.of(Operation.READ, "t").get(0);
            Map<String, Object> streamed = rows.of(Operation.INSERT, "t").get(0);
            Object own = java ? "any \"text\"".getBytes(StandardCharsets.UTF_8) : base64("any \"text\"");
            copied.remove("id");
            streamed.remove("id");
            assertThat(streamed).usingRecursiveComparison().isEqualTo(copied);
            assertThat(copied.remove("own")).isEqualTo(own);
            assertThat((List<?>) copied.remove("owns")).hasSize(2).last().isNull();
            Object at = java ? OffsetDateTime.parse("2026-11-23T10:00:00Z") : "2026-11-23T10:00:00Z";
            Map<String, Object> expected = row(
                    "mood", "so, so", "moods", Arrays.asList("happy", null, "so, so"), "e", 8, "es", Arrays.asList(2, null),
                    "m", List.of(numbers("1.50", "2.00"), Arrays.asList(new BigDecimal("3.00"), null)),
                    "ms", List.of(numbers("1.00", "2.00"), List.of()), "item", item(4, "a \"b\", \\c", at),
                    "items", Arrays.asList(item(2, "", null), null),
                    "parcel", row("first", item(4, "x", null), "items", List.of(item(2, "{\"", null)),
                            "moods", List.of("sad"), "m", numbers("1.00")),
                    "parcels", List.of(row("first", null, "items", null, "moods", null, "m", null)), "nothing", Map.of(),
                    "r", "[1.5,2)", "mr", "{[1,2),[5,)}", "rs", List.of("[1,2]", "empty"),
                    "h", row("a", "1", "b", null, "c\"d", ""), "hs", List.of(Map.of("a", "1")), "c", "Größe",
                    "cs", List.of("A", "b c"), "l", "top.mid.low", "q", "top.*", "lt", "a & b", "cube", "(1, 2),(3, 4)",
                    "isbn", "0-393-04002-X", "seg", "5.0 .. 6");
            assertThat(copied).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @PostgresMajors
    void the_copy_has_values_as_the_server_prints_them_whatever_they_are_cast_to_and_without_rights_on_their_types(
            TestDatabase database)
            throws Exception {
        database.createUser("clerk", "secret", "REPLICATION");
        database.execute("CREATE SCHEMA hidden", "CREATE TYPE hidden.item AS (a int, b text)",
                "CREATE FUNCTION hidden.shown(hidden.item) RETURNS text LANGUAGE sql AS $$SELECT 'cast'::text$$",
                "CREATE CAST (hidden.item AS text) WITH FUNCTION hidden.shown(hidden.item) AS ASSIGNMENT",
                "CREATE TYPE hidden.mood AS ENUM ('sad', 'happy')",
                "CREATE FUNCTION hidden.shown(hidden.mood) RETURNS text LANGUAGE sql AS $$SELECT 'cast'::text$$",
                "CREATE CAST (hidden.mood AS text) WITH FUNCTION hidden.shown(hidden.mood) AS IMPLICIT",
                "CREATE DOMAIN hidden.moods AS hidden.mood[]", "CREATE EXTENSION hstore SCHEMA hidden",
                "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA hidden FROM PUBLIC",
                "REVOKE USAGE ON TYPE hidden.item, hidden.mood, hidden.moods FROM PUBLIC",
                """
                        CREATE TABLE t (id int PRIMARY KEY, item hidden.item, none hidden.item, mood hidden.mood,
                          moods hidden.moods, h hidden.hstore, i inet, c "char", b bpchar(3), "quoted ""name" cidr)""",
                """
                        INSERT INTO t VALUES (1, (1, 'x'), (NULL, NULL), 'sad', '{happy,NULL}', 'a=>1', '10.0.0.1', '', 'a',
                          '10.0.0.0/8')""",
                "INSERT INTO t (id) VALUES (2)",
                "GRANT SELECT ON t TO clerk", "CREATE SCHEMA pgcdc AUTHORIZATION clerk",
                "CREATE PUBLICATION mypub FOR TABLE t");
        ReceivedRows rows = new ReceivedRows();
        try (RouteUnderTest route = RouteUnderTest.start(database, "username=clerk&password=secret", rows::take)) {
            route.awaitReady();
            database.execute("INSERT INTO t SELECT id + 2, item, none, mood, moods, h, i, c, b, \"quoted \"\"name\" FROM t");
            route.awaitCaughtUp();
        }
        for (Operation operation : List.of(Operation.READ, Operation.INSERT)) {
            List<Map<String, Object>> received = rows.of(operation, "t");
            received.forEach(row -> row.remove("id"));
            assertThat(received).containsExactly(
                    row("item", row("a", 1, "b", "x"), "none", row("a", null, "b", null), "mood", "sad",
                            "moods", Arrays.asList("happy", null), "h", Map.of("a", "1"), "i", "10.0.0.1", "c", "", "b", "a  ",
                            "quoted \"name", "10.0.0.0/8"),
                    row("item", null, "none", null, "mood", null, "moods", null, "h", null, "i", null, "c", null, "b", null,
                            "quoted \"name", null));
        }
    }

    @ParameterizedTest
    @PostgresMajors
    void an_enum_may_get_other_values_while_its_table_is_streamed(TestDatabase database) throws Exception {
        database.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')", "CREATE TABLE t (id int PRIMARY KEY, mood mood)",
                "CREATE PUBLICATION mypub FOR TABLE t");
        ReceivedRows rows = new ReceivedRows();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", rows::take)) {
            route.awaitReady();
            route.consumer().suspend();
            database.execute("INSERT INTO t VALUES (1, 'sad')", "ALTER TYPE mood ADD VALUE 'elated'",
                    "INSERT INTO t VALUES (2, 'elated')", "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
                    "INSERT INTO t VALUES (3, 'blue')");
            route.consumer().resume();
            route.awaitCaughtUp();
        }
        assertThat(rows.of(Operation.INSERT, "t")).extracting(row -> row.get("mood"))
                .containsExactly("sad", "elated", "blue");
    }

    @ParameterizedTest
    @PostgresMajors
    void types_that_were_dropped_are_still_known_to_a_pipeline_that_has_seen_them(TestDatabase database)
            throws Exception {
        database.execute(TYPES);
        database.execute("CREATE TABLE t (id int PRIMARY KEY, mood mood, item item, h ext.hstore, e even_positive)",
                "INSERT INTO t VALUES (1, 'sad')", "CREATE PUBLICATION mypub FOR TABLE t");
        ReceivedRows rows = new ReceivedRows();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", rows::take)) {
            route.awaitReady();
            route.consumer().suspend();
            database.execute("INSERT INTO t VALUES (2, 'happy', (2, 'a', NULL), 'a=>1', 4)",
                    "ALTER TABLE t DROP mood, DROP item, DROP h, DROP e", "DROP TYPE mood, item, even_positive CASCADE",
                    "DROP EXTENSION hstore",
                    "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL");
            route.consumer().resume();
            route.awaitCaughtUp();
        }
        // What was read before the stream broke comes again.
        assertThat(rows.of(Operation.INSERT, "t")).containsOnly(
                row("id", 2, "mood", "happy", "item", item(2, "a", null), "h", Map.of("a", "1"), "e", 4));
    }

    @ParameterizedTest
    @PostgresMajors
    void types_that_were_dropped_before_they_were_seen_are_told_by_their_name_or_are_text(TestDatabase database)
            throws Exception {
        database.execute(TYPES);
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, mood mood, item item, h ext.hstore, c ext.citext, e even_positive)",
                "CREATE PUBLICATION mypub FOR TABLE t");
        try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never", exchange -> {
        })) {
            route.awaitReady();
        }
        database.execute("INSERT INTO t VALUES (1, 'happy', (2, 'a', NULL), 'a=>1', 'Größe', 4)",
                "ALTER TABLE t DROP mood, DROP item, DROP h, DROP c, DROP e",
                "DROP TYPE mood, item, even_positive CASCADE", "DROP EXTENSION hstore, citext");
        ReceivedRows rows = new ReceivedRows();
        try (RouteUnderTest route = RouteUnderTest.start(database, "snapshotMode=never", rows::take)) {
            route.awaitReady();
            route.awaitCaughtUp();
        }
        assertThat(rows.of(Operation.INSERT, "t")).containsExactly(
                row("id", 1, "mood", "happy", "item", "(2,a,)", "h", Map.of("a", "1"), "c", "Größe", "e", 4));
    }

    @ParameterizedTest
    @PostgresMajors
    void a_composite_type_that_was_altered_since_a_row_was_written_is_never_fatal(TestDatabase database)
            throws Exception {
        database.execute("CREATE TYPE item AS (a int, b text)",
                "CREATE TABLE t (id int PRIMARY KEY, item item)", "INSERT INTO t VALUES (1, (1, 'x'))",
                "CREATE PUBLICATION mypub FOR TABLE t");
        ReceivedRows rows = new ReceivedRows();
        try (RouteUnderTest route = RouteUnderTest.start(database, "", rows::take)) {
            route.awaitReady();
            route.consumer().suspend();
            database.execute("INSERT INTO t VALUES (2, (2, 'x'))", "ALTER TYPE item ADD ATTRIBUTE c text",
                    "INSERT INTO t VALUES (3, (3, 'x', 'y'))", "ALTER TYPE item DROP ATTRIBUTE a",
                    "INSERT INTO t VALUES (4, ('x', 'y'))", "ALTER TYPE item ADD ATTRIBUTE d date",
                    "INSERT INTO t VALUES (5, ('x', 'y', '2026-11-23'))");
            route.consumer().resume();
            route.awaitCaughtUp();
        }
        assertThat(rows.of(Operation.READ, "t")).extracting(row -> row.get("item")).containsExactly(row("a", 1, "b", "x"));
        // The second row is from before the first look, and of the next two nobody can tell the attributes any more.
        assertThat(rows.of(Operation.INSERT, "t")).extracting(row -> row.get("item")).containsExactly(
                row("a", 2, "b", "x"), base64("(3,x,y)"), base64("(x,y)"), row("b", "x", "c", "y", "d", "2026-11-23"));
    }

    private static Map<String, Object> item(Integer number, String name, Object at) {
        return row("number", number, "Name", name, "at", at);
    }

    private static List<BigDecimal> numbers(String... numbers) {
        return Arrays.stream(numbers).map(BigDecimal::new).toList();
    }

    private static Map<String, Object> row(Object... pairs) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            row.put((String) pairs[i], pairs[i + 1]);
        }
        return row;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
