package io.pgcdc.pipeline;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FailureHandlingTest {

    @Test
    void what_a_sink_of_ours_says_is_told_and_what_others_say_is_not() {
        PgCdcException ours = new PgCdcException(ErrorCode.SQL, "the disk is full", "Make room");
        assertThat(FailureHandling.reason(null, ours, 2, "insert of table public.t"))
                .isEqualTo(
                        "The route failed 2 times on insert of table public.t, the last time with the disk is full. Make room");
        assertThat(FailureHandling.reason(null, new IllegalStateException("a value"), 1, "insert of table public.t"))
                .isEqualTo("The route failed on insert of table public.t with java.lang.IllegalStateException");
    }
}
