package io.pgcdc.types;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TimestamptzCodecsTest {

    @ParameterizedTest
    @CsvSource({
            "2026-11-23 10:00:00+00, 2026-11-23T10:00:00Z", "2026-11-23 10:00:00.5+00, 2026-11-23T10:00:00.5Z",
            "2026-11-23 10:00:00.123456+00, 2026-11-23T10:00:00.123456Z",
            "2026-11-23 10:00:00.123456+02, 2026-11-23T10:00:00.123456+02:00",
            "2026-11-23 10:00:00-03:30, 2026-11-23T10:00:00-03:30",
            "1880-01-01 05:03:58-04:56:02, 1880-01-01T05:03:58-04:56:02",
            "1880-01-01 05:03:58-00:01:15, 1880-01-01T05:03:58-00:01:15",
            "2026-11-23 10:00:00+00:00, 2026-11-23T10:00:00Z", "294276-12-31 23:59:59+00, +294276-12-31T23:59:59Z",
            "12026-11-23 10:00:00.10-05, +12026-11-23T10:00:00.10-05:00",
            "0044-03-15 10:00:00.25+00 BC, -0043-03-15T10:00:00.25Z",
            "0001-03-15 10:00:00-04:56:02 BC, 0000-03-15T10:00:00-04:56:02" })
    void a_timestamptz_is_an_iso_text_and_an_offset_date_time_at_utc(String text, String iso) {
        assertThat(portable(TypeOids.TIMESTAMPTZ, text)).isEqualTo(iso);
        assertThat(java(TypeOids.TIMESTAMPTZ, text))
                .isEqualTo(OffsetDateTime.parse(iso).withOffsetSameInstant(ZoneOffset.UTC))
                .extracting(value -> ((OffsetDateTime) value).getOffset()).isEqualTo(ZoneOffset.UTC);
    }

    @Test
    void the_infinities_stay_text_and_become_the_outermost_offset_date_times() {
        assertThat(portable(TypeOids.TIMESTAMPTZ, "infinity")).isEqualTo("infinity");
        assertThat(portable(TypeOids.TIMESTAMPTZ, "-infinity")).isEqualTo("-infinity");
        assertThat(java(TypeOids.TIMESTAMPTZ, "infinity")).isEqualTo(OffsetDateTime.MAX);
        assertThat(java(TypeOids.TIMESTAMPTZ, "-infinity")).isEqualTo(OffsetDateTime.MIN);
    }

    @Test
    void a_moment_that_is_beyond_java_time_at_utc_only_is_malformed_in_the_java_style() {
        assertThatThrownBy(() -> java(TypeOids.TIMESTAMPTZ, "999999999-12-31 23:00:00-05"))
                .isInstanceOf(ValueFormatException.class)
                .hasMessage("not a value of type timestamptz: the year is out of range")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "+00", "2026-11-23", "2026-11-23 10:00:00", "2026-11-23 10:00:00.5", "2026-11-23 10:00:00 BC",
            "2026-11-23 10:00:00+", "2026-11-23 10:00:00+0", "2026-11-23 10:00:00+00:0", "2026-11-23 10:00:00Z",
            "2026-11-23 10:00:00 UTC", "2026-11-23 10:00:00 +00", "2026-11-23 10:00:00+00 ", "2026-11-23+00",
            "2026-11-23 +00", "2026-11-23T10:00:00+00", "2026-11-23 10:00:00+00BC", "2026-11-23 10:00:00 BC+00" })
    void what_is_no_iso_timestamp_with_an_offset_is_malformed(String text) {
        assertMalformed(TypeOids.TIMESTAMPTZ, "timestamptz", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "2026-02-29 10:00:00+00", "2026-11-23 24:00:00+00", "2026-11-23 10:00:00+19", "2026-11-23 10:00:00+02:60",
            "0000-11-23 10:00:00+00", "1000000000-01-01 10:00:00+00" })
    void a_moment_that_does_not_exist_is_malformed(String text) {
        assertMalformed(TypeOids.TIMESTAMPTZ, "timestamptz", text);
    }
}
