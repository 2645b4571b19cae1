package io.pgcdc.types;

import java.util.Base64;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class ByteaCodecsTest {

    @ParameterizedTest
    @CsvSource({ "\\x, ''", "\\x00, AA==", "\\xff, /w==", "\\x0001fE, AAH+", "\\x68616c6c6f, aGFsbG8=" })
    void hexadecimal_digits_become_base64_in_the_portable_style(String text, String base64) {
        assertThat(portable(TypeOids.BYTEA, text)).isEqualTo(base64);
    }

    @Test
    void hexadecimal_digits_become_bytes_in_the_java_style() {
        assertThat(java(TypeOids.BYTEA, "\\x")).isEqualTo(new byte[0]);
        assertThat(java(TypeOids.BYTEA, "\\x007f80Ff0a")).isEqualTo(new byte[] { 0, 127, -128, -1, 10 });
    }

    @Test
    void the_escape_format_is_read_too() {
        assertThat(java(TypeOids.BYTEA, "")).isEqualTo(new byte[0]);
        assertThat(java(TypeOids.BYTEA, "\\000\\377\\\\a")).isEqualTo(new byte[] { 0, -1, '\\', 'a' });
        assertThat(java(TypeOids.BYTEA, "x\\\\x")).isEqualTo(new byte[] { 'x', '\\', 'x' });
        assertThat(portable(TypeOids.BYTEA, "hallo")).isEqualTo("aGFsbG8=");
    }

    @Test
    void every_byte_survives_both_formats() {
        StringBuilder hexadecimal = new StringBuilder("\\x");
        StringBuilder octal = new StringBuilder();
        byte[] all = new byte[256];
        for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
            hexadecimal.append(String.format("%02x", i));
            octal.append(String.format("\\%03o", i));
        }
        assertThat(java(TypeOids.BYTEA, hexadecimal.toString())).isEqualTo(all);
        assertThat(java(TypeOids.BYTEA, octal.toString())).isEqualTo(all);
        assertThat(portable(TypeOids.BYTEA, octal.toString())).isEqualTo(Base64.getEncoder().encodeToString(all));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "\\x1", "\\xabc", "\\x0g", "\\xg0", "\\x12 34", "\\x\u00e9", "\\", "abc\\", "a\\1", "a\\12", "a\\400",
            "a\\08 ", "a\\1:0", "a\\/00", "a\\y" })
    void digits_that_are_missing_or_none_are_malformed(String text) {
        assertMalformed(TypeOids.BYTEA, "bytea", text);
    }
}
