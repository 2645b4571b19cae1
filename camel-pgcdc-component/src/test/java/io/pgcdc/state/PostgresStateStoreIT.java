package io.pgcdc.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.postgres.ConnectionSettings;
import io.pgcdc.postgres.PostgresConnections;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@PostgresTest
class PostgresStateStoreIT extends StateStoreContract {

    private static final String APPLICATION = "pgcdc-state-test";

    private TestDatabase database;

    @BeforeEach
    void fresh(TestDatabase testDatabase) {
        database = testDatabase;
        use(storeIn("pgcdc"));
    }

    @Test
    void everything_survives_a_new_store() {
        TableState copied = new TableState(ORDERS, TablePhase.COPIED, "sync", lsn(7), null, StateStoreContract.FIRST);
        store.create("p", RECORD, lsn(100), List.of());
        store.savePosition("p", "sync", lsn(200));
        store.saveTables("p", List.of(copied));
        shapes.saveSchemas("p", List.of(version(1, ORDERS, "id")));
        store.close();

        try (PostgresStateStore anew = storeIn("pgcdc")) {
            anew.prepare();

            assertThat(anew.pipeline("p")).contains(RECORD);
            assertThat(anew.positions("p")).containsEntry("apply", lsn(100)).containsEntry("sync", lsn(200));
            assertThat(anew.tables("p")).containsExactly(copied);
            assertThat(anew.schemas("p", lsn(1))).containsExactly(version(1, ORDERS, "id"));
        }
    }

    @Test
    void the_schema_may_have_any_name() {
        for (String name : List.of("it's \"quoted\" ü", "Mixed.Case", "s".repeat(70))) {
            try (PostgresStateStore strange = storeIn(name)) {
                strange.prepare();
                strange.prepare();
                strange.create("p", RECORD, lsn(100), List.of());
                assertThat(strange.pipeline("p")).contains(RECORD);
            }
        }
    }

    @Test
    void a_unit_that_fails_half_way_leaves_no_trace() {
        store.create("p", RECORD, lsn(100), List.of());
        store.savePosition("p", "sync", lsn(200));
        database.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$",
                "CREATE TRIGGER refuse BEFORE DELETE ON pgcdc.slot_position FOR EACH ROW EXECUTE FUNCTION refuse()");

        PgCdcException failure = catchThrowableOfType(PgCdcException.class, () -> store.saveTablesAndForgetSlot(
                "p", List.of(TableState.of(ORDERS, TablePhase.READY)), "sync"));

        assertThat(failure).hasMessageContaining("state store");
        assertThat(failure.code()).isEqualTo(ErrorCode.STATE);
        assertThat(store.tables("p")).isEmpty();
        assertThat(store.positions("p")).containsOnlyKeys("apply", "sync");
    }

    @Test
    void stores_may_be_prepared_at_the_same_time() throws Exception {
        database.execute("DROP SCHEMA pgcdc CASCADE");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<PostgresStateStore> stores = IntStream.range(0, 8).mapToObj(i -> storeIn("pgcdc")).toList();
        try {
            List<Future<?>> prepared = new ArrayList<>();
            stores.forEach(each -> prepared.add(threads.submit(each::prepare)));
            for (Future<?> each : prepared) {
                each.get();
            }
        } finally {
            threads.shutdown();
            stores.forEach(PostgresStateStore::close);
        }
        assertThat(database.rows("SELECT FROM pg_tables WHERE schemaname = 'pgcdc'")).hasSize(6);
    }

    @Test
    void a_user_with_a_schema_of_its_own_needs_no_privilege_on_the_database() {
        database.createUser("state_owner", "secret", "");
        database.execute("CREATE SCHEMA own AUTHORIZATION state_owner");

        try (PostgresStateStore own = storeOf("state_owner", "own")) {
            own.prepare();
            own.create("p", RECORD, lsn(100), List.of());
            assertThat(own.pipeline("p")).contains(RECORD);
        } finally {
            database.execute("DROP SCHEMA own CASCADE");
        }
    }

    @Test
    void a_user_who_finds_the_tables_needs_to_read_and_write_only() {
        database.createUser("state_writer", "secret", "");
        database.execute("GRANT USAGE ON SCHEMA pgcdc TO state_writer",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgcdc TO state_writer");

        try (PostgresStateStore writer = storeOf("state_writer", "pgcdc")) {
            writer.prepare();
            writer.create("p", RECORD, lsn(100), List.of());
            writer.saveTables("p", List.of(TableState.of(ORDERS, TablePhase.READY)));
            writer.saveSchemas("p", List.of(version(1, ORDERS, "id")));
            writer.removeTables("p", List.of(ORDERS));
            assertThat(writer.positions("p")).containsEntry("apply", lsn(100));
        } finally {
            database.execute("DROP OWNED BY state_writer");
        }
    }

    @Test
    void a_user_who_may_not_create_the_schema_is_told_what_to_run() {
        database.createUser("state_nobody", "secret", "");

        try (PostgresStateStore nobody = storeOf("state_nobody", "absent")) {
            PgCdcException failure = catchThrowableOfType(PgCdcException.class, nobody::prepare);

            assertThat(failure).hasMessageContaining("state store");
            assertThat(failure.code()).isEqualTo(ErrorCode.PRIVILEGE);
            assertThat(failure.remedy())
                    .contains("GRANT CREATE ON DATABASE " + TableId.quote(database.name()) + " TO \"state_nobody\"")
                    .contains("CREATE SCHEMA \"absent\" AUTHORIZATION \"state_nobody\"");
            assertThat(failure.getMessage()).containsOnlyOnce("GRANT CREATE ON DATABASE").doesNotContain("secret");
        }
    }

    @Test
    void a_wrong_password_is_told_as_that() {
        try (PostgresStateStore wrong = store("wrong", "pgcdc", "nobody_of_this_name")) {
            PgCdcException failure = catchThrowableOfType(PgCdcException.class, wrong::prepare);

            assertThat(failure).hasMessageContaining("state store");
            assertThat(failure.code()).isEqualTo(ErrorCode.AUTHENTICATION);
        }
    }

    @Test
    void a_store_reconnects_when_its_connection_was_ended() {
        store.create("p", RECORD, lsn(100), List.of());

        terminate();
        store.savePosition("p", "apply", lsn(200));
        terminate();
        store.saveTablesAndForgetSlot("p", List.of(TableState.of(ORDERS, TablePhase.READY)), "sync");
        terminate();

        assertThat(store.positions("p")).containsEntry("apply", lsn(200));
        assertThat(store.tables("p")).hasSize(1);
        assertThat(database.count("pg_stat_activity WHERE datname = current_database() AND application_name = '"
                                  + APPLICATION + "'"))
                .isEqualTo(1);
    }

    @Test
    void a_store_works_again_after_tables_that_were_dropped_are_prepared_again() {
        store.create("p", RECORD, lsn(100), List.of());
        database.execute("DROP SCHEMA pgcdc CASCADE");
        assertThatThrownBy(() -> store.positions("p")).isInstanceOf(PgCdcException.class);

        store.prepare();

        assertThat(store.positions("p")).isEmpty();
    }

    @Test
    void commits_are_synchronous_whatever_the_role_says() {
        database.createUser("state_careless", "secret", "");
        database.execute("CREATE SCHEMA careless AUTHORIZATION state_careless",
                "ALTER ROLE state_careless SET synchronous_commit = off");
        try (StateSession session = new StateSession(connections("state_careless", "secret"), "careless")) {
            String setting = session.statement("look", connection -> {
                try (var statement = connection.createStatement();
                     var row = statement.executeQuery("SHOW synchronous_commit")) {
                    row.next();
                    return row.getString(1);
                }
            });
            assertThat(setting).isEqualTo("on");
        } finally {
            database.execute("DROP SCHEMA careless CASCADE");
        }
    }

    @Test
    void a_closed_store_opens_no_connection() {
        store.close();
        store.close();

        assertThatThrownBy(() -> store.positions("p")).isInstanceOf(PgCdcException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void a_thousand_tables_take_less_than_a_second() {
        List<TableId> tables = manyTables(1000);
        String[] columns = IntStream.range(0, 20).mapToObj(i -> "column_" + i).toArray(String[]::new);
        List<TableState> states = tables.stream().map(table -> TableState.of(table, TablePhase.READY)).toList();
        List<SchemaStore.Version> versions = tables.stream().map(table -> version(1, table, columns)).toList();
        shapes.saveSchemas("warm", versions.subList(0, 1));

        for (int i = 0; i < 2; i++) {
            assertThat(timed(() -> store.saveTables("p", states))).isLessThan(Duration.ofSeconds(1));
            assertThat(timed(() -> shapes.saveSchemas("p", versions)))
                    .isLessThan(Duration.ofSeconds(1));
        }
        assertThat(timed(() -> assertThat(shapes.schemas("p", lsn(1))).hasSize(1000)))
                .isLessThan(Duration.ofSeconds(1));
        assertThat(timed(() -> store.removeTables("p", tables))).isLessThan(Duration.ofSeconds(1));
        assertThat(store.tables("p")).isEmpty();
    }

    private static Duration timed(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void terminate() {
        database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" + APPLICATION
                      + "' AND datname = current_database()");
    }

    private PostgresStateStore storeIn(String schema) {
        return store(database.password(), schema, database.username());
    }

    private PostgresStateStore storeOf(String user, String schema) {
        return store("secret", schema, user);
    }

    private PostgresStateStore store(String password, String schema, String user) {
        return new PostgresStateStore(connections(user, password), schema);
    }

    private PostgresConnections connections(String user, String password) {
        return new PostgresConnections(new ConnectionSettings(database.url(), user, password, APPLICATION));
    }
}
