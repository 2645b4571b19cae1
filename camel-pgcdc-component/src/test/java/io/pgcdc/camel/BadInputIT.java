package io.pgcdc.camel;

import java.time.Duration;
import java.util.Map;

import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each mistake gets a clear error within ten seconds that says what to run. */
@PostgresTest
class BadInputIT {

    @Test
    void an_unreachable_server_is_said_and_tried_again(TestDatabase database) throws Exception {
        create(database);
        try (TcpProxy proxy = TcpProxy.to(database.server())) {
            proxy.refuse();
            try (RouteUnderTest route = start(database, "url=" + raw(proxy.url(database)))) {
                Awaitility.await().until(
                        () -> route.consumer().status().state() == PipelineStatus.State.RETRYING);
                assertThat(route.consumer().status().error()).hasMessageContaining("Can't connect")
                        .hasMessageContaining("tried again");
                proxy.resume();
                route.awaitReady();
            }
        }
    }

    @Test
    void a_wrong_password_is_said(TestDatabase database) {
        database.createUser("wrong_password_user", "right", "REPLICATION");
        create(database);
        assertFails(() -> start(database, "username=wrong_password_user&password=hunter2"), "ALTER ROLE", "password");
    }

    @Test
    void a_missing_publication_is_said(TestDatabase database) {
        assertFails(() -> start(database, ""), "publication 'mypub' does not exist", "CREATE PUBLICATION");
    }

    @Test
    void an_empty_publication_is_said(TestDatabase database) {
        database.execute("CREATE PUBLICATION mypub");
        assertFails(() -> start(database, ""), "publishes no table", "ALTER PUBLICATION");
    }

    @Test
    void a_missing_replication_privilege_is_said(TestDatabase database) {
        database.createUser("no_replication_user", "secret", "");
        create(database);
        assertFails(() -> start(database, "username=no_replication_user&password=secret"), "ALTER ROLE", "REPLICATION");
    }

    @Test
    void a_missing_select_privilege_is_said(TestDatabase database) {
        database.createUser("no_select_user", "secret", "REPLICATION");
        create(database);
        assertFails(() -> start(database, "username=no_select_user&password=secret"), "public.t", "GRANT SELECT");
        database.execute("GRANT SELECT ON t TO no_select_user", "ALTER TABLE t ENABLE ROW LEVEL SECURITY");
        assertFails(() -> start(database, "username=no_select_user&password=secret"), "public.t", "row-level security",
                "ALTER ROLE \"no_select_user\" BYPASSRLS");
    }

    @Test
    void a_wal_level_that_is_not_logical_is_said() {
        try (PostgresServer server
                = PostgresServer.start(PostgresServer.shared().major(), Map.of("wal_level", "replica"));
             TestDatabase database = server.createDatabase()) {
            create(database);
            assertFails(() -> start(database, ""), "wal_level", "ALTER SYSTEM SET wal_level = 'logical'");
        }
    }

    @Test
    void a_slot_name_that_is_too_long_is_said(TestDatabase database) {
        create(database);
        assertFails(() -> start(database, "slotName=" + "s".repeat(64)), "too long", "slotName");
        assertFails(() -> start(database, "pipeline=" + "p".repeat(64)), "too long", "slotName");
    }

    @Test
    void an_unknown_option_value_is_said(TestDatabase database) {
        assertFails(() -> start(database, "snapshotMode=sometimes"), "snapshotMode", "initialOnly");
        assertFails(() -> start(database, "stateSchema=pg_catalog"), "stateSchema", "pg_");
        assertFails(() -> start(database, "failurePolicy=ignore"), "failurePolicy", "isolateTable");
    }

    @Test
    void a_publication_is_made_of_the_tables_option_and_the_next_start_finds_it(TestDatabase database)
            throws Exception {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)",
                "CREATE TABLE parted (id bigint PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10)");
        for (String tables : new String[] { "public.parted", "public.parted,public.t", "public.*" }) {
            try (RouteUnderTest route = start(database, "createPublication=true&tables=" + tables)) {
                route.awaitReady();
            }
        }
        assertThat(database.rows("SELECT prrelid::regclass::text FROM pg_publication_rel ORDER BY 1")).hasSize(2);
    }

    @Test
    void a_slot_that_was_dropped_is_an_error_and_not_a_gap(TestDatabase database) throws Exception {
        create(database);
        String slot;
        try (RouteUnderTest route = start(database, "")) {
            route.awaitReady();
            slot = route.slot();
        }
        database.execute("SELECT pg_drop_replication_slot('" + slot + "')", "INSERT INTO t VALUES (1)");
        try (RouteUnderTest route = start(database, "")) {
            Awaitility.await().until(
                    () -> route.consumer().status().state() == PipelineStatus.State.FAILED);
            assertThat(route.consumer().status().error()).hasMessageContaining("is missing")
                    .hasMessageContaining("slotLost=resync");
        }
        Model model = new Model();
        try (RouteUnderTest route = RouteUnderTest.start(database, "slotLost=resync", model::apply)) {
            route.awaitReady();
        }
        assertThat(model.rows("t")).hasSize(1);
    }

    private static void create(TestDatabase database) {
        database.execute("CREATE TABLE t (id bigint PRIMARY KEY)", "CREATE PUBLICATION mypub FOR TABLE t");
    }

    private static RouteUnderTest start(TestDatabase database, String options) throws Exception {
        return RouteUnderTest.start(database, options, exchange -> {
        });
    }

    private static String raw(String url) {
        return "RAW(" + url + ")";
    }

    private static void assertFails(ThrowingCallable start, String... parts) {
        long begun = System.nanoTime();
        assertThatThrownBy(start).satisfies(error -> {
            StringBuilder messages = new StringBuilder();
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                messages.append(cause.getMessage()).append('\n');
            }
            assertThat(messages.toString()).contains(parts).doesNotContain("hunter2");
        });
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }
}
