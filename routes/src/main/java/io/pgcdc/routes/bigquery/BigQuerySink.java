package io.pgcdc.routes.bigquery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

import com.google.cloud.bigquery.storage.v1.BigQueryWriteClient;
import com.google.cloud.bigquery.storage.v1.ProtoSchema;
import com.google.cloud.bigquery.storage.v1.TableName;
import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.PgCdcException;

/** Writes events to the tables that they are of. Thread-safe; it blocks while tables are made or changed. */
final class BigQuerySink {

    private final BigQueryConfiguration configuration;
    private final Dataset dataset;
    private final BigQueryWriteClient writeClient;
    private final Executor closer;
    private final ColumnTypes types;
    private final Appender appender;
    /** By their numbers in PostgreSQL's catalogue: a name may go from one table to another. */
    private final Map<Long, SinkTable> tables = new ConcurrentHashMap<>();

    /**
     * @param executor where requests end, and are sent again
     * @param closer   where connections are closed
     */
    BigQuerySink(BigQueryConfiguration configuration, Dataset dataset, BigQueryWriteClient writeClient,
                 ScheduledExecutorService executor, Executor closer) {
        this.configuration = configuration;
        this.dataset = dataset;
        this.writeClient = writeClient;
        this.closer = closer;
        this.types = new ColumnTypes(configuration.getUnboundedNumeric(), configuration.textColumnSet());
        this.appender = new Appender(executor, configuration.getRetryTimeout());
    }

    /**
     * Sends all rows that a body has. When this returns, their requests are on their way.
     *
     * @throws PgCdcException           if a row can't be sent, or a table not be made as it has to be
     * @throws IllegalArgumentException if the body is not one of {@code pgcdc:}
     */
    void write(Object body, ExchangeCompletion completion) throws IOException {
        List<ChangeEvent> rows = new ArrayList<>();
        for (ChangeEvent event : flat(body, new ArrayList<>())) {
            if (event.operation().isRow() && (rows.isEmpty() || isOfTable(rows.get(0), event))) {
                rows.add(event);
                continue;
            }
            writeRows(rows, completion);
            rows.clear();
            switch (event.operation()) {
                case READ, INSERT, UPDATE, DELETE -> rows.add(event);
                case TRUNCATE -> table(event).truncate(event);
                case SCHEMA -> table(event).reshape(event);
                case MESSAGE, BEGIN, COMMIT, COPY_START, COPY_END -> {
                    // nothing to keep
                }
            }
        }
        writeRows(rows, completion);
    }

    private void writeRows(List<ChangeEvent> rows, ExchangeCompletion completion) throws IOException {
        if (!rows.isEmpty()) {
            table(rows.get(0)).write(rows, completion);
        }
    }

    private static boolean isOfTable(ChangeEvent one, ChangeEvent other) {
        return one.tableSchema().relationOid() == other.tableSchema().relationOid();
    }

    private SinkTable table(ChangeEvent event) {
        return tables.computeIfAbsent(
                event.tableSchema().relationOid(), relation -> new SinkTable(this, relation));
    }

    /** Batches that were aggregated are lists in a list. */
    private static List<ChangeEvent> flat(Object body, List<ChangeEvent> target) {
        if (body instanceof ChangeEvent event) {
            target.add(event);
        } else if (body instanceof Collection<?> bodies) {
            bodies.forEach(one -> flat(one, target));
        } else {
            throw new IllegalArgumentException(
                    "pgcdc-bigquery takes the body of a pgcdc exchange, a change or a list of changes, not "
                                               + (body == null ? "null" : body.getClass().getName()));
        }
        return target;
    }

    Dataset dataset() {
        return dataset;
    }

    ColumnTypes types() {
        return types;
    }

    long maxStalenessSeconds() {
        return configuration.getMaxStaleness() / 1000;
    }

    WriteStream stream(String table, ProtoSchema schema) {
        com.google.cloud.bigquery.TableId id = dataset.table(table);
        return new WriteStream(
                writeClient, closer, TableName.of(id.getProject(), id.getDataset(), id.getTable()), schema);
    }

    RequestBuilder requests(AppendTarget target, ExchangeCompletion completion) {
        return new RequestBuilder(
                configuration.getMaxRequestRows(), configuration.getMaxRequestBytes(),
                (rows, events) -> appender.append(target, rows, events, completion));
    }

    void close() {
        tables.values().forEach(SinkTable::close);
        tables.clear();
    }
}
