package io.pgcdc.examples.kubernetes;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.examples.routes.WebServer;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The routes inside of the resources run. */
@PostgresTest
class ResourcesIT {

    @Test
    void the_route_of_the_deployment_runs(TestDatabase database) throws Exception {
        assertRuns(Resources.ofKind("kubernetes/deployment.yaml", "ConfigMap").at("/data").get("changes-to-http.camel.yaml")
                .asText(), database);
    }

    @Test
    void the_route_of_the_integration_runs(TestDatabase database) throws Exception {
        assertRuns(Resources.text(Resources.ofKind("kubernetes/integration.yaml", "Integration").at("/spec/flows")), database);
    }

    private static void assertRuns(String route, TestDatabase database) throws Exception {
        database.execute("CREATE TABLE orders (id int PRIMARY KEY, item text)", "INSERT INTO orders VALUES (1, 'tea')",
                "CREATE PUBLICATION shop FOR TABLE orders");
        try (WebServer service = new WebServer(1, 500); CamelContext camel = new DefaultCamelContext()) {
            PgCdcComponent pgcdc = camel.getComponent("pgcdc", PgCdcComponent.class);
            pgcdc.getConfiguration().setUrl(database.url());
            pgcdc.getConfiguration().setUsername(database.username());
            pgcdc.getConfiguration().setPassword(database.password());
            pgcdc.getConfiguration().setRetryDelay(50);
            camel.getPropertiesComponent().addInitialProperty("http.url", service.url() + "/changes");
            PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString("route.camel.yaml", route));
            camel.start();
            database.awaitCaughtUp("shop");
            database.execute("UPDATE orders SET item = 'cake'");
            database.awaitCaughtUp("shop");

            assertThat(service.taken()).extracting(request -> request.body().replaceAll(".*\"op\":\"(.)\".*", "$1"))
                    .containsExactly("r", "u");
        }
    }
}
