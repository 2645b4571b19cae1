package io.pgcdc.camel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgcdc.model.Column;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The JSON of rows comes back from a JSON library as what went in. */
class JsonWriterTest {

    private static final int BIGINT = 20;
    private static final int TEXT = 25;
    private static final int JSON = 114;
    private static final int JSON_ARRAY = 199;
    private static final int JSONB = 3802;
    private static final int JSONB_ARRAY = 3807;

    private static final ObjectMapper JACKSON = new ObjectMapper(
            JsonFactory.builder().streamReadConstraints(
                    StreamReadConstraints.builder().maxNumberLength(200_000).build()).build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS);

    @Test
    void whatever_text_and_numbers_there_are_come_back_as_they_were() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Map<String, Object> value = randomMap(random, 3);

            String json = write(value);

            assertThat(JACKSON.readValue(json, Object.class)).as("seed %s, value %s", seed, i).isEqualTo(value);
            assertThat(json).as("one line, seed %s", seed).doesNotContain("\n", "\r", "\u2028", "\u2029");
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            assertThat(JACKSON.readValue(bytes, Object.class)).as("as bytes, seed %s", seed).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "0", "-1", "2.50", "0.0000000000000000000000000000001", "-0.000000000", "0.00", "100000000000000000000000000000",
            "123456789012345678901234567890.123456789012345678901234567890" })
    void a_numeric_is_a_number_with_all_its_digits_and_without_an_exponent(String digits) {
        assertThat(write(new BigDecimal(digits))).isEqualTo(new BigDecimal(digits).toPlainString()).doesNotContain("E");
    }

    @Test
    void the_longest_numeric_keeps_every_digit() throws Exception {
        BigDecimal longest = new BigDecimal("9".repeat(131_072) + '.' + "7".repeat(16_383));

        assertThat(JACKSON.readValue(write(longest), BigDecimal.class)).isEqualTo(longest);
    }

    @ParameterizedTest
    @CsvSource({ "1e300", "-0.0", "0.1", "5e-324", "1.7976931348623157e308", "3" })
    void a_double_comes_back_as_the_same_bits(double value) throws Exception {
        double back = new ObjectMapper().readValue(write(value), Double.class);

        assertThat(Double.doubleToRawLongBits(back)).isEqualTo(Double.doubleToRawLongBits(value));
    }

    @ParameterizedTest
    @CsvSource({ "3.4028235e38", "-0.0", "0.1", "1.4e-45" })
    void a_float_comes_back_as_the_same_bits(float value) throws Exception {
        float back = new ObjectMapper().readValue(write(value), Float.class);

        assertThat(Float.floatToRawIntBits(back)).isEqualTo(Float.floatToRawIntBits(value));
    }

    @Test
    void what_json_has_no_number_for_is_text() {
        assertThat(write(Arrays.asList(Double.NaN, Double.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN)))
                .isEqualTo("[\"NaN\",\"-Infinity\",\"Infinity\",\"NaN\"]");
    }

    @Test
    void strings_are_escaped_where_json_or_a_reader_of_lines_would_stumble() {
        assertThat(write("\"\\/\b\f\n\r\t\u0000\u001f\u007f\u2028\u2029\ud83d\ude00é"))
                .isEqualTo("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\\u2028\\u2029\ud83d\ude00é\"");
        assertThat(write("\ud83d and \ude00\ud83d")).isEqualTo("\"\\ud83d and \\ude00\\ud83d\"");
    }

    @Test
    void other_types_of_java_are_text_or_what_they_hold() {
        assertThat(write(new byte[] { 1, 2, (byte) 0xFF })).isEqualTo("\"AQL/\"");
        assertThat(write(new UUID(1, 2))).isEqualTo("\"00000000-0000-0001-0000-000000000002\"");
        assertThat(write(new Object[] { 1, null, new Object[] { true } })).isEqualTo("[1,null,[true]]");
        assertThat(write(java.time.Instant.EPOCH)).isEqualTo("\"1970-01-01T00:00:00Z\"");
    }

    @Test
    void json_columns_are_the_json_that_they_hold_with_order_duplicates_and_digits() throws Exception {
        String json = "{\"b\": 1e400, \"a\" : [1.10, -0],\n \"b\":\"x\\ny\\u2028\\ud800\"}";

        String row = write(row(
                column("id", BIGINT, 7L), column("doc", JSON, json), column("docb", JSONB, "[1, null]"),
                column("docs", JSON_ARRAY, Arrays.asList("{}", null, "\"a\"")),
                column("docbs", JSONB_ARRAY, List.of(List.of("1"), List.of("[2]"))), column("none", JSON, null),
                column("text", TEXT, json)));

        assertThat(row).startsWith(
                "{\"id\":7,\"doc\":{\"b\": 1e400, \"a\" : [1.10, -0],  \"b\":\"x\\ny\\u2028\\ud800\"},\"docb\":[1, null],"
                                   + "\"docs\":[{},null,\"a\"],\"docbs\":[[1],[[2]]],\"none\":null,\"text\":\"{\\\"b\\\": ");
        assertThat(JACKSON.readTree(row).get("text").textValue()).isEqualTo(json);
    }

    @Test
    void a_column_that_was_not_sent_is_absent_and_null_is_null() {
        assertThat(write(row(
                column("a", TEXT, TableRow.ABSENT), column("b", TEXT, null), column("c", TEXT, ""),
                column("d\"\n", TEXT, TableRow.ABSENT))))
                .isEqualTo("{\"b\":null,\"c\":\"\"}");
        assertThat(write(row())).isEqualTo("{}");
        assertThat(write(row(column("a\"\\\n", TEXT, "x")))).isEqualTo("{\"a\\\"\\\\\\n\":\"x\"}");
    }

    /** Type OIDs as in pg_type. */
    @ParameterizedTest
    @CsvSource({
            "16,t", "20,-9223372036854775808", "1700,1.50", "1700,NaN", "1700,-Infinity", "701,1e-7", "701,NaN",
            "700,0.1", "700,Infinity", "17,\\x00ff7f", "2950,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "1082,2026-01-02", "1082,0044-03-15 BC", "1082,5874897-12-31", "1082,infinity", "1082,-infinity",
            "1083,10:15:00", "1083,10:15:00.000001", "1083,24:00:00", "1266,10:15:00.5+05:30", "1266,10:15:00+00",
            "1266,10:15:00-01:02:03", "1114,2026-01-02 03:04:00", "1114,0001-01-01 00:00:00.1 BC", "1114,infinity",
            "1114,-infinity", "1184,2026-01-02 03:04:05.123456+00", "1184,294276-12-31 23:59:59.999999+00",
            "1184,infinity", "1184,-infinity" })
    void values_of_java_give_the_same_json_as_portable_ones(long type, String text) {
        assertThat(write(decode(ValueStyle.JAVA, type, text))).isEqualTo(write(decode(ValueStyle.PORTABLE, type, text)));
    }

    private static Object decode(ValueStyle style, long type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Codecs.of(style, true).codec(type).decode(bytes, 0, bytes.length);
    }

    private static String write(Object value) {
        return new JsonWriter().value(value).toString();
    }

    private record Cell(Column column, Object value) {
    }

    private static Cell column(String name, int type, Object value) {
        return new Cell(new Column(name, type, null, -1, true, false), value);
    }

    private static TableRow row(Cell... cells) {
        return new TableRow(
                new TableSchema(
                        new TableId("public", "t"), 1, ReplicaIdentity.DEFAULT,
                        Arrays.stream(cells).map(Cell::column).toList()),
                Arrays.stream(cells).map(Cell::value).toArray());
    }

    private static Map<String, Object> randomMap(Random random, int depth) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            map.put(randomText(random), randomValue(random, depth));
        }
        return map;
    }

    private static Object randomValue(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> new BigInteger(random.nextInt(300), random).multiply(BigInteger.valueOf(random.nextInt(3) - 1));
            case 3 -> new BigDecimal(new BigInteger(random.nextInt(300), random), 1 + random.nextInt(60));
            case 4 -> randomText(random);
            case 5 -> randomMap(random, depth - 1);
            default -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    list.add(randomValue(random, depth - 1));
                }
                yield list;
            }
        };
    }

    /** Any UTF-16 at all, mostly around what must be escaped. */
    private static String randomText(Random random) {
        char[] text = new char[random.nextInt(12)];
        for (int i = 0; i < text.length; i++) {
            text[i] = switch (random.nextInt(6)) {
                case 0 -> (char) random.nextInt(0x30);
                case 1 -> (char) (0x2020 + random.nextInt(0x10));
                case 2 -> (char) (0xD7F0 + random.nextInt(0x820));
                case 3 -> "\"\\/'<>".charAt(random.nextInt(6));
                default -> (char) random.nextInt(0x10000);
            };
        }
        return new String(text);
    }
}
