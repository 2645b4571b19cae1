package io.pgcdc.pgoutput;

import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;

import io.pgcdc.model.ErrorCode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hostile bytes are read or refused, and nothing else: no other exception, no hang, no memory beyond their size, no
 * value told. {@code -Dpgcdc.fuzz.seed} gives other inputs, {@code -Dpgcdc.fuzz.inputs} more of them.
 */
class FuzzTest {

    private static final long SEED = Long.getLong("pgcdc.fuzz.seed", 20261123);
    private static final long INPUTS = Long.getLong("pgcdc.fuzz.inputs", 15_000);

    @Test
    void any_stream_is_read_or_refused_within_bounds() throws InterruptedException {
        fuzz("PgOutputDecoder", new StreamOrdeal(), HostileStreams::new);
    }

    @Test
    void any_rows_of_a_copy_are_read_or_refused_within_bounds() throws InterruptedException {
        fuzz("CopyRowDecoder", new CopyOrdeal(), HostileRows::new);
    }

    private static void fuzz(String decoder, Ordeal ordeal, Function<Random, Supplier<byte[]>> inputs)
            throws InterruptedException {
        System.out.println("hostile bytes for " + decoder + ": repeat with -Dpgcdc.fuzz.seed=" + SEED
                           + " -Dpgcdc.fuzz.inputs=" + INPUTS);
        FuzzRun run = new FuzzRun(ordeal, inputs.apply(new Random(SEED)), INPUTS).run();
        System.out.println(run);
        assertThat(run.read()).as("inputs that get far into the decoder").isGreaterThan(INPUTS / 4);
        assertThat(run.refused(ErrorCode.PROTOCOL)).isGreaterThan(INPUTS / 20);
        assertThat(run.refused(ErrorCode.DECODE)).isGreaterThan(INPUTS / 20);
    }
}
