package io.pgcdc.camel;

import java.util.Map;

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
