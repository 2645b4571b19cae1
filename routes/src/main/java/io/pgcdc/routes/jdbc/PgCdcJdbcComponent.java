package io.pgcdc.routes.jdbc;

import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import javax.sql.DataSource;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.util.ObjectHelper;

/** Makes endpoints, each with a copy of the options that are set once on the component. */
@Component("pgcdc-jdbc")
public class PgCdcJdbcComponent extends DefaultComponent {

    /** Of databases that want one writer at a time. */
    private static final Map<DataSource, Lock> WRITERS = new WeakHashMap<>();
    private static final Map<String, Lock> WRITERS_BY_URL = new HashMap<>();

    @Metadata
    private PgCdcJdbcConfiguration configuration = new PgCdcJdbcConfiguration();

    public PgCdcJdbcComponent() {
    }

    public PgCdcJdbcComponent(CamelContext context) {
        super(context);
    }

    @Override
    protected PgCdcJdbcEndpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
            throws Exception {
        if (ObjectHelper.isEmpty(remaining)) {
            throw new IllegalArgumentException("The name is missing; the syntax is pgcdc-jdbc:name[?options]");
        }
        PgCdcJdbcEndpoint endpoint = new PgCdcJdbcEndpoint(uri, this, remaining, configuration.copy());
        setProperties(endpoint, parameters);
        endpoint.getConfiguration().requireValidValues();
        return endpoint;
    }

    /**
     * The lock of all endpoints of this JVM that write to the same data source, or if there is none to the same URL.
     */
    static Lock writerLock(DataSource dataSource, String url) {
        synchronized (WRITERS) {
            return dataSource != null
                    ? WRITERS.computeIfAbsent(dataSource, any -> new ReentrantLock(true))
                    : WRITERS_BY_URL.computeIfAbsent(url, any -> new ReentrantLock(true));
        }
    }

    public PgCdcJdbcConfiguration getConfiguration() {
        return configuration;
    }

    /**
     * Options that every endpoint of this component starts from.
     */
    public void setConfiguration(PgCdcJdbcConfiguration configuration) {
        this.configuration = configuration;
    }
}
