package io.pgcdc.routes.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import javax.sql.DataSource;

import io.pgcdc.camel.PgCdcConstants;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.routes.jdbc.dialect.Dialect;
import io.pgcdc.routes.jdbc.dialect.Dialects;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/**
 * Writes the changes of exchanges, on the thread that brings them. When {@code process} returns they are committed, or
 * had been before; when it throws, what was not is rolled back, and the exchange may come again. The database is first
 * asked for with the first exchange, so the route starts without it.
 */
final class PgCdcJdbcProducer extends DefaultProducer {

    private final Lock preparation = new ReentrantLock();
    private SinkConnections connections;
    private TableWriter writer;

    PgCdcJdbcProducer(PgCdcJdbcEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public PgCdcJdbcEndpoint getEndpoint() {
        return (PgCdcJdbcEndpoint) super.getEndpoint();
    }

    @Override
    public void process(Exchange exchange) {
        Boolean inOrder = exchange.getMessage().getHeader(PgCdcConstants.IN_ORDER, Boolean.class);
        writer().write(
                exchange.getMessage().getBody(), Origin.of(exchange.getMessage()), Arrival.of(inOrder));
    }

    @Override
    protected void doStop() throws Exception {
        preparation.lock();
        try {
            if (connections != null) {
                connections.close();
            }
            connections = null;
            writer = null;
        } finally {
            preparation.unlock();
        }
        super.doStop();
    }

    private TableWriter writer() {
        preparation.lock();
        try {
            if (writer == null) {
                writer = connect();
            }
            return writer;
        } catch (SQLException e) {
            throw SqlFailures.translate(e, "Can't prepare " + getEndpoint(), getEndpoint().getConfiguration().getDialect());
        } finally {
            preparation.unlock();
        }
    }

    private TableWriter connect() throws SQLException {
        PgCdcJdbcConfiguration options = getEndpoint().getConfiguration();
        DataSource dataSource = options.getUrl() == null ? dataSource(options) : null;
        SinkConnections.Source source = dataSource != null
                ? dataSource::getConnection
                : SinkConnections.opening(options.getUrl(), options.getUsername(), options.getPassword());
        Connection first = source.open();
        try (first) {
            Dialect dialect = options.getDialect() != null ? options.getDialect() : Dialects.of(first);
            Lock lock = PgCdcJdbcComponent.writerLock(dataSource, options.getUrl());
            SinkConnections made = SinkConnections.of(source, dialect, dataSource == null, lock);
            Sink sink = Sink.of(getEndpoint().getName(), options, dialect);
            prepare(sink, made, lock);
            connections = made;
            return new TableWriter(sink, made);
        }
    }

    /** One sink at a time, for two that make the same schema at once fail. */
    private static void prepare(Sink sink, SinkConnections connections, Lock lock) throws SQLException {
        lock.lock();
        try {
            connections.inTransaction(connection -> {
                sink.store().prepare(connection);
                return null;
            });
        } finally {
            lock.unlock();
        }
    }

    private DataSource dataSource(PgCdcJdbcConfiguration options) {
        if (options.getDataSource() != null) {
            return options.getDataSource();
        }
        Set<DataSource> all = getEndpoint().getCamelContext().getRegistry().findByType(DataSource.class);
        if (all.size() == 1) {
            return all.iterator().next();
        }
        throw new PgCdcException(
                ErrorCode.CONFIGURATION, getEndpoint() + " has no database", all.isEmpty()
                        ? "Set the option dataSource=#name, or url"
                        : "There are several data sources; set the option dataSource=#name");
    }
}
