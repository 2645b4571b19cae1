package io.pgcdc.routes.bigquery;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.protobuf.ByteString;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.routes.bigquery.fake.FakeBigQuery;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of types in docs/bigquery.md is what becomes of these values, with values=portable and with values=java.
 * {@code -Dpgcdc.docs.write=true} writes it anew.
 */
@PostgresTest
class BigQueryTypesIT {

    private static final Path DOCUMENT = Path.of("../docs/bigquery.md");
    private static final Pattern TABLE = Pattern.compile("(?s)(<!-- types -->\n).*?(<!-- /types -->)");
    private static final String REFUSED = "refused";

    /** Values of each type, as PostgreSQL reads them. */
    private static final Map<String, List<String>> VALUES = values();

    private static Map<String, List<String>> values() {
        Map<String, List<String>> values = new LinkedHashMap<>();
        values.put("boolean", List.of("true"));
        values.put("smallint", List.of("-1"));
        values.put("integer", List.of("42"));
        values.put("bigint", List.of("9223372036854775807"));
        values.put("oid", List.of("4294967295"));
        values.put("real", List.of("1.5", "0.1", "NaN"));
        values.put("double precision", List.of("1e-07", "NaN", "-Infinity"));
        values.put("numeric(12,2)", List.of("1.50", "NaN"));
        values.put("numeric(38,9)", List.of("12345678901234567890123456789.123456789"));
        values.put("numeric(76,38)", List.of("12345678901234567890123456789012345678.00000000000000000000000000000000000001"));
        values.put("numeric(77,38)", List.of("1"));
        values.put("numeric", List.of("1.50", "1e100", "NaN", "Infinity"));
        values.put("money", List.of("-1234.50"));
        values.put("text", List.of("größe"));
        values.put("character varying(10)", List.of("größe"));
        values.put("character(3)", List.of("a"));
        values.put("uuid", List.of("123e4567-e89b-12d3-a456-426614174000"));
        values.put("bytea", List.of("\\x00ff"));
        values.put("jsonb", List.of("{\"b\": [1.0, 12345678901234567890]}", "123456789012345678901234567890", "null"));
        values.put("json", List.of("{\"b\" : 1.0, \"b\" : 123456789012345678901234567890}"));
        values.put("date", List.of("2026-11-23", "0044-03-15 BC", "infinity"));
        values.put("time", List.of("10:00:00.5", "24:00:00"));
        values.put("time with time zone", List.of("10:00:00+05:30"));
        values.put("timestamp", List.of("2026-11-23 10:00:00.123456", "12026-11-23 10:00:00", "-infinity"));
        values.put("timestamp with time zone", List.of("2026-11-23 10:00:00+01", "infinity"));
        values.put("interval", List.of("P1Y2M-3DT4H5M6.7S"));
        values.put("inet", List.of("192.168.0.1/24"));
        values.put("int4range", List.of("[1,6)"));
        values.put("point", List.of("(1,2)"));
        values.put("bit(3)", List.of("101"));
        values.put("integer[]", List.of("{1,NULL,3}", "{}", "{{1,2},{3,4}}"));
        values.put("text[]", List.of("{a,\"b \\\"quoted\\\"\",NULL}"));
        values.put("numeric[]", List.of("{1.50,NaN}", "{12345678901234567890.123}"));
        values.put("timestamptz[]", List.of("{\"2026-11-23 10:00:00+01\",infinity}"));
        values.put("an_enum", List.of("happy"));
        values.put("a_domain", List.of("7"));
        values.put("a_composite", List.of("(1,\"two words\")"));
        return values;
    }

    @Test
    void every_type_is_kept_as_the_document_says(TestDatabase portable, TestDatabase java) throws Exception {
        String table = table(portable, "portable");
        assertThat(table(java, "java")).isEqualTo(table);
        String document = Files.readString(DOCUMENT);
        Matcher matcher = TABLE.matcher(document);
        assertThat(matcher.find()).isTrue();
        String expected = document.substring(0, matcher.end(1)) + table + document.substring(matcher.start(2));
        if (Boolean.getBoolean("pgcdc.docs.write")) {
            Files.writeString(DOCUMENT, expected);
        }
        assertThat(Files.readString(DOCUMENT)).isEqualTo(expected);
    }

    /** A column for each type, a row for each value, and an exchange for each row: one that is refused is left out. */
    private static String table(TestDatabase shop, String style) throws Exception {
        List<String> statements = new ArrayList<>(
                List.of("CREATE TYPE an_enum AS ENUM ('happy')",
                        "CREATE DOMAIN a_domain AS integer", "CREATE TYPE a_composite AS (a integer, b text)",
                        "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (-1)",
                        "CREATE PUBLICATION mypub FOR TABLE t"));
        List<String> types = new ArrayList<>(VALUES.keySet());
        for (int i = 0; i < types.size(); i++) {
            statements.add("ALTER TABLE t ADD v" + i + " " + types.get(i));
            List<String> values = VALUES.get(types.get(i));
            for (int n = 0; n < values.size(); n++) {
                statements.add("INSERT INTO t (id, v" + i + ") VALUES (" + id(i, n) + ", '" + values.get(n) + "')");
            }
        }
        shop.execute(statements.toArray(String[]::new));
        StringBuilder table = new StringBuilder("| type | column | PostgreSQL's value | BigQuery's |\n|---|---|---|---|\n");
        List<String> refusals = new CopyOnWriteArrayList<>();
        try (FakeBigQuery fake = new FakeBigQuery();
             SinkRoute route = SinkRoute.start(shop, fake, new RouteBuilder() {
                 @Override
                 public void configure() {
                     onException(PgCdcException.class).handled(true)
                             .process(exchange -> refusals.add(
                                     exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class).getMessage()));
                     from("pgcdc:mypub?values=" + style).routeId("cdc")
                             .to("pgcdc-bigquery:" + FakeBigQuery.PROJECT + ":" + FakeBigQuery.DATASET);
                 }
             })) {
            route.awaitCaughtUp();
            List<Map<String, Object>> rows = fake.rows("t");
            assertThat(row(rows, -1).values()).as("NULL of every type").containsOnly(-1L, null);
            int refused = 0;
            for (int i = 0; i < types.size(); i++) {
                String column = fake.table("t_1").column("v" + i).orElseThrow().type();
                List<String> values = VALUES.get(types.get(i));
                for (int n = 0; n < values.size(); n++) {
                    Map<String, Object> row = row(rows, id(i, n));
                    refused += row == null ? 1 : 0;
                    table.append(n == 0 ? "| `" + types.get(i) + "` | " + column : "|  | ").append(" | ")
                            .append(code(values.get(n))).append(" | ")
                            .append(row == null ? REFUSED : code(text(row.get("v" + i)))).append(" |\n");
                }
            }
            assertThat(refusals).hasSize(refused).allMatch(refusal -> refusal.startsWith("The value of public.t.v"));
        }
        return table.toString();
    }

    private static int id(int type, int value) {
        return type * 10 + value;
    }

    private static Map<String, Object> row(List<Map<String, Object>> rows, long id) {
        return rows.stream().filter(row -> row.get("id").equals(id)).findFirst().orElse(null);
    }

    private static String text(Object value) {
        return value instanceof ByteString bytes
                ? Base64.getEncoder().encodeToString(bytes.toByteArray()) : String.valueOf(value);
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }
}
