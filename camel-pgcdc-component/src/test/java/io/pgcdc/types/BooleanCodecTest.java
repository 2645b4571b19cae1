package io.pgcdc.types;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class BooleanCodecTest {

    @Test
    void t_is_true_and_f_is_false() {
        assertThat(portable(TypeOids.BOOL, "t")).isEqualTo(true);
        assertThat(portable(TypeOids.BOOL, "f")).isEqualTo(false);
        assertThat(java(TypeOids.BOOL, "t")).isEqualTo(true);
        assertThat(java(TypeOids.BOOL, "f")).isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "T", "1", "true", "ft", "yes" })
    void anything_else_is_malformed(String text) {
        assertMalformed(TypeOids.BOOL, "bool", text);
    }
}
