package io.pgcdc.types;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The binary forms of values give what their texts give, in both styles. */
class BinaryCodecsTest {

    private static final LocalDateTime BEGINNING = LocalDateTime.of(2000, 1, 1, 0, 0);

    private static Object decode(ValueStyle style, String type, byte[] value) {
        return Decoding.decode(KnownTypes.find(type).binaryCodec(style), value);
    }

    private static Object decode(ValueStyle style, String type, String hex) {
        return decode(style, type, HexFormat.of().parseHex(hex));
    }

    private static byte[] bytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private static byte[] bytes(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "bool|01|t", "bool|00|f", "int2|8000|-32768", "int2|7fff|32767", "int4|80000000|-2147483648", "int4|0000002a|42",
            "int8|8000000000000000|-9223372036854775808", "int8|7fffffffffffffff|9223372036854775807",
            "oid|ffffffff|4294967295",
            "float4|3dcccccd|0.1", "float4|80000000|-0", "float4|00000001|1e-45", "float4|7fc00000|NaN",
            "float4|ffc00001|NaN", "float4|7f800000|Infinity", "float4|ff800000|-Infinity", "float8|3fb999999999999a|0.1",
            "float8|8000000000000000|-0", "float8|0000000000000001|5e-324", "float8|7ff8000000000000|NaN",
            "float8|fff8000000000001|NaN", "float8|7ff0000000000000|Infinity", "float8|fff0000000000000|-Infinity",
            "text|``|``", "text|6772c3b6c39f65|größe", "varchar|61|a", "bpchar|612020|`a  `", "name|61|a",
            "json|7b2262223a20317d|{\"b\": 1}", "jsonb|017b2262223a20317d|{\"b\": 1}", "bytea|``|\\x",
            "money|000000000000303a|$123.46", "money|8000000000000000|-$92,233,720,368,547,758.08", "bytea|00ff|\\x00ff",
            "uuid|123e4567e89b12d3a456426614174000|123e4567-e89b-12d3-a456-426614174000",
            "uuid|fedcba98765432108000aaffffffffff|fedcba98-7654-3210-8000-aaffffffffff",
            "date|00000000|2000-01-01", "date|ffffffff|1999-12-31", "date|7fffffff|infinity", "date|80000000|-infinity",
            "date|7fda970c|5874897-12-31",
            "date|ffda97a7|4714-11-24 BC",
            "date|fff4dbf8|0001-12-31 BC",
            "date|fff4dbf9|0001-01-01",
            "date|002c95d3|9999-12-31",
            "date|002c95d4|10000-01-01",
            "date|0000003b|2000-02-29",
            "date|ffff718e|1900-02-28",
            "date|ffff718f|1900-03-01",
            "time|0000000000000000|00:00:00",
            "time|000000141dd76000|24:00:00",
            "time|000000141dd75fff|23:59:59.999999",
            "time|0000000861cc0920|10:00:00.5",
            "timestamp|0000000000000000|2000-01-01 00:00:00",
            "timestamp|ffffffffffffffff|1999-12-31 23:59:59.999999",
            "timestamp|7fffffffffffffff|infinity",
            "timestamp|8000000000000000|-infinity",
            "timestamp|7fffff5bb3b29fff|294276-12-31 23:59:59.999999",
            "timestamp|fd0f7cc1411fa000|4714-11-24 00:00:00 BC",
            "timestamptz|00000000000186a0|2000-01-01 00:00:00.1+00",
            "timestamptz|000303ed6cf2ea3a|2026-11-23 10:00:00.12345+00",
            "timestamptz|ff1fe2ffc58d1dc0|0001-12-31 23:59:59+00 BC",
            "timestamptz|7fffffffffffffff|infinity",
            "timestamptz|8000000000000000|-infinity" })
    void a_value_is_what_its_text_is(String type, String hex, String text) {
        for (ValueStyle style : ValueStyle.values()) {
            Object expected = Decoding.decode(
                    KnownTypes.find(type).codec(style), text.getBytes(StandardCharsets.UTF_8));
            assertThat(decode(style, type, hex)).isEqualTo(expected).hasSameClassAs(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
            // groups, weight, sign, scale; the groups
            "0000 0000 0000 0000, 0", "0000 0000 0000 0002, 0.00", "0000 0000 0000 0013, 0.0000000000000000000",
            "0001 0000 0000 0000 0001, 1", "0001 0000 4000 0000 0001, -1", "0002 0000 0000 0002 0001 1388, 1.50",
            "0001 ffff 0000 0001 0fa0, 0.4", "0001 fffe 0000 0009 0064, 0.000001000",
            "0001 0001 0000 0000 0064, 1000000", "0001 0001 0000 0002 000a, 100000.00",
            "0005 0003 0000 0002 0063 270f 270f 270f 26ac, 99999999999999.99",
            "0005 0003 4000 0001 270f 270f 270f 270f 2328, -9999999999999999.9",
            "0005 0003 0000 0002 270f 270f 270f 270f 26ac, 9999999999999999.99",
            "0005 0003 0000 0003 270f 270f 270f 270f 2706, 9999999999999999.999",
            "0004 0003 0000 0002 270f 270f 270f 270f, 9999999999999999.00",
            "0004 0003 0000 0003 270f 270f 270f 270f, 9999999999999999.000",
            "0005 0004 0000 0000 0063 270f 270f 270f 270f, 999999999999999999",
            "0005 0004 4000 0000 0064 0000 0000 0000 0001, -1000000000000000001",
            "0001 0004 0000 0000 0001, 10000000000000000", "0001 0005 0000 0000 0001, 100000000000000000000",
            "0002 ffff 4000 0008 0001 0002, -0.00010002", "0005 ffff 0000 0013 0001 0002 0003 0004 0032, 0.0001000200030004005",
            // what no server sends: zeros that need not be, and digits beyond the scale
            "0003 0001 0000 0000 0000 0000 0007, 0", "0003 0002 0000 0001 0000 0000 0007, 7.0",
            "0002 0000 0000 0000 0007 270f, 7", "0003 0000 4000 0001 0007 1f40 270f, -7.8", "0001 fff0 0000 0001 0007, 0.0",
            "0001 fff0 0000 0000 0007, 0" })
    void a_numeric_has_its_digits_and_its_scale(String hex, BigDecimal number) {
        String bytes = hex.replace(" ", "");
        assertThat(decode(ValueStyle.PORTABLE, "numeric", bytes)).isEqualTo(number);
        assertThat(decode(ValueStyle.JAVA, "numeric", bytes)).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({ "c000, NaN", "d000, Infinity", "f000, -Infinity" })
    void what_no_big_decimal_can_be_is_text_in_the_portable_style_and_a_double_in_the_java_style(String sign, String text) {
        assertThat(decode(ValueStyle.PORTABLE, "numeric", "00000000" + sign + "0000")).isEqualTo(text);
        assertThat(decode(ValueStyle.JAVA, "numeric", "00000000" + sign + "0020")).isEqualTo(Double.valueOf(text));
    }

    @Test
    void the_largest_numeric_has_all_of_its_digits() {
        String largest = "7fff" + "7fff" + "0000" + "3fff" + "270f".repeat(32_767);
        assertThat(decode(ValueStyle.JAVA, "numeric", largest)).isEqualTo(
                new BigDecimal("9".repeat(131_068) + "0000." + "0".repeat(16_383)));
    }

    @Test
    void any_moment_is_what_java_time_prints() {
        long seed = Long.getLong("pgcdc.test.seed", System.nanoTime());
        System.out.println("moments: repeat with -Dpgcdc.test.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            long micros = random.nextLong() >> random.nextInt(40);
            LocalDateTime moment = BEGINNING.plusNanos(micros % 1_000_000 * 1_000).plusSeconds(micros / 1_000_000);
            String iso = printed(moment);
            assertThat(decode(ValueStyle.PORTABLE, "timestamp", bytes(micros))).isEqualTo(iso);
            assertThat(decode(ValueStyle.PORTABLE, "timestamptz", bytes(micros))).isEqualTo(iso + "Z");
            assertThat(decode(ValueStyle.JAVA, "timestamp", bytes(micros))).isEqualTo(moment);
            assertThat(decode(ValueStyle.JAVA, "timestamptz", bytes(micros))).isEqualTo(moment.atOffset(ZoneOffset.UTC));
            LocalDate date = BEGINNING.toLocalDate().plusDays((int) micros);
            assertThat(decode(ValueStyle.PORTABLE, "date", bytes((int) micros))).isEqualTo(date.toString());
            assertThat(decode(ValueStyle.JAVA, "date", bytes((int) micros))).isEqualTo(date);
            long microOfDay = moment.toLocalTime().toNanoOfDay() / 1_000;
            assertThat(decode(ValueStyle.PORTABLE, "time", bytes(microOfDay))).isEqualTo(iso.substring(iso.indexOf('T') + 1));
            assertThat(decode(ValueStyle.JAVA, "time", bytes(microOfDay))).isEqualTo(moment.toLocalTime());
        }
    }

    /** java.time prints a fraction in threes of digits, and leaves seconds of 0 out. */
    private static String printed(LocalDateTime moment) {
        String time = DateTimeFormatter.ofPattern("HH:mm:ss").format(moment);
        String fraction = moment.getNano() == 0 ? "" : ("." + "%09d".formatted(moment.getNano())).replaceAll("0+$", "");
        return moment.toLocalDate() + "T" + time + fraction;
    }

    @Test
    void the_end_of_the_day_and_the_infinities_are_the_outermost_of_java_time() {
        assertThat(decode(ValueStyle.JAVA, "time", bytes(86_400_000_000L))).isEqualTo(LocalTime.MAX);
        assertThat(decode(ValueStyle.JAVA, "timestamptz", bytes(Long.MIN_VALUE))).isEqualTo(OffsetDateTime.MIN);
    }

    private static Object array(String hex) {
        Object portable = Decoding.decode(
                Codecs.of(ValueStyle.PORTABLE, true).binaryCodec(TypeOids.INT2_ARRAY),
                HexFormat.of().parseHex(hex.replace(" ", "")));
        assertThat(Decoding.decode(
                Codecs.of(ValueStyle.JAVA, true).binaryCodec(TypeOids.INT2_ARRAY),
                HexFormat.of().parseHex(hex.replace(" ", ""))))
                .isEqualTo(portable);
        return portable;
    }

    @Test
    void an_array_is_a_list_of_its_elements_and_of_lists_for_more_dimensions() {
        assertThat(array("00000000 00000000 00000015")).isEqualTo(List.of());
        assertThat(array("00000001 00000001 00000015 00000003 00000001 00000002 0007 ffffffff 00000002 fff8"))
                .isEqualTo(Arrays.asList(7, null, -8));
        assertThat(array("00000002 00000000 00000015 00000002 00000005 00000001 00000000 00000002 0007 00000002 0008"))
                .isEqualTo(List.of(List.of(7), List.of(8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "00000000 00000000", "00000000 00000000 00000015 00", "00000001 00000000 00000015",
            "ffffffff 00000000 00000015", "00000007 00000000 00000015", "00000001 00000000 00000015 00000000 00000001",
            "00000001 00000000 00000015 ffffffff 00000001 00000002 0007",
            "00000001 00000000 00000015 7fffffff 00000001 00000002 0007",
            "00000001 00000000 00000015 00000002 00000001 00000002 0007",
            "00000001 00000000 00000015 00000001 00000001 00000002 0007 00",
            "00000001 00000000 00000015 00000001 00000001 00000003 0007",
            "00000001 00000000 00000015 00000001 00000001 fffffffe 0007",
            "00000002 00000000 00000015 00000002 00000001 00000001 00000001 00000002 0007",
            "00000001 00000000 00000015 00000001 00000001 000000" })
    void what_is_no_array_is_malformed(String hex) {
        assertThatThrownBy(() -> array(hex)).isInstanceOf(ValueFormatException.class)
                .hasMessageStartingWith("not a value of type int2[]: ").hasNoCause();
    }

    @ParameterizedTest
    @CsvSource({
            "bool, ''", "bool, 02", "bool, 0001", "int2, 00", "int2, 000000", "int4, 0000", "int8, 00000000", "oid, ''",
            "float4, 0000000000000000", "float8, 00000000", "json, ''", "jsonb, ''", "jsonb, 01", "jsonb, 027b7d",
            "uuid, 123e4567e89b12d3a4564266141740", "uuid, 123e4567e89b12d3a45642661417400000", "date, 0000000000000000",
            "time, ''", "time, ffffffffffffffff", "time, 000000141dd76001", "timestamp, 00000000",
            "timestamptz, 000000000000000000", "numeric, ''", "numeric, 00000000000000", "numeric, 000000000000000000",
            "numeric, 0001000000000000", "numeric, ffff000000000000", "numeric, 00000000ab000000", "numeric, 0000000000004000",
            "numeric, 00010000000000002710", "numeric, 0001000000000000ffff", "numeric, 0002ffff0000000000002710" })
    void what_is_no_value_is_malformed(String type, String hex) {
        for (ValueStyle style : ValueStyle.values()) {
            assertThatThrownBy(() -> decode(style, type, hex)).isInstanceOf(ValueFormatException.class)
                    .hasMessageStartingWith("not a value of type " + type + ": ").hasNoCause();
        }
    }
}
