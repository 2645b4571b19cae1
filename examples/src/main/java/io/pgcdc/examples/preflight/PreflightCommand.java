package io.pgcdc.examples.preflight;

import java.io.PrintStream;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.camel.PgCdcEndpoint;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.postgres.PreflightReport;
import org.apache.camel.CamelContext;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * Will pgcdc work on my database? From the root of the project:
 *
 * <pre>
 * PGPASSWORD=… mvn -q -ntp -Ppreflight -pl examples -am process-classes -Dpgcdc.url=jdbc:postgresql://localhost:5432/shop \
 *   -Dpgcdc.username=pgcdc -Dpgcdc.publication=orders
 * </pre>
 *
 * {@code -Dpgcdc.options} takes any options of an endpoint, as they stand in its URI. Ends with 0 if nothing is in the
 * way, and with 1 if something is.
 */
public final class PreflightCommand {

    private final UnaryOperator<String> properties;
    private final Map<String, String> environment;

    PreflightCommand(UnaryOperator<String> properties, Map<String, String> environment) {
        this.properties = properties;
        this.environment = environment;
    }

    public static void main(String[] arguments) throws Exception {
        System.exit(new PreflightCommand(System::getProperty, System.getenv()).run(System.out));
    }

    int run(PrintStream out) throws Exception {
        if (property("url") == null || property("publication") == null) {
            out.println("Say which database and which publication: -Dpgcdc.url=jdbc:postgresql://localhost:5432/shop "
                        + "-Dpgcdc.username=pgcdc -Dpgcdc.publication=orders; the password in the environment as PGPASSWORD");
            return 1;
        }
        try {
            PreflightReport report = preflight();
            new ReportPrinter(out).print(report);
            return report.isReady() ? 0 : 1;
        } catch (ResolveEndpointFailedException | PgCdcException e) {
            out.println("These options can't be: " + e.getMessage());
            return 1;
        }
    }

    private PreflightReport preflight() throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            PgCdcComponent component = new PgCdcComponent();
            component.getConfiguration().setUrl(property("url"));
            component.getConfiguration().setUsername(property("username"));
            component.getConfiguration().setPassword(
                    property("password") == null ? environment.get("PGPASSWORD") : property("password"));
            context.addComponent("pgcdc", component);
            String options = property("options");
            return context.getEndpoint(
                    "pgcdc:" + property("publication") + (options == null ? "" : "?" + options), PgCdcEndpoint.class)
                    .preflight();
        }
    }

    private String property(String name) {
        String value = properties.apply("pgcdc." + name);
        return value == null || value.isBlank() ? null : value;
    }
}
