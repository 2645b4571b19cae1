package io.pgcdc.types;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class BitCodecsTest {

    @ParameterizedTest
    @ValueSource(strings = { "", "0", "1", "101", "0000000000000000000000000000000000000000000000000000000000000000001" })
    void bits_are_their_zeros_and_ones_as_text_in_both_styles(String bits) {
        for (long type : new long[] { TypeOids.BIT, TypeOids.VARBIT }) {
            assertThat(portable(type, bits)).isEqualTo(bits);
            assertThat(java(type, bits)).isEqualTo(bits);
        }
    }

    @Test
    void what_is_no_bits_is_malformed() {
        for (String text : new String[] { "2", "1 0", "t", "B101", "10\n" }) {
            assertMalformed(TypeOids.BIT, "bit", text);
            assertMalformed(TypeOids.VARBIT, "varbit", text);
        }
    }
}
