package io.pgcdc.types;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class FloatCodecsTest {

    @ParameterizedTest
    @ValueSource(strings = {
            "0", "-0", "1", "-1", "1.5", "0.1", "0.0001", "1e-07", "-1e-07", "1e+20", "1.5e+300", "123456789012345",
            "1234567890123456", "0.1000000000000000055511151231257827", "1e22", "1e23", "-1e+15", "9007199254740993",
            "1.7976931348623157e+308", "5e-324", "2.2250738585072014e-308", "0e999", "3.14159265358979e-05",
            "1000000000000000000000", "0.00000000000000000000000001" })
    void a_float8_is_the_double_that_java_reads(String text) {
        assertThat(portable(TypeOids.FLOAT8, text)).isEqualTo(Double.valueOf(text));
        assertThat(java(TypeOids.FLOAT8, text)).isEqualTo(Double.valueOf(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "0", "-0", "1", "-1.5", "0.1", "1e-07", "1e+20", "16777217", "9999999", "1.2345678", "3.4028235e+38",
            "1e-45", "1.17549435e-38", "0.3333333", "1e10", "9.999999e+10", "1e11" })
    void a_float4_is_the_float_that_java_reads(String text) {
        assertThat(portable(TypeOids.FLOAT4, text)).isEqualTo(Float.valueOf(text));
        assertThat(java(TypeOids.FLOAT4, text)).isEqualTo(Float.valueOf(text));
    }

    @Test
    void any_number_keeps_every_bit() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String large = Double.toString(Double.longBitsToDouble(random.nextLong()));
            String small = random.nextInt(100_000_000) + "e" + (random.nextInt(50) - 25);
            for (String text : new String[] { large, small }) {
                assertThat(java(TypeOids.FLOAT8, text)).as("seed " + seed).isEqualTo(Double.valueOf(text));
            }
            String single = Float.toString(Float.intBitsToFloat(random.nextInt()));
            for (String text : new String[] { single, small }) {
                assertThat(java(TypeOids.FLOAT4, text)).as("seed " + seed).isEqualTo(Float.valueOf(text));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "NaN", "Infinity", "-Infinity" })
    void what_json_has_no_number_for_is_text_in_the_portable_style(String text) {
        assertThat(portable(TypeOids.FLOAT4, text)).isEqualTo(text);
        assertThat(portable(TypeOids.FLOAT8, text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = { "NaN", "Infinity", "-Infinity" })
    void what_json_has_no_number_for_is_a_number_in_the_java_style(String text) {
        assertThat(java(TypeOids.FLOAT4, text)).isEqualTo(Float.valueOf(text));
        assertThat(java(TypeOids.FLOAT8, text)).isEqualTo(Double.valueOf(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "-", "+1", ".5", "5.", "-.", "1.2.3", "1e", "1e+", "1e-", "1e5.5", "1ee5", "1d", "1.5f", "0x1p3", " 1",
            "1 ", "1,5", "nan", "NaNs", "+Infinity", "--Infinity", "Inf", "e5" })
    void what_is_no_number_of_postgres_is_malformed_even_if_java_would_read_it(String text) {
        assertMalformed(TypeOids.FLOAT4, "float4", text);
        assertMalformed(TypeOids.FLOAT8, "float8", text);
    }

    @Test
    void a_number_beyond_the_range_of_its_type_is_malformed() {
        assertMalformed(TypeOids.FLOAT4, "float4", "3.5e+38");
        assertMalformed(TypeOids.FLOAT4, "float4", "-1e39");
        assertMalformed(TypeOids.FLOAT4, "float4", "1e-60");
        assertMalformed(TypeOids.FLOAT8, "float8", "1e+309");
        assertMalformed(TypeOids.FLOAT8, "float8", "1e99999999999999999999");
        assertMalformed(TypeOids.FLOAT8, "float8", "1e-99999999999999999999");
    }
}
