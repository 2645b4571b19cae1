package io.pgcdc.camel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The routes of docs/operations.md that steer a pipeline do so. */
@PostgresTest
class OperationsDocumentIT {

    private static final String JAVA = "from(\"timer:nightly?period=24h\").to(\"pgcdc:shop?operation=status\").marshal().json()"
                                       + ".to(\"log:pipelines\");\n";

    private final List<ChangeEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void the_routes_that_steer_a_pipeline_do_so(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE orders (id int PRIMARY KEY, status text)",
                "INSERT INTO orders VALUES (1, 'open'), (2, 'done')", "CREATE PUBLICATION shop FOR TABLE orders");
        assertThat(block("java")).isEqualTo(JAVA);
        try (RouteUnderTest route = new RouteUnderTest(database, "", new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:shop").routeId("cdc").process(e -> events.add(e.getIn().getBody(ChangeEvent.class)));
                from("timer:nightly?period=24h").to("pgcdc:shop?operation=status").marshal().json().to("mock:pipelines");
            }
        })) {
            PluginHelper.getRoutesLoader(route.context()).loadRoutes(
                    ResourceHelper.fromString("steer.yaml", block("yaml")),
                    ResourceHelper.fromString("steer.xml", block("xml")));
            MockEndpoint pipelines = route.context().getEndpoint("mock:pipelines", MockEndpoint.class);
            pipelines.expectedMessageCount(1);
            pipelines.message(0).body(String.class).contains("\"pipeline\":\"shop\"");
            route.start();
            route.awaitReady();
            pipelines.assertIsSatisfied();

            route.context().createProducerTemplate().sendBody("direct:open-orders-again", null);
            Awaitility.await().until(() -> events.size() == 3);
            assertThat(events.get(2)).containsEntry("id", 1);
            assertThat(events.get(2).operation()).isEqualTo(Operation.READ);

            route.context().createProducerTemplate().sendBody("direct:pause", null);
            assertThat(route.consumer().status().state()).isEqualTo(State.PAUSED);
        }
    }

    /** The first block of a language in the section. */
    private static String block(String language) throws IOException {
        String document = Files.readString(Path.of("..", "docs", "operations.md"));
        String section = document.substring(document.indexOf("## Steer it"));
        Matcher block = Pattern.compile("```" + language + "\n(.*?)```\n", Pattern.DOTALL).matcher(section);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }
}
