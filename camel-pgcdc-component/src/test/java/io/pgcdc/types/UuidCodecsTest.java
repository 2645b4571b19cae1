package io.pgcdc.types;

import java.util.UUID;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class UuidCodecsTest {

    @ParameterizedTest
    @ValueSource(strings = {
            "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "123e4567-e89b-12d3-a456-426614174000", "fedcba98-7654-3210-8000-0123456789ab" })
    void a_uuid_is_text_in_the_portable_style_and_a_uuid_in_the_java_style(String text) {
        assertThat(portable(TypeOids.UUID, text)).isEqualTo(text);
        assertThat(java(TypeOids.UUID, text)).isEqualTo(UUID.fromString(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "1-1-1-1-1", "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
            "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g",
            "g23e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a4564-26614174000",
            "123e4567-e89b-12d3-a456-4266-4174000", "{23e4567-e89b-12d3-a456-42661417400}" })
    void what_is_not_in_the_canonical_form_is_malformed(String text) {
        assertMalformed(TypeOids.UUID, "uuid", text);
    }
}
