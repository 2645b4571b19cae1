package io.pgcdc.types;

import java.time.LocalDate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class DateCodecsTest {

    @ParameterizedTest
    @CsvSource({
            "2026-11-23, 2026-11-23", "1970-01-01, 1970-01-01", "0001-01-01, 0001-01-01", "9999-12-31, 9999-12-31",
            "2024-02-29, 2024-02-29", "2000-02-29, 2000-02-29",
            // years with more than four digits have a sign
            "12026-11-23, +12026-11-23", "10000-01-01, +10000-01-01", "5874897-12-31, +5874897-12-31",
            // before Christ the year counts from 1 BC, which is 0
            "0001-12-31 BC, 0000-12-31", "0002-01-01 BC, -0001-01-01", "0044-03-15 BC, -0043-03-15",
            "4713-11-24 BC, -4712-11-24", "0005-02-29 BC, -0004-02-29", "0001-02-29 BC, 0000-02-29",
            "10001-01-01 BC, -10000-01-01", "02026-11-23, 2026-11-23", "999999999-12-31, +999999999-12-31" })
    void a_date_is_an_iso_text_and_a_local_date(String text, String iso) {
        assertThat(portable(TypeOids.DATE, text)).isEqualTo(iso);
        assertThat(java(TypeOids.DATE, text)).isEqualTo(LocalDate.parse(iso)).hasToString(iso);
    }

    @Test
    void the_infinities_stay_text_and_become_the_outermost_local_dates() {
        assertThat(portable(TypeOids.DATE, "infinity")).isEqualTo("infinity");
        assertThat(portable(TypeOids.DATE, "-infinity")).isEqualTo("-infinity");
        assertThat(java(TypeOids.DATE, "infinity")).isEqualTo(LocalDate.MAX);
        assertThat(java(TypeOids.DATE, "-infinity")).isEqualTo(LocalDate.MIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "-", " BC", "2026", "2026-", "2026-11", "2026-11-", "2026-11-2", "226-11-23", "2026-11-23 ",
            " 2026-11-23", "2026-11-234", "2026/11/23", "2026-11/23", "23-11-2026", "2026-1-123", "2026-11-23 AD",
            "2026-11-23BC", "2026-11-23 bc", "-2026-11-23", "+2026-11-23", "Infinity", "+infinity", "infinityy",
            "2o26-11-23", "2026-ab-23", "2026-11-:3", "2026-11-23 10:00:00", "epoch" })
    void what_is_no_iso_date_is_malformed(String text) {
        assertMalformed(TypeOids.DATE, "date", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32", "2026-04-31", "2026-06-31", "2026-09-31",
            "2026-11-31", "2026-02-29", "1900-02-29", "2024-02-30", "0004-02-29 BC", "0101-02-29 BC" })
    void a_day_that_no_calendar_has_is_malformed(String text) {
        assertMalformed(TypeOids.DATE, "date", text);
    }

    @ParameterizedTest
    @ValueSource(strings = { "0000-01-01", "0000-01-01 BC", "1000000000-01-01", "99999999999999999999-01-01" })
    void a_year_that_does_not_exist_or_is_beyond_java_time_is_malformed(String text) {
        assertMalformed(TypeOids.DATE, "date", text);
    }
}
