package io.pgcdc.pgoutput;

import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UndecodableValueTest {

    @Test
    void the_message_of_a_codec_that_fails_otherwise_is_not_passed_on_for_it_may_hold_the_value() {
        NumberFormatException defect = new NumberFormatException("For input string: \"s3cret\"");

        PgCdcException exception = UndecodableValue.exception(CopyRowDecoderTest.ITEM, 0, "in the copy", defect);

        assertThat(exception).hasMessageContaining("java.lang.NumberFormatException");
        assertThat(exception.getMessage() + exception.getCause()).doesNotContain("s3cret");
        assertThat(exception.getCause().getStackTrace()).isEqualTo(defect.getStackTrace());
    }
}
