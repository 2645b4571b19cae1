package io.pgcdc.types;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

import io.pgcdc.postgres.ConnectionSettings;
import io.pgcdc.postgres.PostgresConnections;
import io.pgcdc.testing.PostgresMajors;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table in docs/types.md has every type that has a codec, and what a real server's values become. After a codec was
 * added, {@code -Dpgcdc.docs.write=true} writes the table anew.
 */
class TypesDocumentIT {

    private static final String OPEN = "<!-- types -->\n";
    private static final String CLOSE = "<!-- /types -->";

    /** What is cast to each type; none for the types of which only the server makes values. */
    private static final Map<String, List<String>> EXAMPLES = examples(
            "bool", "true", "int2", "-1", "int4", "42", "int8", "9223372036854775807", "oid", "4294967295",
            "float4", "0.1|NaN", "float8", "1e-7|-Infinity", "numeric", "1.50|NaN", "money", "-1234.5",
            "text", "größe", "varchar", "größe", "bpchar", "a  ", "name", "größe", "char", "a", "json", "{\"b\" : 1.0}",
            "jsonb", "{\"b\" : 1.0}", "jsonpath", "$.a[*]", "xml", "<a/>", "bytea", "\\x00ff",
            "uuid", "123e4567-e89b-12d3-a456-426614174000", "bit", "1", "varbit", "0101",
            "date", "2026-11-23|0044-03-15 BC|infinity", "time", "10:00:00.5|24:00", "timetz", "10:00+05:30|24:00+00",
            "timestamp", "2026-11-23 10:00|12026-11-23 10:00|-infinity", "timestamptz", "2026-11-23 10:00+01|infinity",
            "interval", "1 year 2 months -3 days 04:05:06.7", "int4range", "[1,5]", "int8range", "empty",
            "numrange", "(1.5,)", "daterange", "[2026-11-23,infinity)", "tsrange", "[2026-11-23 10:00,)",
            "tstzrange", "[2026-11-23 10:00+01,)", "int4multirange", "{[1,5],[7,9)}", "int8multirange", "{}",
            "nummultirange", "{(1.5,)}", "datemultirange", "{[2026-11-23,)}", "tsmultirange", "{[2026-11-23 10:00,)}",
            "tstzmultirange", "{(,)}", "inet", "192.168.0.1/24", "cidr", "2001:db8::/32", "macaddr", "08002b010203",
            "macaddr8", "08002b0102030405", "point", "1,2", "line", "{1,2,3}", "lseg", "(1,2),(3,4)", "box", "(1,2),(3,4)",
            "path", "[(1,2),(3,4)]", "polygon", "(1,2),(3,4)", "circle", "(1,2),3", "tsvector", "a:1A b",
            "tsquery", "a & b:*", "pg_lsn", "16/B374D848", "txid_snapshot", "10:20:12", "pg_snapshot", "10:20:12",
            "xid", "7", "xid8", "18446744073709551615", "cid", "7", "tid", "(0,1)", "int2vector", "1 2", "oidvector", "1 2",
            "refcursor", "c", "aclitem", "=r/postgres", "regclass", "pg_type", "regcollation", "\"C\"",
            "regconfig", "english", "regdictionary", "simple", "regnamespace", "pg_catalog", "regoper", "||/",
            "regoperator", "+(int4,int4)", "regproc", "now", "regprocedure", "abs(int4)", "regrole", "pg_monitor",
            "regtype", "int4");

    @ParameterizedTest
    @PostgresMajors
    void the_table_tells_every_type_and_what_its_values_become(TestDatabase database) throws Exception {
        String expected = table(database);
        String document = Files.readString(document());
        int from = document.indexOf(OPEN) + OPEN.length();
        int to = document.indexOf(CLOSE);
        assertThat(document).contains(OPEN, CLOSE);
        if (Boolean.getBoolean("pgcdc.docs.write")) {
            Files.writeString(document(), document.substring(0, from) + expected + document.substring(to));
            return;
        }
        assertThat(document.substring(from, to)).as("docs/types.md; -Dpgcdc.docs.write=true writes it").isEqualTo(expected);
    }

    @Test
    void the_document_names_every_extension_type_that_is_known() throws IOException {
        String document = Files.readString(document());
        assertThat(ExtensionTypes.ALL.keySet()).allSatisfy(name -> assertThat(document).contains('`' + name + '`'));
    }

    private static String table(TestDatabase database) throws SQLException {
        StringJoiner table = new StringJoiner("\n", "| type | PostgreSQL shows | portable | java |\n|---|---|---|---|\n", "\n");
        ConnectionSettings settings = new ConnectionSettings(
                database.url(), database.username(), database.password(), "docs");
        try (Connection connection = new PostgresConnections(settings).plain();
             Statement statement = connection.createStatement()) {
            for (KnownType type : KnownTypes.ALL) {
                List<String> examples = EXAMPLES.get(type.name());
                if (examples == null) {
                    table.add(
                            "| " + code(type.name()) + " | only the server writes it | " + shown(type, ValueStyle.PORTABLE, "x")
                                    .replaceAll("`.*` ", "")
                              + " | the same |");
                    continue;
                }
                String title = title(statement, type);
                for (String example : examples) {
                    String text = text(
                            statement,
                            "format('%s', '" + example + "'::" + (type.name().equals("char") ? "\"char\"" : type.name()) + ")");
                    String portable = shown(type, ValueStyle.PORTABLE, text);
                    String java = shown(type, ValueStyle.JAVA, text);
                    table.add("| " + title + " | " + code(text) + " | " + portable + " | "
                              + (java.equals(portable) ? "the same" : java) + " |");
                    title = "";
                }
            }
        }
        return table.toString();
    }

    private static String title(Statement statement, KnownType type) throws SQLException {
        String name = text(statement, "format_type(" + type.oid() + ", NULL)");
        return name.equals(type.name()) ? code(name) : code(name) + " (" + code(type.name()) + ")";
    }

    private static String text(Statement statement, String expression) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT " + expression)) {
            row.next();
            return row.getString(1);
        }
    }

    private static String shown(KnownType type, ValueStyle style, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Object value = type.codec(style).decode(bytes, 0, bytes.length);
        String shown = value instanceof byte[] octets ? HexFormat.ofDelimiter(" ").formatHex(octets) : value.toString();
        return code(shown) + " " + value.getClass().getSimpleName();
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    private static Map<String, List<String>> examples(String... pairs) {
        Map<String, List<String>> examples = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            boolean operator = pairs[i].equals("regoper");
            examples.put(pairs[i], operator ? List.of(pairs[i + 1]) : List.of(pairs[i + 1].split("\\|")));
        }
        return examples;
    }

    /** Maven runs tests in the module's directory, some editors in the root. */
    private static Path document() {
        Path inModule = Path.of("..", "docs", "types.md");
        return Files.exists(inModule) ? inModule : Path.of("docs", "types.md");
    }
}
