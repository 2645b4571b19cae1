package io.pgcdc.routes.bigquery;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Keep the tables of a PostgreSQL publication in Google BigQuery, as they are now.
 */
@UriEndpoint(firstVersion = "0.1.0", scheme = "pgcdc-bigquery", title = "PostgreSQL Changes to BigQuery",
             syntax = "pgcdc-bigquery:project:dataset", producerOnly = true,
             category = { Category.CLOUD, Category.BIGDATA })
public class BigQueryEndpoint extends DefaultEndpoint {

    @UriPath
    @Metadata(required = true)
    private String project;
    @UriPath
    @Metadata(required = true)
    private String dataset;

    @UriParam
    private BigQueryConfiguration configuration;

    public BigQueryEndpoint() {
        this.configuration = new BigQueryConfiguration();
    }

    BigQueryEndpoint(String uri, BigQueryComponent component, String project, String dataset,
                     BigQueryConfiguration configuration) {
        super(uri, component);
        this.project = project;
        this.dataset = dataset;
        this.configuration = configuration;
    }

    @Override
    public Producer createProducer() {
        return new BigQueryProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException(
                "pgcdc-bigquery writes to BigQuery, it cannot read: use from(\"pgcdc:…\").to(\"pgcdc-bigquery:…\")");
    }

    public String getProject() {
        return project;
    }

    /**
     * The project of Google Cloud.
     */
    public void setProject(String project) {
        this.project = project;
    }

    public String getDataset() {
        return dataset;
    }

    /**
     * The dataset that the tables are kept in. It has to be there.
     */
    public void setDataset(String dataset) {
        this.dataset = dataset;
    }

    public BigQueryConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(BigQueryConfiguration configuration) {
        this.configuration = configuration;
    }

    /** Names project and dataset only: the URI may carry credentials. */
    @Override
    public String toString() {
        return "pgcdc-bigquery:" + project + ":" + dataset;
    }
}
