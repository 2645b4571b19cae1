package io.pgcdc.examples.preflight;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The command on a database that is there. */
@PostgresTest
class PreflightCommandIT {

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void it_says_what_is_missing_and_then_that_it_will_work(TestDatabase database) throws Exception {
        database.createUser("asker", "secret-word", "REPLICATION");
        database.execute("CREATE TABLE log (line text)", "CREATE PUBLICATION orders FOR TABLE log");
        Map<String, String> properties = Map.of(
                "pgcdc.url", database.url(), "pgcdc.username", "asker", "pgcdc.publication", "orders", "pgcdc.options",
                "stateSchema=own_state");

        assertThat(run(properties)).isEqualTo(1);
        assertThat(text())
                .contains("It will not work yet: not ready, 2 blockers", "GRANT SELECT ON \"public\".\"log\" TO \"asker\";",
                        "CREATE SCHEMA \"own_state\" AUTHORIZATION \"asker\";",
                        "ALTER TABLE \"public\".\"log\" REPLICA IDENTITY FULL;")
                .doesNotContain("secret-word");

        database.execute("GRANT SELECT ON log TO asker", "CREATE SCHEMA own_state AUTHORIZATION asker");
        output.reset();
        assertThat(run(properties)).isZero();
        assertThat(text()).contains("It will work: ready, 0 blockers, 1 warning", "PostgreSQL " + database.server().major());
    }

    @Test
    void it_says_what_it_has_to_be_told() throws Exception {
        assertThat(run(Map.of())).isEqualTo(1);
        assertThat(text()).contains("-Dpgcdc.url", "-Dpgcdc.publication", "PGPASSWORD");
    }

    @Test
    void options_that_do_not_exist_are_said() throws Exception {
        assertThat(run(Map.of(
                "pgcdc.url", "jdbc:postgresql://localhost/x", "pgcdc.publication", "orders", "pgcdc.options",
                "snapshots=never")))
                .isEqualTo(1);
        assertThat(text()).contains("snapshots").doesNotContain("secret-word");
    }

    private int run(Map<String, String> properties) throws Exception {
        return new PreflightCommand(properties::get, Map.of("PGPASSWORD", "secret-word"))
                .run(new PrintStream(output, true, StandardCharsets.UTF_8));
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
