package io.pgcdc.examples.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The quick start on a database that is there. */
@PostgresTest
class OwnDatabaseIT {

    @Test
    void a_run_goes_on_in_its_file_and_not_in_another_one(TestDatabase database, @TempDir Path directory) throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)",
                "CREATE PUBLICATION own FOR TABLE t");
        Source source = new Source(database.url(), database.username(), database.password(), "own");
        Settings settings
                = new Settings(
                        Optional.of(source), Optional.of(Duration.ofSeconds(1)), directory, Optional.empty(),
                        OptionalInt.empty());
        assertThat(new OwnDatabase(settings, source, new StopSignal()).run()).isZero();
        assertThat(new OwnDatabase(settings, source, new StopSignal()).run()).isZero();
        DuckDbFile.delete(settings.file());
        assertThatThrownBy(() -> new OwnDatabase(settings, source, new StopSignal()).run())
                .hasMessageContainingAll(database.slots().get(0), settings.file().toString(), "pg_drop_replication_slot");
        assertThat(settings.file()).doesNotExist();
    }
}
