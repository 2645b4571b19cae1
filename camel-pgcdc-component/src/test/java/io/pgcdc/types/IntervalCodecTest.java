package io.pgcdc.types;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class IntervalCodecTest {

    @ParameterizedTest
    @ValueSource(strings = {
            "PT0S", "P1Y2M-3DT4H5M6.789S", "P1Y", "P-11M", "P1DT-1S", "PT-0.000001S", "PT4H", "PT5M", "PT-4H-5M-6.5S",
            "P-178000000Y", "P2147483647D", "PT2562047788H54.775807S", "infinity", "-infinity" })
    void an_interval_is_iso_text_with_all_of_its_parts_in_both_styles(String text) {
        assertThat(portable(TypeOids.INTERVAL, text)).isEqualTo(text);
        assertThat(java(TypeOids.INTERVAL, text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "P", "PT", "P1", "1Y", "P1YT", "P1D1Y", "P1Y1Y", "PT1S1H", "P1H", "PT1Y", "P1.5Y", "PT1.5H", "PT1.S",
            "PT.5S", "PT1.5", "P-Y", "P--1Y", "P+1Y", "P1YT1ST", "P1Y ", "1 year", "1 year 02:00:00", "INFINITY" })
    void what_is_no_interval_is_malformed(String text) {
        assertMalformed(TypeOids.INTERVAL, "interval", text);
    }
}
