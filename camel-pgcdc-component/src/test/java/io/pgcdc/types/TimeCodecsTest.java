package io.pgcdc.types;

import java.time.LocalTime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class TimeCodecsTest {

    @ParameterizedTest
    @ValueSource(strings = {
            "00:00:00", "10:00:00", "10:00:00.5", "10:00:00.50", "23:59:59.999999", "12:34:56.000001",
            "23:59:59.999999999" })
    void a_time_keeps_its_digits_as_text_and_is_a_local_time(String text) {
        assertThat(portable(TypeOids.TIME, text)).isEqualTo(text);
        assertThat(java(TypeOids.TIME, text)).isEqualTo(LocalTime.parse(text));
    }

    @Test
    void the_end_of_the_day_stays_as_text_and_becomes_the_last_local_time() {
        assertThat(portable(TypeOids.TIME, "24:00:00")).isEqualTo("24:00:00");
        assertThat(java(TypeOids.TIME, "24:00:00")).isEqualTo(LocalTime.MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", ":", "10", "10:00", "10:00:0", "1:00:00", "10:00:00.", "10:00:00.1234567891", "10:00:00,5",
            "10:00:00.5.5", "10-00-00", "10:00;00", "1a:00:00", "10:0b:00", "10:00:0c", "10:00:00.d", " 10:00:00",
            "10:00:00 ", "10:00:00 AM", "100:00:00", "10:00:000", "10:00:00+00", "-1:00:00", "infinity" })
    void what_is_no_time_is_malformed(String text) {
        assertMalformed(TypeOids.TIME, "time", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "24:00:01", "24:00:00.000001", "24:01:00", "25:00:00", "99:59:59", "10:60:00", "10:00:60" })
    void a_time_that_no_clock_shows_is_malformed(String text) {
        assertMalformed(TypeOids.TIME, "time", text);
    }
}
