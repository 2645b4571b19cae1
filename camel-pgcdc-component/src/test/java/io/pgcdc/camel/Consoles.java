package io.pgcdc.camel;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.camel.console.DevConsole;
import org.apache.camel.impl.console.DefaultDevConsoleRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/** What Camel's developer console {@code pgcdc} answers, found by its name. */
final class Consoles {

    private Consoles() {
    }

    static JsonNode json(RouteUnderTest route) {
        return new ObjectMapper().valueToTree(console(route).call(DevConsole.MediaType.JSON, Map.of()));
    }

    static String text(RouteUnderTest route) {
        return (String) console(route).call(DevConsole.MediaType.TEXT, Map.of());
    }

    private static DevConsole console(RouteUnderTest route) {
        DevConsole console = new DefaultDevConsoleRegistry(route.context()).resolveById("pgcdc");
        assertThat(console).isInstanceOf(PgCdcConsole.class);
        return console;
    }
}
