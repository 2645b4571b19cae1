package io.pgcdc.pipeline;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FailureHandlingTest {

    @Test
    void only_a_failure_of_this_project_is_told_in_its_own_words() {
        assertThat(FailureHandling.reason(null, new IllegalStateException("secret"), 1, "insert of table a.b"))
                .isEqualTo("The route failed on insert of table a.b with java.lang.IllegalStateException");
        PgCdcException refused = new PgCdcException(ErrorCode.DESTINATION, "The key is missing", "Add it");
        assertThat(FailureHandling.reason(null, refused, 2, "insert of table a.b"))
                .isEqualTo("The route failed 2 times on insert of table a.b, the last time with"
                           + " io.pgcdc.model.PgCdcException: The key is missing. Add it");
    }
}
