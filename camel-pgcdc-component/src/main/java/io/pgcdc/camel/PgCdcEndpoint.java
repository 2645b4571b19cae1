package io.pgcdc.camel;

import java.util.Map;
import java.util.Optional;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.EndpointServiceLocation;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Copy the tables of a PostgreSQL publication once, then receive every change of them.
 */
@ManagedResource(description = "Managed PostgreSQL Change Data Capture Endpoint")
@UriEndpoint(firstVersion = "0.1.0", scheme = "pgcdc", title = "PostgreSQL Change Data Capture",
             syntax = "pgcdc:publication", consumerOnly = true, category = { Category.DATABASE },
             headersClass = PgCdcConstants.class)
public class PgCdcEndpoint extends DefaultEndpoint implements EndpointServiceLocation {

    @UriPath
    @Metadata(required = true)
    private String publication;

    @UriParam
    private PgCdcConfiguration configuration;

    public PgCdcEndpoint() {
        this.configuration = new PgCdcConfiguration();
    }

    PgCdcEndpoint(String uri, PgCdcComponent component, String publication, PgCdcConfiguration configuration) {
        super(uri, component);
        this.publication = publication;
        this.configuration = configuration;
    }

    @Override
    public PgCdcComponent getComponent() {
        return (PgCdcComponent) super.getComponent();
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(
                "pgcdc reads the changes of a PostgreSQL publication, it cannot send: use from(\"pgcdc:" + publication
                                                + "\"), and for example to(\"sql:…\") to write to a database");
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        configuration.requireComplete();
        PgCdcConsumer consumer = new PgCdcConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    @ManagedAttribute(description = "The publication whose tables are copied and streamed")
    public String getPublication() {
        return publication;
    }

    /**
     * The publication whose tables are copied and streamed.
     */
    public void setPublication(String publication) {
        this.publication = publication;
    }

    public PgCdcConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(PgCdcConfiguration configuration) {
        this.configuration = configuration;
    }

    /** The pipeline's name: the option, or the publication's name. */
    @ManagedAttribute(description = "The pipeline, which names slot, state and threads")
    public String getPipelineName() {
        String pipeline = configuration.getPipeline();
        return pipeline == null || pipeline.isBlank() ? publication : pipeline;
    }

    /**
     * The bean that the option stateStore names as {@code #name}, or empty if the option names a kind of store.
     *
     * @throws org.apache.camel.NoSuchBeanException if the registry has no such bean of the type
     */
    <T> Optional<T> stateStoreBean(Class<T> type) {
        String name = configuration.getStateStore();
        return name.startsWith("#")
                ? Optional.of(CamelContextHelper.mandatoryLookup(getCamelContext(), name.substring(1), type))
                : Optional.empty();
    }

    @Override
    public String getServiceUrl() {
        return configuration.urlWithoutParameters();
    }

    @Override
    public String getServiceProtocol() {
        return "postgresql";
    }

    @Override
    public Map<String, String> getServiceMetadata() {
        return Map.of("publication", publication, "pipeline", getPipelineName());
    }

    /** Names the publication only: the URI may carry credentials. */
    @Override
    public String toString() {
        return "pgcdc:" + publication;
    }
}
