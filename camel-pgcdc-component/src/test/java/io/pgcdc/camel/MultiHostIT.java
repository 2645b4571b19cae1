package io.pgcdc.camel;

import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A {@code url} with several hosts, of which the driver takes the first that answers and is what is asked for. */
@PostgresTest
class MultiHostIT {

    private final Model model = new Model();

    @Test
    void the_live_host_is_found_beside_a_dead_one_and_the_other_when_it_dies_too(TestDatabase database)
            throws Exception {
        Workload.create(database, 10);
        try (TcpProxy one = TcpProxy.to(database.server()); TcpProxy two = TcpProxy.to(database.server())) {
            one.refuse();
            try (RouteUnderTest route = RouteUnderTest.start(database, "url=RAW(" + url(one, two, database, "")
                                                                       + ")",
                    model::apply)) {
                route.awaitReady();
                assertThat(two.connections()).as("stream and state").isGreaterThanOrEqualTo(2);

                one.resume();
                two.refuse();
                two.cut();
                model.expectReplay();
                database.execute("UPDATE orders SET v = 1");

                Awaitility.await().until(() -> model.count(Operation.UPDATE) >= 10);
                route.awaitReady();
                assertThat(one.connections()).as("stream and state").isGreaterThanOrEqualTo(2);
            }
        }
        assertThat(model.rows("orders")).isEqualTo(Workload.expected(database, "orders"));
    }

    @Test
    void without_a_live_host_the_error_names_the_hosts_and_no_secret(TestDatabase database) throws Exception {
        Workload.create(database, 10);
        try (TcpProxy one = TcpProxy.to(database.server()); TcpProxy two = TcpProxy.to(database.server())) {
            one.refuse();
            two.refuse();
            String secret = "&password=hunter2&sslpassword=hunter3";
            try (RouteUnderTest route = RouteUnderTest.start(
                    database, "url=RAW(" + url(one, two, database, secret) + ")", model::apply)) {
                Awaitility.await().until(() -> route.consumer().status().state() == State.RETRYING);
                String hosts = "localhost:" + one.port() + ",localhost:" + two.port() + "/" + database.name();
                assertThat(route.consumer().status().error()).hasMessageContaining(hosts)
                        .hasMessageNotContaining("hunter");
                assertThat(route.consumer().toString()).doesNotContain("hunter");
                assertThat(route.consumer().getEndpoint().toString()).doesNotContain("hunter");
                assertThat(route.consumer().getEndpoint().getServiceUrl()).contains(hosts).doesNotContain("hunter");
            }
        }
    }

    private static String url(TcpProxy one, TcpProxy two, TestDatabase database, String more) {
        return "jdbc:postgresql://localhost:" + one.port() + ",localhost:" + two.port() + "/" + database.name()
               + "?targetServerType=primary" + more;
    }
}
