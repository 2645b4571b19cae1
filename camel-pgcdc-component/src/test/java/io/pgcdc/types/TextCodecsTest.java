package io.pgcdc.types;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class TextCodecsTest {

    @ParameterizedTest
    @ValueSource(longs = { TypeOids.TEXT, TypeOids.VARCHAR, TypeOids.BPCHAR, TypeOids.NAME, TypeOids.CHAR })
    void a_text_is_itself(long type) {
        String[] texts = { "", "a", " padded   ", "größe 😀", "\\N", "tab\tand\nline", "NULL", "\\201" };
        for (String text : texts) {
            assertThat(portable(type, text)).isEqualTo(text);
            assertThat(java(type, text)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { TypeOids.JSON, TypeOids.JSONB })
    void a_json_document_is_its_own_text_in_both_styles(long type) {
        String document = "{\"b\" : 1.00, \"a\":\"größe\", \"b\": 12345678901234567890123}";
        assertThat(portable(type, document)).isEqualTo(document);
        assertThat(java(type, document)).isEqualTo(document);
    }

    @Test
    void an_empty_json_document_is_malformed() {
        assertMalformed(TypeOids.JSON, "json", "");
        assertMalformed(TypeOids.JSONB, "jsonb", "");
    }
}
