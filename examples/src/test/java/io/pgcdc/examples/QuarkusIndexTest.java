package io.pgcdc.examples;

import java.io.IOException;
import java.util.Collections;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QuarkusIndexTest {

    @Test
    void both_jars_have_the_index_without_which_quarkus_finds_no_component_in_them() throws IOException {
        assertThat(Collections.list(getClass().getClassLoader().getResources("META-INF/jandex.idx")))
                .anyMatch(index -> index.getPath().contains("/camel-pgcdc-component"))
                .anyMatch(index -> index.getPath().matches(".*/(pgcdc-)?routes[-/].*"));
    }
}
