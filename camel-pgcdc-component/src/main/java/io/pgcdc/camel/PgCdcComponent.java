package io.pgcdc.camel;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.HealthCheckComponent;
import org.apache.camel.util.ObjectHelper;

/** Makes endpoints, each with a copy of the options that are set once on the component. */
@Component("pgcdc")
public class PgCdcComponent extends HealthCheckComponent {

    private static final String BEAN_PREFIX = "#bean:";

    private final Set<PgCdcConsumer> consumers = ConcurrentHashMap.newKeySet();

    @Metadata
    private PgCdcConfiguration configuration = new PgCdcConfiguration();

    public PgCdcComponent() {
    }

    public PgCdcComponent(CamelContext context) {
        super(context);
    }

    @Override
    protected PgCdcEndpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (ObjectHelper.isEmpty(remaining)) {
            throw new IllegalArgumentException("The publication is missing; the syntax is pgcdc:publication[?options]");
        }
        PgCdcEndpoint endpoint = new PgCdcEndpoint(uri, this, remaining, configuration.copy());
        parameters.computeIfPresent("stateStore", (option, value) -> keepBeanName(value));
        if (getEndpointPropertyConfigurer() instanceof PropertyConfigurerGetter options) {
            OptionValues.requireMeaningful(options, parameters);
        }
        setProperties(endpoint, parameters);
        endpoint.getConfiguration().requireValidValues();
        return endpoint;
    }

    /** Camel leaves {@code #name} as it is for a String option, but resolves {@code #bean:name}, to the bean's text. */
    private static Object keepBeanName(Object value) {
        return value instanceof String text && text.startsWith(BEAN_PREFIX)
                ? "#" + text.substring(BEAN_PREFIX.length()) : value;
    }

    /**
     * The consumers of this component that were started and are not shut down, by their pipelines' names: those of
     * routes, and those that others have made ({@code master:}). A stopped route's is among them, until the route is
     * removed.
     */
    public Collection<PgCdcConsumer> consumers() {
        return consumers.stream()
                .sorted(Comparator.comparing((PgCdcConsumer c) -> c.getEndpoint().getPipelineName())
                        .thenComparing(System::identityHashCode))
                .toList();
    }

    /** The {@link #consumers()} of all components of this kind in a context. */
    public static Collection<PgCdcConsumer> consumers(CamelContext context) {
        return context.getComponentNames().stream()
                .map(context::hasComponent)
                .filter(PgCdcComponent.class::isInstance)
                .flatMap(component -> ((PgCdcComponent) component).consumers().stream())
                .toList();
    }

    /**
     * How every pipeline of a context fares, as the developer console answers it in JSON: {@code pipelines} with a map
     * for each of the {@link #consumers(CamelContext)}. docs/operations.md says what is in it. Cheap: no server is
     * asked.
     */
    public static Map<String, Object> report(CamelContext context) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("pipelines", consumers(context).stream().map(PgCdcConsumer::report).toList());
        return report;
    }

    void started(PgCdcConsumer consumer) {
        consumers.add(consumer);
    }

    void shutDown(PgCdcConsumer consumer) {
        consumers.remove(consumer);
    }

    public PgCdcConfiguration getConfiguration() {
        return configuration;
    }

    /**
     * Options that every endpoint of this component starts from.
     */
    public void setConfiguration(PgCdcConfiguration configuration) {
        this.configuration = configuration;
    }
}
