package io.pgcdc.pgoutput;

import io.pgcdc.model.ErrorCode;
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

    @Test
    void the_failure_of_a_look_up_is_not_taken_for_a_value_that_can_t_be_decoded() {
        PgCdcException failure = new PgCdcException(ErrorCode.CONNECTION, "Can't look up types", "It is tried again");

        assertThat(UndecodableValue.exception(CopyRowDecoderTest.ITEM, 0, "in the copy", failure)).isSameAs(failure);
    }
}
