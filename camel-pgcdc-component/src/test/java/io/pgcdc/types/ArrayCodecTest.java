package io.pgcdc.types;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class ArrayCodecTest {

    @Test
    void an_array_is_a_list_of_its_elements() {
        assertThat(portable(TypeOids.INT4_ARRAY, "{1,-2,3}")).isEqualTo(List.of(1, -2, 3));
        assertThat(portable(TypeOids.BOOL_ARRAY, "{t,f}")).isEqualTo(List.of(true, false));
        assertThat(portable(TypeOids.TEXT_ARRAY, "{a}")).isEqualTo(List.of("a"));
    }

    @Test
    void an_empty_array_is_an_empty_list() {
        assertThat(portable(TypeOids.INT4_ARRAY, "{}")).isEqualTo(List.of());
    }

    @Test
    void a_null_element_is_null() {
        assertThat(portable(TypeOids.INT4_ARRAY, "{1,NULL,3}")).isEqualTo(Arrays.asList(1, null, 3));
        assertThat(portable(TypeOids.TEXT_ARRAY, "{NULL}")).isEqualTo(Arrays.asList((Object) null));
    }

    @Test
    void the_word_null_in_quotes_is_a_text() {
        assertThat(portable(TypeOids.TEXT_ARRAY, "{\"NULL\",\"null\",NULLS}"))
                .isEqualTo(List.of("NULL", "null", "NULLS"));
    }

    @Test
    void quoted_elements_hold_what_else_has_a_meaning() {
        assertThat(portable(TypeOids.TEXT_ARRAY, "{\"\",\"a,b\",\"{c}\",\" d \",\"größe\n\"}"))
                .isEqualTo(List.of("", "a,b", "{c}", " d ", "größe\n"));
    }

    @Test
    void a_backslash_in_quotes_makes_the_next_character_stand_for_itself() {
        assertThat(portable(TypeOids.TEXT_ARRAY, "{\"a\\\"b\",\"\\\\\",\"\\\\\\\"\",\"\\n\"}"))
                .isEqualTo(List.of("a\"b", "\\", "\\\"", "n"));
    }

    @Test
    void more_dimensions_are_lists_in_lists() {
        assertThat(portable(TypeOids.INT4_ARRAY, "{{1,2},{3,NULL}}"))
                .isEqualTo(List.of(List.of(1, 2), Arrays.asList(3, null)));
        assertThat(portable(TypeOids.INT4_ARRAY, "{{{{{{7}}}}}}"))
                .isEqualTo(List.of(List.of(List.of(List.of(List.of(List.of(7)))))));
    }

    @Test
    void bounds_before_the_array_are_dropped() {
        assertThat(portable(TypeOids.INT4_ARRAY, "[0:1]={1,2}")).isEqualTo(List.of(1, 2));
        assertThat(portable(TypeOids.INT4_ARRAY, "[-5:-5][2:3]={{1,2}}")).isEqualTo(List.of(List.of(1, 2)));
        assertThat(portable(TypeOids.INT4_ARRAY, "[-2147483648:-2147483647]={1,2}")).isEqualTo(List.of(1, 2));
    }

    @Test
    void elements_follow_the_style() {
        assertThat(portable(TypeOids.TIMESTAMPTZ_ARRAY, "{\"2026-11-23 10:00:00+00\",infinity}"))
                .isEqualTo(List.of("2026-11-23T10:00:00Z", "infinity"));
        assertThat(java(TypeOids.TIMESTAMPTZ_ARRAY, "{\"2026-11-23 10:00:00+00\",infinity}"))
                .isEqualTo(List.of(OffsetDateTime.parse("2026-11-23T10:00:00Z"), OffsetDateTime.MAX));
        assertThat(portable(TypeOids.DATE_ARRAY, "{\"0044-03-15 BC\"}")).isEqualTo(List.of("-0043-03-15"));
        assertThat(java(TypeOids.DATE_ARRAY, "{\"0044-03-15 BC\"}")).isEqualTo(List.of(LocalDate.of(-43, 3, 15)));
        assertThat(portable(TypeOids.NUMERIC_ARRAY, "{1.50,NaN}")).isEqualTo(List.of(new BigDecimal("1.50"), "NaN"));
        assertThat(java(TypeOids.FLOAT4_ARRAY, "{1.5,NaN}")).isEqualTo(List.of(1.5f, Float.NaN));
        assertThat(portable(TypeOids.BYTEA_ARRAY, "{\"\\\\x01ff\"}")).isEqualTo(List.of("Af8="));
        assertThat(portable(TypeOids.JSONB_ARRAY, "{\"{\\\"a\\\": [1, 2]}\",null,\"null\"}"))
                .isEqualTo(Arrays.asList("{\"a\": [1, 2]}", null, "null"));
    }

    @Test
    void nobody_can_change_the_list_and_asking_it_for_null_is_allowed() {
        for (String text : new String[] { "{}", "{1}", "{{1}}" }) {
            @SuppressWarnings("unchecked")
            List<Object> list = (List<Object>) portable(TypeOids.INT4_ARRAY, text);
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> list.add(2));
            assertThat(list.contains(null)).isFalse();
        }
    }

    @Test
    void a_malformed_element_is_told_with_its_own_type() {
        assertMalformed(TypeOids.INT4_ARRAY, "int4", "{1,2x,3}");
        assertMalformed(TypeOids.INT4_ARRAY, "int4", "{1,\"\"}");
        assertMalformed(TypeOids.DATE_ARRAY, "date", "{\"2026-02-30\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "{", "}", "1,2", "{1", "{1,", "{1,}", "{,1}", "{1,,2}", "{,}", "{1}}", "{1} ", " {1}", "{1}{2}", "{\"1",
            "{\"1\\", "{\"1\\\"", "{\"1\"2}", "{1\"2\"}", "{1\\2}", "{1{2}}", "{{}}", "{{},{}}", "{1,{2}}", "{{1},2}",
            "{{1,2},{3}}", "{{{1},{2}},{{3}}}", "{{1},{{2}}}", "{{{{{{{1}}}}}}}", "[1:2]", "[1:2]=", "[1:2]={1}",
            "[1:2]={}", "[1:1]={{1}}", "[1:1][1:1]={1}", "[2:1]={}", "[1]={1}", "[:]={1}", "[1:]={1}", "[a:b]={1}",
            "[1:1={1}", "[1:1]{1}", "[-:1]={1}", "[1:99999999999999999999]={1}", "[-2147483648:2147483647]={1}",
            "[1:1][1:1][1:1][1:1][1:1][1:1][1:1]={1}", "=", "[", "[1", "[1:", "[1:1" })
    void what_is_no_array_is_malformed(String text) {
        assertMalformed(TypeOids.TEXT_ARRAY, "text[]", text);
    }

    @Test
    void any_number_of_braces_and_any_promise_of_the_bounds_is_malformed_at_once() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            assertMalformed(TypeOids.INT4_ARRAY, "int4[]", "{".repeat(5_000_000));
            assertMalformed(TypeOids.INT4_ARRAY, "int4[]", "[1:1]".repeat(1_000_000));
            assertMalformed(TypeOids.INT4_ARRAY, "int4[]", "[1:2147483647]={7}");
        });
    }
}
