package io.pgcdc.types;

import java.time.LocalDateTime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class TimestampCodecsTest {

    @ParameterizedTest
    @CsvSource({
            "2026-11-23 10:00:00, 2026-11-23T10:00:00", "2026-11-23 10:00:00.5, 2026-11-23T10:00:00.5",
            "2026-11-23 10:00:00.123456, 2026-11-23T10:00:00.123456", "0001-01-01 00:00:00, 0001-01-01T00:00:00",
            "9999-12-31 23:59:59.999999, 9999-12-31T23:59:59.999999",
            "12026-11-23 10:00:00.10, +12026-11-23T10:00:00.10",
            "294276-12-31 23:59:59.999999, +294276-12-31T23:59:59.999999",
            "0001-03-15 10:00:00 BC, 0000-03-15T10:00:00", "0044-03-15 10:00:00.25 BC, -0043-03-15T10:00:00.25",
            "4713-11-24 00:00:00 BC, -4712-11-24T00:00:00" })
    void a_timestamp_is_an_iso_text_and_a_local_date_time(String text, String iso) {
        assertThat(portable(TypeOids.TIMESTAMP, text)).isEqualTo(iso);
        assertThat(java(TypeOids.TIMESTAMP, text)).isEqualTo(LocalDateTime.parse(iso));
    }

    @Test
    void the_infinities_stay_text_and_become_the_outermost_local_date_times() {
        assertThat(portable(TypeOids.TIMESTAMP, "infinity")).isEqualTo("infinity");
        assertThat(portable(TypeOids.TIMESTAMP, "-infinity")).isEqualTo("-infinity");
        assertThat(java(TypeOids.TIMESTAMP, "infinity")).isEqualTo(LocalDateTime.MAX);
        assertThat(java(TypeOids.TIMESTAMP, "-infinity")).isEqualTo(LocalDateTime.MIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", " BC", "2026-11-23", "2026-11-23 ", "2026-11-23 BC", "2026-11-23 10:00", "2026-11-23 10:00:0",
            "2026-11-23T10:00:00", "2026-11-2310:00:00", "2026-11-23 10:00:00.", "2026-11-23 10:00:00.1234567890",
            "2026-11-23 10:00:00 ", "2026-11-23 10:00:00+00", "2026-11-23 10:00:00 AD", "2026-11-23  10:00:00",
            "10:00:00", "11/23/2026 10:00:00", "Mon Nov 23 10:00:00 2026", "-2026-11-23 10:00:00", "INFINITY" })
    void what_is_no_iso_timestamp_is_malformed(String text) {
        assertMalformed(TypeOids.TIMESTAMP, "timestamp", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "2026-02-29 10:00:00", "2026-13-01 10:00:00", "2026-11-23 24:00:00", "2026-11-23 10:60:00",
            "0000-11-23 10:00:00", "1000000000-01-01 10:00:00" })
    void a_moment_that_does_not_exist_is_malformed(String text) {
        assertMalformed(TypeOids.TIMESTAMP, "timestamp", text);
    }
}
