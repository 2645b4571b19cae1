package io.pgcdc.types;

import java.time.OffsetTime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class TimetzCodecsTest {

    @ParameterizedTest
    @CsvSource({
            "10:00:00+02, 10:00:00+02:00", "10:00:00.5-12, 10:00:00.5-12:00", "10:00:00+00, 10:00:00+00:00",
            "23:59:59.999999+05:30, 23:59:59.999999+05:30", "10:00:00.50-00:01:15, 10:00:00.50-00:01:15",
            "00:00:00+15:59:59, 00:00:00+15:59:59", "00:00:00-18, 00:00:00-18:00" })
    void a_timetz_is_an_iso_text_with_hours_and_minutes_of_the_offset_and_an_offset_time(String text, String iso) {
        assertThat(portable(TypeOids.TIMETZ, text)).isEqualTo(iso);
        assertThat(java(TypeOids.TIMETZ, text)).isEqualTo(OffsetTime.parse(iso));
    }

    @Test
    void the_end_of_the_day_stays_as_text_and_becomes_the_outermost_offset_time() {
        assertThat(portable(TypeOids.TIMETZ, "24:00:00+00")).isEqualTo("24:00:00+00:00");
        assertThat(portable(TypeOids.TIMETZ, "24:00:00-05:30")).isEqualTo("24:00:00-05:30");
        assertThat(java(TypeOids.TIMETZ, "24:00:00+00")).isEqualTo(OffsetTime.MAX);
        assertThat(java(TypeOids.TIMETZ, "24:00:00-05:30")).isEqualTo(OffsetTime.MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "+", "+02", "10:00:00", "10:00:00.5", "10:00:00+", "10:00:00+2", "10:00:00+02:", "10:00:00+02:3",
            "10:00:00+02:30:", "10:00:00+02:30:1", "10:00:00+02:30:155", "10:00:00+0230", "10:00:00+02;30",
            "10:00:00+a2", "10:00:00 +02", "10:00:00Z", "10:00+02", "10:00:00.+02", "10:00:00++2", "infinity" })
    void what_is_no_time_with_an_offset_is_malformed(String text) {
        assertMalformed(TypeOids.TIMETZ, "timetz", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "10:00:00+18:00:01", "10:00:00-18:30", "10:00:00+99", "10:00:00+02:60", "10:00:00+02:00:60", "24:00:01+00",
            "25:00:00+02" })
    void what_no_clock_shows_and_no_offset_is_malformed(String text) {
        assertMalformed(TypeOids.TIMETZ, "timetz", text);
    }
}
