package io.pgcdc.types;

import java.math.BigDecimal;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class NumericCodecsTest {

    @ParameterizedTest
    @ValueSource(strings = {
            "0", "0.00", "1", "-1", "1.50", "-0.000000001", "100", "999999999999999999", "-999999999999999999",
            "1234567890123456789", "9999999999999999999", "0.999999999999999999", "0.0000000000000000001",
            "123456789012345678901234567890.123456789", "-123456789012345678901234567890.10" })
    void a_numeric_keeps_its_scale(String text) {
        assertThat(portable(TypeOids.NUMERIC, text)).isEqualTo(new BigDecimal(text));
        assertThat(java(TypeOids.NUMERIC, text)).isEqualTo(new BigDecimal(text));
    }

    @Test
    void leading_zeros_do_not_count() {
        assertThat(portable(TypeOids.NUMERIC, "0007.10")).isEqualTo(new BigDecimal("7.10"));
        assertThat(portable(TypeOids.NUMERIC, "000000000000000000000000007.10")).isEqualTo(new BigDecimal("7.10"));
    }

    @Test
    void a_negative_zero_is_zero() {
        assertThat(portable(TypeOids.NUMERIC, "-0.00")).isEqualTo(new BigDecimal("0.00"));
    }

    @Test
    void a_thousand_digits_are_all_kept() {
        String text = "-" + "1234567890".repeat(50) + "." + "0987654321".repeat(50);
        assertThat(portable(TypeOids.NUMERIC, text)).isEqualTo(new BigDecimal(text));
        assertThat(portable(TypeOids.NUMERIC, text)).hasToString(text);
    }

    @Test
    void the_longest_numeric_of_postgres_is_read_and_a_longer_one_is_malformed_at_once() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            String text = "9".repeat(131_072) + "." + "9".repeat(16_383);
            assertThat(((BigDecimal) portable(TypeOids.NUMERIC, text)).precision()).isEqualTo(131_072 + 16_383);
            assertMalformed(TypeOids.NUMERIC, "numeric", "9".repeat(10_000_000));
            assertMalformed(TypeOids.NUMERIC, "numeric", "0." + "9".repeat(16_384));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = { "NaN", "Infinity", "-Infinity" })
    void what_no_big_decimal_can_be_is_text_in_the_portable_style_and_a_double_in_the_java_style(String text) {
        assertThat(portable(TypeOids.NUMERIC, text)).isEqualTo(text);
        assertThat(java(TypeOids.NUMERIC, text)).isEqualTo(Double.valueOf(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "-", "+1", ".5", "5.", ".", "-.", "1.2.3", "1-2", "1e5", "1E+5", " 1", "1 ", "1,000", "0x10", "nan",
            "-NaN", "12x4.56", "12345678901234567890a" })
    void what_is_no_decimal_number_is_malformed(String text) {
        assertMalformed(TypeOids.NUMERIC, "numeric", text);
    }
}
