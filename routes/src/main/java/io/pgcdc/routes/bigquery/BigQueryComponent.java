package io.pgcdc.routes.bigquery;

import java.util.Map;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** Makes endpoints, each with a copy of the options that are set once on the component. */
@Component("pgcdc-bigquery")
public class BigQueryComponent extends DefaultComponent {

    @Metadata
    private BigQueryConfiguration configuration = new BigQueryConfiguration();

    public BigQueryComponent() {
    }

    public BigQueryComponent(CamelContext context) {
        super(context);
    }

    @Override
    protected BigQueryEndpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
            throws Exception {
        String[] parts = remaining.split(":");
        if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
            throw new IllegalArgumentException(
                    "Project and dataset are missing; the syntax is pgcdc-bigquery:project:dataset[?options]");
        }
        BigQueryEndpoint endpoint = new BigQueryEndpoint(uri, this, parts[0], parts[1], configuration.copy());
        setProperties(endpoint, parameters);
        endpoint.getConfiguration().requireValidValues();
        return endpoint;
    }

    public BigQueryConfiguration getConfiguration() {
        return configuration;
    }

    /**
     * Options that every endpoint of this component starts from.
     */
    public void setConfiguration(BigQueryConfiguration configuration) {
        this.configuration = configuration;
    }
}
