package io.pgcdc.pipeline;

import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FailPointTest {

    @ParameterizedTest
    @ValueSource(strings = {
            "yes", "", "kill", "kill:SLOT_CREATED", "kill:NOWHERE:1", "kill:SLOT_CREATED:0",
            "kill:SLOT_CREATED:x" })
    void an_unknown_setting_is_refused_with_those_that_are_allowed(String value) {
        assertThatThrownBy(() -> FailPoint.killer(value)).isInstanceOf(PgCdcException.class)
                .hasMessageContainingAll("pgcdc.failpoints", "off, on", "kill:NAME:N", "SLOT_CREATED", "STATUS_SENT");
    }

    @ParameterizedTest
    @ValueSource(strings = { "off", "on" })
    void off_and_on_do_nothing_by_themselves(String value) {
        assertThat(FailPoint.killer(value)).isNull();
        assertThat(FailPoint.isOn(value)).isEqualTo(value.equals("on"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "kill:SLOT_CREATED:1", "kill:STATUS_SENT:100" })
    void kill_names_a_failpoint_and_how_often_it_is_reached(String value) {
        assertThat(FailPoint.killer(value)).isNotNull();
        assertThat(FailPoint.isOn(value)).isTrue();
    }
}
