package io.pgcdc.types;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.pgcdc.types.Decoding.assertMalformed;
import static io.pgcdc.types.Decoding.java;
import static io.pgcdc.types.Decoding.portable;
import static org.assertj.core.api.Assertions.assertThat;

class IntegerCodecsTest {

    @ParameterizedTest
    @CsvSource({ "0, 0", "1, 1", "-1, -1", "32767, 32767", "-32768, -32768", "0042, 42", "-0, 0" })
    void an_int2_is_an_integer(String text, Integer value) {
        assertThat(portable(TypeOids.INT2, text)).isEqualTo(value);
        assertThat(java(TypeOids.INT2, text)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({ "0, 0", "7, 7", "-1, -1", "2147483647, 2147483647", "-2147483648, -2147483648", "-0007, -7" })
    void an_int4_is_an_integer(String text, Integer value) {
        assertThat(portable(TypeOids.INT4, text)).isEqualTo(value);
        assertThat(java(TypeOids.INT4, text)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
            "0, 0", "10, 10", "-1, -1", "9223372036854775807, 9223372036854775807",
            "-9223372036854775808, -9223372036854775808", "00000000000000000000000000001, 1" })
    void an_int8_is_a_long(String text, Long value) {
        assertThat(portable(TypeOids.INT8, text)).isEqualTo(value);
        assertThat(java(TypeOids.INT8, text)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({ "0, 0", "2147483648, 2147483648", "4294967295, 4294967295" })
    void an_oid_is_an_unsigned_long(String text, Long value) {
        assertThat(portable(TypeOids.OID, text)).isEqualTo(value);
        assertThat(java(TypeOids.OID, text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "-", "+1", "--1", "1-", "1.0", " 1", "1 ", "0x1f", "12a4", "1e3", "NULL", "١٢" })
    void what_is_no_whole_number_is_malformed(String text) {
        assertMalformed(TypeOids.INT2, "int2", text);
        assertMalformed(TypeOids.INT4, "int4", text);
        assertMalformed(TypeOids.INT8, "int8", text);
        assertMalformed(TypeOids.OID, "oid", text);
    }

    @Test
    void a_number_beyond_the_range_of_its_type_is_malformed() {
        assertMalformed(TypeOids.INT2, "int2", "32768");
        assertMalformed(TypeOids.INT2, "int2", "-32769");
        assertMalformed(TypeOids.INT4, "int4", "2147483648");
        assertMalformed(TypeOids.INT4, "int4", "-2147483649");
        assertMalformed(TypeOids.INT8, "int8", "9223372036854775808");
        assertMalformed(TypeOids.INT8, "int8", "-9223372036854775809");
        assertMalformed(TypeOids.INT8, "int8", "18446744073709551617");
        assertMalformed(TypeOids.INT8, "int8", "92233720368547758070");
        assertMalformed(TypeOids.OID, "oid", "4294967296");
        assertMalformed(TypeOids.OID, "oid", "-1");
    }
}
