package io.pgcdc.routes.bigquery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.google.bigquery.GoogleBigQueryConstants;
import org.apache.camel.support.DefaultMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes of the body of a {@code pgcdc:} exchange what Camel's own {@code google-bigquery} can insert: a list of
 * requests, to be split, each a message with its rows and the header of its table. Every change is a row, with what it
 * is ({@code _pgcdc_op}), a text that sorts in the order of changes ({@code _pgcdc_seq}, also for
 * {@code useAsInsertId}) and when it was committed ({@code _pgcdc_commit_ts}); a change of key is two, the delete of
 * the old one first. Tables are named after their view with {@code _changelog} behind it. When it first sees a shape of
 * a table it logs the statements that make table and view.
 *
 * <p>
 * Thread-safe once it is set up. A row that can't be kept exactly fails the exchange with a {@link PgCdcException} that
 * names table, column and event.
 */
public class BigQueryChangelog implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(BigQueryChangelog.class);

    private static final String SUFFIX = "_changelog";
    /** What Google recommends; it allows 50,000. */
    private static final int MAX_ROWS = 500;
    /** Of 10 MB that a request may have. */
    private static final int MAX_BYTES = 9_000_000;
    /** The id of a row for Google's deduplication, and what is around the row. */
    private static final int ROW_OVERHEAD = 80;

    private final Map<TableSchema, Layout> layouts = new ConcurrentHashMap<>();
    private UnboundedNumeric unboundedNumeric = UnboundedNumeric.STRING;
    private Set<String> textColumns = Set.of();
    private String dataset = "DATASET";

    /** What columns of the type numeric without a precision are kept in. */
    public void setUnboundedNumeric(UnboundedNumeric unboundedNumeric) {
        this.unboundedNumeric = unboundedNumeric;
    }

    /** Columns that are kept as text, comma separated, each as {@code schema.table.column}. */
    public void setTextColumns(String textColumns) {
        BigQueryConfiguration checked = new BigQueryConfiguration();
        checked.setTextColumns(textColumns);
        checked.requireValidValues();
        this.textColumns = checked.textColumnSet();
    }

    /** The name of the dataset, perhaps with its project, in the statements that are logged. */
    public void setDataset(String dataset) {
        this.dataset = dataset;
    }

    /**
     * Replaces the body by the list of requests, which is empty for what is no row and no truncate.
     *
     * @throws IllegalArgumentException if the body is not one of {@code pgcdc:}
     */
    @Override
    public void process(Exchange exchange) {
        List<Message> requests = new ArrayList<>();
        Request request = null;
        for (ChangeEvent event : flat(exchange.getMessage().getBody(), new ArrayList<>())) {
            if (event.operation().isRow() || event.operation() == Operation.TRUNCATE) {
                for (JsonRow row : rows(event)) {
                    if (request == null || !request.takes(event, row)) {
                        request = new Request(exchange, event);
                        requests.add(request.message);
                    }
                    request.add(row);
                }
            }
        }
        exchange.getMessage().setBody(requests);
        // google-bigquery would insert these in place of the body.
        exchange.removeProperty(ExchangePropertyKey.GROUPED_EXCHANGE);
    }

    private static final class Request {
        private final TableSchema schema;
        private final Message message;
        private final List<Map<String, Object>> rows = new ArrayList<>();
        private long bytes;

        Request(Exchange exchange, ChangeEvent first) {
            schema = first.tableSchema();
            message = new DefaultMessage(exchange);
            message.setHeader(GoogleBigQueryConstants.TABLE_ID, Names.view(first.table()) + SUFFIX);
            message.setBody(rows);
        }

        boolean takes(ChangeEvent event, JsonRow row) {
            return event.table().equals(schema.table()) && rows.size() < MAX_ROWS
                    && bytes + row.bytes() + ROW_OVERHEAD <= MAX_BYTES;
        }

        void add(JsonRow row) {
            rows.add(row.values());
            bytes += row.bytes() + ROW_OVERHEAD;
        }
    }

    private List<JsonRow> rows(ChangeEvent event) {
        List<JsonRow> rows = new ArrayList<>(2);
        if (event.operation() == Operation.TRUNCATE) {
            rows.add(begun(event, Operation.TRUNCATE, "/0"));
        } else if (event.operation() == Operation.DELETE) {
            rows.add(deletion(event, event));
        } else if (RowEncoder.changesKey(event)) {
            rows.add(deletion(event, event.before()));
            rows.add(whole(event, "/1"));
        } else {
            rows.add(whole(event, "/0"));
        }
        for (JsonRow row : rows) {
            if (row.bytes() + ROW_OVERHEAD > MAX_BYTES) {
                throw new PgCdcException(
                        ErrorCode.DESTINATION,
                        "The row of the event " + event.eventId() + " of " + event.table() + " has " + row.bytes()
                                               + " bytes, and a request to BigQuery at most " + MAX_BYTES,
                        "Leave the column with the large values out of the publication's column list");
            }
        }
        return rows;
    }

    private JsonRow deletion(ChangeEvent event, Map<String, Object> old) {
        JsonRow row = begun(event, Operation.DELETE, "/0");
        TableSchema schema = event.tableSchema();
        boolean whole = !schema.hasUniqueKey();
        for (int i = 0; i < schema.columns().size(); i++) {
            if (whole || schema.columns().get(i).identity()) {
                put(row, event, i, old.get(schema.columns().get(i).name()));
            }
        }
        return row;
    }

    private JsonRow whole(ChangeEvent event, String part) {
        JsonRow row = begun(event, event.operation(), part);
        for (int i = 0; i < event.tableSchema().columns().size(); i++) {
            if (!event.isPresent(i)) {
                throw RowFailures.notSent(event, i);
            }
            put(row, event, i, event.value(i));
        }
        return row;
    }

    private JsonRow begun(ChangeEvent event, Operation operation, String part) {
        JsonRow row = new JsonRow();
        Instant committed = event.transaction().commitTimestamp();
        try {
            row.put(Layout.OPERATION, operation.text());
            row.put(Layout.SEQUENCE, RowEncoder.sequence(event) + part);
            row.put(Layout.COMMIT_TIMESTAMP, committed == null ? null : committed.atOffset(java.time.ZoneOffset.UTC));
        } catch (UnfitValueException e) {
            throw new IllegalStateException(e);
        }
        return row;
    }

    private void put(JsonRow row, ChangeEvent event, int position, Object value) {
        PhysicalColumn column = layout(event.tableSchema()).columns().get(Layout.LOG_COLUMNS.size() + position);
        try {
            row.put(column, value);
        } catch (UnfitValueException e) {
            throw RowFailures.unfit(event, position, e,
                    "To keep the column as text, add it to textColumns (%s) of the bean, and give the table a column of the"
                                                        + " type STRING");
        }
    }

    private Layout layout(TableSchema schema) {
        Layout known = layouts.get(schema);
        if (known != null) {
            return known;
        }
        LOG.info("Changes of {} go to {}. If table and view are not there, or have other columns, run: {}; {};",
                schema.table(), Names.view(schema.table()) + SUFFIX, tableStatement(schema), viewStatement(schema));
        Layout made = Layout.ofChangelog(schema, types());
        layouts.put(schema, made);
        return made;
    }

    private ColumnTypes types() {
        return new ColumnTypes(unboundedNumeric, textColumns);
    }

    /** The statement that makes the table for the changes of a table. */
    public String tableStatement(TableSchema schema) {
        return ChangelogStatements.table(dataset, Names.view(schema.table()) + SUFFIX, Layout.ofChangelog(schema, types()),
                schema);
    }

    /** The statement that makes the view of the rows that a table with a key has now. */
    public String viewStatement(TableSchema schema) {
        String view = Names.view(schema.table());
        return ChangelogStatements.view(dataset, view, view + SUFFIX, Layout.ofChangelog(schema, types()), schema);
    }

    private static List<ChangeEvent> flat(Object body, List<ChangeEvent> target) {
        if (body instanceof ChangeEvent event) {
            target.add(event);
        } else if (body instanceof Collection<?> bodies) {
            bodies.forEach(one -> flat(one, target));
        } else {
            throw new IllegalArgumentException(
                    "The changelog is made of the body of a pgcdc exchange, a change or a list of changes, not of "
                                               + (body == null ? "null" : body.getClass().getName()));
        }
        return target;
    }
}
