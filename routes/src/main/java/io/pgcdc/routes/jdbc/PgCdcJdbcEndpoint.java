package io.pgcdc.routes.jdbc;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Keep the tables of a JDBC database as a pgcdc pipeline tells, each change exactly once.
 */
@ManagedResource(description = "Managed JDBC Sink Endpoint")
@UriEndpoint(firstVersion = "0.1.0", scheme = "pgcdc-jdbc", title = "PostgreSQL Change Data Capture to JDBC",
             syntax = "pgcdc-jdbc:name", producerOnly = true, category = { Category.DATABASE })
public class PgCdcJdbcEndpoint extends DefaultEndpoint {

    @UriPath
    @Metadata(required = true)
    private String name;

    @UriParam
    private PgCdcJdbcConfiguration configuration;

    public PgCdcJdbcEndpoint() {
        this.configuration = new PgCdcJdbcConfiguration();
    }

    PgCdcJdbcEndpoint(String uri, PgCdcJdbcComponent component, String name, PgCdcJdbcConfiguration configuration) {
        super(uri, component);
        this.name = name;
        this.configuration = configuration;
    }

    @Override
    public Producer createProducer() {
        return new PgCdcJdbcProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException(
                "pgcdc-jdbc writes, it can't be read from: use from(\"pgcdc:publication\").to(\"pgcdc-jdbc:" + name + "\")");
    }

    @ManagedAttribute(description = "Under which name the sink keeps what is done")
    public String getName() {
        return name;
    }

    /**
     * Under which name the sink keeps what is done. It must stay the same as long as its tables do.
     */
    public void setName(String name) {
        this.name = name;
    }

    public PgCdcJdbcConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(PgCdcJdbcConfiguration configuration) {
        this.configuration = configuration;
    }

    /** Tells the name only: the URI may carry credentials. */
    @Override
    public String toString() {
        return "pgcdc-jdbc:" + name;
    }
}
