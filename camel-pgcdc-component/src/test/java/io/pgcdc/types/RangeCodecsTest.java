package io.pgcdc.types;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class RangeCodecsTest {

    @ParameterizedTest
    @ValueSource(strings = {
            "empty", "[1,10)", "(,)", "[1,)", "(,\"2026-11-23 10:00:00+00\"]", "[a,\"b,c)\"]", "[\"a\"\"b\",\"c\\\\d\")",
            "[\"\",x)", "[2026-11-23,infinity)" })
    void a_range_is_the_text_that_postgres_prints_in_both_styles(String text) {
        assertThat(portable(TypeOids.TSTZRANGE, text)).isEqualTo(text);
        assertThat(java(TypeOids.TSTZRANGE, text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = { "{}", "{[1,2)}", "{[1,2),[5,6],(9,)}", "{[\"2026-11-23 10:00:00\",\"a}b\")}" })
    void a_multirange_is_the_text_that_postgres_prints_in_both_styles(String text) {
        assertThat(portable(TypeOids.NUMMULTIRANGE, text)).isEqualTo(text);
        assertThat(java(TypeOids.NUMMULTIRANGE, text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "[", "[1", "[1,", "[1,2", "1,2", "[1)", "[1,2,3)", "[1,2) ", "[1,2)]", "[\"1,2)", "[1,2\\)", "Empty", "{}" })
    void what_is_no_range_is_malformed(String text) {
        assertMalformed(TypeOids.INT4RANGE, "int4range", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "{", "}", "[1,2)", "{1}", "{[1,2)", "{[1,2),}", "{,[1,2)}", "{[1,2)[5,6)}", "{[1,2),5}", "{empty", "{[1}" })
    void what_is_no_multirange_is_malformed(String text) {
        assertMalformed(TypeOids.INT4MULTIRANGE, "int4multirange", text);
    }
}
