package io.pgcdc.types;

import java.math.BigDecimal;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class MoneyCodecTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "$0.00|0.00", "-$0.05|-0.05", "$12.30|12.30", "$999.99|999.99", "$1,000.00|1000.00",
            "-$1,234,567.89|-1234567.89", "$92,233,720,368,547,758.07|92233720368547758.07",
            "-$92,233,720,368,547,758.08|-92233720368547758.08" })
    void money_is_the_exact_number_in_both_styles(String text, BigDecimal number) {
        assertThat(portable(TypeOids.MONEY, text)).isEqualTo(number);
        assertThat(java(TypeOids.MONEY, text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "-", "$", "$.", "$.50", "$0", "$0.5", "0.50", "$-0.50", "$1000.00", "$,000.00", "$1,00.00", "$1,0000.00",
            "$12,34.00", "$1.000.00", "$1,000,00", "$1a.00", "$1.0a", "$1.00 ", "EUR 1.00",
            "$92,233,720,368,547,758.08", "-$92,233,720,368,547,758.09", "$999,999,999,999,999,999,999.00" })
    void what_is_no_money_is_malformed(String text) {
        assertMalformed(TypeOids.MONEY, "money", text);
    }
}
