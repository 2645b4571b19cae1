package io.pgcdc.camel;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * No row's value and no password in logs (of Camel's own error handler too), errors, states, or texts of any object of
 * ours.
 */
@PostgresTest
class NoLeaksIT {

    private static final String VALUE = "planted-value";
    private static final String NUMBER = "987654321";
    private static final String SECRET = "planted-secret";

    @Test
    void a_route_that_fails_does_not_tell_the_row(TestDatabase database) throws Exception {
        prepare(database);
        for (String batching : List.of("false", "true")) {
            List<Exchange> failed = new CopyOnWriteArrayList<>();
            try (EveryLogLine log = new EveryLogLine();
                 RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
                     @Override
                     public void configure() {
                         getContext().setMessageHistory(true);
                         from(uri(batching)).routeId("cdc").process(exchange -> {
                             failed.add(exchange);
                             throw new IllegalStateException("on purpose");
                         });
                     }
                 })) {
                route.start();
                Awaitility.await().until(() -> failed.size() > 1);
                assertThat(log.lines()).anyMatch(line -> line.contains("Message History"));
                assertNothing(log);
                assertThat(route.consumer().status().toString() + route.consumer() + route.consumer().getEndpoint()
                           + route.consumer().getEndpoint().getConfiguration() + route.consumer().getEndpoint().preflight())
                        .doesNotContain(VALUE, SECRET);
                Exchange exchange = failed.get(0);
                assertThat(exchange.toString() + exchange.getMessage() + exchange.getMessage().getBody()
                           + exchange.getMessage().getHeaders() + exchange.getProperties() + exchange.getAllProperties())
                        .doesNotContain(VALUE, SECRET);
            }
        }
    }

    @Test
    void an_isolated_table_does_not_tell_the_row(TestDatabase database) throws Exception {
        prepare(database);
        try (EveryLogLine log = new EveryLogLine();
             RouteUnderTest route = RouteUnderTest.start(
                     database, "failurePolicy=isolateTable&" + credentials(), exchange -> {
                         throw new IllegalStateException("refused: " + exchange.getMessage().getBody(String.class));
                     })) {
            Awaitility.await().until(() -> !route.consumer().getTablesInError().isEmpty());
            assertThat(route.consumer().getTablesInError().toString()).doesNotContain(VALUE);
            assertThat(route.consumer().status().toString()).doesNotContain(VALUE);
            assertThat(database.rows("SELECT * FROM pgcdc.table_state").toString()).doesNotContain(VALUE);
            assertNothing(log);
        }
    }

    @Test
    void an_error_in_which_the_server_quotes_a_value_does_not_quote_it(TestDatabase database) throws Exception {
        assumeThat(database.server().major()).isGreaterThanOrEqualTo(15);
        prepare(database);
        database.execute("DROP PUBLICATION mypub", "CREATE TABLE years (id int PRIMARY KEY)",
                "INSERT INTO years VALUES (" + NUMBER + ")", "GRANT SELECT ON years TO planted_user",
                "CREATE PUBLICATION mypub FOR TABLE years WHERE (make_date(id, 1, 1) > '2000-01-01')");
        try (EveryLogLine log = new EveryLogLine();
             RouteUnderTest route = RouteUnderTest.start(database, credentials(), exchange -> {
             })) {
            Awaitility.await().until(
                    () -> route.consumer().status().state() == PipelineStatus.State.RETRYING
                            && route.consumer().status().error() != null);
            assertThat(route.consumer().status().error()).hasMessageContaining("22008");
            assertThat(route.consumer().status().toString()).doesNotContain(NUMBER);
            assertNothing(log);
        }
    }

    @Test
    void a_password_anywhere_in_the_options_is_never_told(TestDatabase database) throws Exception {
        prepare(database);
        String inUrl = "url=RAW(" + database.url() + "?user=planted_user&password=" + SECRET + "&sslpassword=" + SECRET
                       + ")&username=planted_user&password=" + SECRET + "&statePassword=" + SECRET;
        try (EveryLogLine log = new EveryLogLine();
             RouteUnderTest route = RouteUnderTest.start(database, inUrl, exchange -> {
             })) {
            route.awaitReady();
            PgCdcEndpoint endpoint = route.consumer().getEndpoint();
            assertThat(endpoint.toString() + endpoint.getServiceUrl() + endpoint.getServiceMetadata()).doesNotContain(SECRET);
            database.execute("ALTER ROLE planted_user PASSWORD 'another'",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'planted_user'");
            Awaitility.await().until(
                    () -> route.consumer().status().state() == PipelineStatus.State.FAILED);
            assertThat(route.consumer().status().error()).hasMessageContaining("password authentication failed");
            assertNothing(log);
        }
    }

    private static void assertNothing(EveryLogLine log) {
        assertThat(log.lines()).isNotEmpty()
                .noneMatch(line -> line.contains(VALUE) || line.contains(NUMBER) || line.contains(SECRET));
    }

    private static String uri(String batching) {
        return "pgcdc:mypub?batching=" + batching + "&" + credentials();
    }

    private static String credentials() {
        return "username=planted_user&password=" + SECRET;
    }

    private static void prepare(TestDatabase database) {
        database.createUser("planted_user", SECRET, "REPLICATION");
        database.execute("CREATE TABLE t (id bigint, v text, PRIMARY KEY (id, v))", "CREATE PUBLICATION mypub FOR TABLE t",
                "INSERT INTO t VALUES (1, '" + VALUE + "'), (2, '" + VALUE + "')", "GRANT SELECT ON t TO planted_user",
                "CREATE SCHEMA pgcdc AUTHORIZATION planted_user");
    }
}
