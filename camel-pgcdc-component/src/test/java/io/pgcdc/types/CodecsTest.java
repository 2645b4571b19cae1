package io.pgcdc.types;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static io.pgcdc.types.Decoding.decode;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class CodecsTest {

    private static final long UNKNOWN = 16_385;
    private static final byte[] UNKNOWN_VALUE = "größe".getBytes(UTF_8);

    @Test
    void every_type_of_the_table_and_the_type_of_its_arrays_is_known() {
        Codecs codecs = Codecs.of(ValueStyle.PORTABLE, true);
        assertThat(KnownTypes.ALL).hasSize(82).allSatisfy(type -> {
            assertThat(codecs.isKnown(type.oid())).as(type.name()).isTrue();
            assertThat(!type.hasArrays() || codecs.isKnown(type.arrayOid())).as(type.name() + "[]").isTrue();
        });
    }

    @Test
    void no_oid_is_in_the_table_twice() {
        Set<Long> seen = new HashSet<>();
        assertThat(KnownTypes.ALL).allSatisfy(type -> {
            assertThat(seen.add(type.oid())).as(type.name()).isTrue();
            assertThat(!type.hasArrays() || seen.add(type.arrayOid())).as(type.name() + "[]").isTrue();
        });
    }

    @Test
    void a_type_without_codec_is_not_known() {
        assertThat(Codecs.of(ValueStyle.JAVA, true).isKnown(UNKNOWN)).isFalse();
        assertThat(Codecs.of(ValueStyle.JAVA, true).isKnown(0xFFFF_FFFFL)).isFalse();
    }

    @Test
    void an_unknown_type_becomes_the_bytes_of_its_text_in_the_java_style() {
        ColumnCodec codec = Codecs.of(ValueStyle.JAVA, true).codec(UNKNOWN);
        assertThat(decode(codec, UNKNOWN_VALUE)).isEqualTo(UNKNOWN_VALUE);
    }

    @Test
    void an_unknown_type_becomes_base64_of_the_bytes_of_its_text_in_the_portable_style() {
        ColumnCodec codec = Codecs.of(ValueStyle.PORTABLE, true).codec(UNKNOWN);
        assertThat(decode(codec, UNKNOWN_VALUE)).isEqualTo("Z3LDtsOfZQ==");
    }

    @Test
    void an_unknown_type_becomes_its_text_in_both_styles_if_it_shall_not_become_bytes() {
        for (ValueStyle style : ValueStyle.values()) {
            assertThat(decode(Codecs.of(style, false).codec(UNKNOWN), UNKNOWN_VALUE)).isEqualTo("größe");
        }
    }

    @Test
    void a_known_type_does_not_follow_the_rule_for_unknown_types() {
        for (boolean unknownTypesToBytes : new boolean[] { true, false }) {
            ColumnCodec codec = Codecs.of(ValueStyle.PORTABLE, unknownTypesToBytes).codec(TypeOids.INT4);
            assertThat(decode(codec, "42".getBytes(UTF_8))).isEqualTo(42);
        }
    }

    @Test
    void an_empty_value_of_an_unknown_type_is_a_value() {
        assertThat(decode(Codecs.of(ValueStyle.PORTABLE, true).codec(UNKNOWN), new byte[0])).isEqualTo("");
        assertThat(decode(Codecs.of(ValueStyle.JAVA, true).codec(UNKNOWN), new byte[0])).isEqualTo(new byte[0]);
        assertThat(decode(Codecs.of(ValueStyle.JAVA, false).codec(UNKNOWN), new byte[0])).isEqualTo("");
    }

    @Test
    void there_are_no_codecs_without_a_style() {
        assertThatNullPointerException().isThrownBy(() -> Codecs.of(null, true));
    }
}
