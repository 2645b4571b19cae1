package io.pgcdc.pgoutput;

import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code FuzzTest} does to {@link CopyRowDecoder}, led by which branches an input reaches. */
class CopyFuzzTest {

    static List<byte[]> seeds() {
        return HostileRows.seeds();
    }

    @MethodSource("seeds")
    @FuzzTest(maxExecutions = 1_000_000, maxDuration = "1h")
    void any_rows_of_a_copy_are_read_or_refused_within_bounds(byte[] input) {
        Trial.of(new CopyOrdeal(), input);
    }
}
