package io.pgcdc.examples;

import io.pgcdc.camel.PgCdcComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouteFilesTest {

    @Test
    void theRouteIsTheSameInEveryLanguage() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.getComponent("pgcdc", PgCdcComponent.class).getConfiguration()
                    .setUrl("jdbc:postgresql://localhost:1/nowhere");
            camel.setAutoStartup(false);
            camel.addRoutes(new ChangesToFiles());
            PluginHelper.getRoutesLoader(camel).loadRoutes(
                    ResourceHelper.resolveMandatoryResource(camel, "classpath:camel/changes-to-files.camel.yaml"),
                    ResourceHelper.resolveMandatoryResource(camel, "classpath:camel/changes-to-files.camel.xml"));
            camel.start();

            for (String language : new String[] { "java", "yaml", "xml" }) {
                var route = camel.getRoute("changes-to-files-" + language);
                assertThat(route).as(language).isNotNull();
                assertThat(route.getEndpoint().getEndpointUri()).contains("pipeline=files_" + language);
                var file = camel.getEndpoints().stream()
                        .filter(endpoint -> endpoint.getEndpointUri().contains("output/" + language))
                        .map(org.apache.camel.component.file.GenericFileEndpoint.class::cast)
                        .findFirst().orElseThrow();
                assertThat(file.getAppendChars()).as(language).isEqualTo("\n");
            }
        }
    }
}
