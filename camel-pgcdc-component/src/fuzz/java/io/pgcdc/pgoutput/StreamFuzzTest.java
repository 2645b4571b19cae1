package io.pgcdc.pgoutput;

import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code FuzzTest} does to {@link PgOutputDecoder}, led by which branches an input reaches. */
class StreamFuzzTest {

    static List<byte[]> seeds() {
        return HostileStreams.seeds();
    }

    @MethodSource("seeds")
    @FuzzTest(maxExecutions = 1_000_000, maxDuration = "1h")
    void any_stream_is_read_or_refused_within_bounds(byte[] input) {
        Trial.of(new StreamOrdeal(), input);
    }
}
