package io.pgcdc.model;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LsnTest {

    @ParameterizedTest
    @CsvSource({
            "0, 0/0", "1, 0/1", "4294967295, 0/FFFFFFFF", "4294967296, 1/0", "9223372036854775807, 7FFFFFFF/FFFFFFFF",
            "-1, FFFFFFFF/FFFFFFFF", "-9223372036854775808, 80000000/0" })
    void the_text_is_that_of_the_server(long value, String text) {
        assertThat(Lsn.toString(value)).isEqualTo(text);
        assertThat(Lsn.parse(text).value()).isEqualTo(value);
    }

    @Test
    void every_position_is_read_as_it_is_written() {
        long seed = System.nanoTime();
        System.out.println("LsnTest: seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            long value = random.nextLong() >>> random.nextInt(64);
            assertThat(Lsn.toString(value)).isEqualTo(String.format("%X/%X", value >>> 32, value & 0xFFFF_FFFFL));
            assertThat(Lsn.parse(Lsn.toString(value)).value()).isEqualTo(value);
        }
    }
}
