package io.pgcdc.routes.bigquery;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.Position;
import io.pgcdc.model.TableSchema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One table of the source in BigQuery: a view, and behind it a table for what has come since the last truncate. The
 * view says with its labels and its SQL all that a new start has to know, and changes in one step.
 *
 * <p>
 * A truncate begins a new table and turns the view to it. Changes from before it, which come again after a restart, are
 * left out: what they made is void. So a truncate that comes again does nothing.
 *
 * <p>
 * Thread-safe. Events of one table have to come in order, but for rows of the copy.
 */
final class SinkTable {

    private static final Logger LOG = LoggerFactory.getLogger(SinkTable.class);

    /** For how long a table that a truncate has replaced can still be looked at. */
    private static final int DAYS_KEPT = 7;
    private static final String COPY_ANEW = "To copy the table anew, into a new table with its present columns, call"
                                            + " resyncTable of the pgcdc consumer with ";

    private final BigQuerySink sink;
    private final Dataset dataset;
    private final long relation;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock, null until the first event and after a failure: BigQuery is looked at then.
    private Dataset.View view;
    private Generation generation;
    private TableSchema shown;
    private long leftOut;

    SinkTable(BigQuerySink sink, long relation) {
        this.sink = sink;
        this.dataset = sink.dataset();
        this.relation = relation;
    }

    /** Sends the rows of a run of row changes. */
    void write(List<ChangeEvent> events, ExchangeCompletion completion) throws IOException {
        Position begins = beginning(events.get(0));
        Target target = null;
        RequestBuilder rows = null;
        for (ChangeEvent event : events) {
            // Before its shape is looked at, which may be one that the present table can't have.
            if (event.position().compareTo(begins) < 0) {
                countLeftOut(event);
                continue;
            }
            if (target == null || event.tableSchema() != target.schema) {
                if (rows != null) {
                    rows.finish();
                }
                target = target(event);
                rows = sink.requests(target, completion);
            }
            target.shape.encoder().encode(event, rows);
        }
        if (rows != null) {
            rows.finish();
        }
    }

    /** Where the rows of one shape go. */
    final class Target implements AppendTarget {
        private final TableSchema schema;
        private final Generation generation;
        private final Shape shape;

        Target(TableSchema schema, Generation generation, Shape shape) {
            this.schema = schema;
            this.generation = generation;
            this.shape = shape;
        }

        @Override
        public WriteStream stream() {
            return shape.stream();
        }

        @Override
        public String table() {
            return generation.table();
        }

        @Override
        public boolean isSuperseded() {
            lock.lock();
            try {
                Generation now = SinkTable.this.generation;
                return now != null && now.begins().compareTo(generation.begins()) > 0;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void refused() {
            lock.lock();
            try {
                if (SinkTable.this.generation == generation) {
                    forget();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private Position beginning(ChangeEvent event) {
        lock.lock();
        try {
            open(event);
            return generation.begins();
        } catch (RuntimeException e) {
            forget();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private Target target(ChangeEvent event) {
        lock.lock();
        try {
            open(event);
            return new Target(event.tableSchema(), generation, shape(event));
        } catch (RuntimeException e) {
            forget();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has the columns of a new shape, and shows them. The shape of a new copy comes with its rows, after a truncate
     * where what is there is of no use: that may be because of this very shape.
     */
    void reshape(ChangeEvent event) {
        if (isOfStream(event) && event.position().compareTo(beginning(event)) >= 0) {
            target(event);
        }
    }

    private static boolean isOfStream(ChangeEvent event) {
        return event.transaction().xid() != 0;
    }

    /** Begins a new table, unless that was done before. */
    void truncate(ChangeEvent event) {
        lock.lock();
        try {
            if (view == null) {
                adopt(find(event));
            }
            if (view == null) {
                begin(event, 1, event.position());
            } else if (begins(event)) {
                begin(event, numberOf(generation.table()) + 1, event.position());
            }
        } catch (RuntimeException e) {
            forget();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a truncate has still to be done. One of the stream has if what is there begins before it. One that tells
     * of a new copy is no part of the stream: its position may lie anywhere, after the source was restored even before
     * all others.
     */
    private boolean begins(ChangeEvent truncate) {
        int compared = truncate.position().compareTo(view.marks().begins());
        return compared > 0 || compared != 0 && !isOfStream(truncate) || view.marks().relation() != relation;
    }

    private void open(ChangeEvent event) {
        if (view != null) {
            return;
        }
        Optional<Dataset.View> found = find(event);
        if (found.isPresent() && found.get().marks().relation() != relation) {
            throw new PgCdcException(
                    ErrorCode.DESTINATION,
                    "The view " + Statements.name(dataset.table(found.get().name())) + " shows another table of PostgreSQL"
                                           + " than the present " + event.table() + ": its number in the catalogue was "
                                           + found.get().marks().relation() + " and is " + relation,
                    COPY_ANEW + event.table() + "; or drop the view, if the pipeline begins from nothing");
        }
        if (found.isPresent()) {
            adopt(found);
        } else {
            begin(event, 1, Marks.ORIGIN);
        }
    }

    private void adopt(Optional<Dataset.View> found) {
        if (found.isPresent()) {
            Dataset.View there = found.get();
            Layout layout = dataset.layout(there.table()).orElseThrow(() -> new PgCdcException(
                    ErrorCode.DESTINATION,
                    "The view " + Statements.name(dataset.table(there.name())) + " shows the table " + there.table()
                                           + ", which is not there",
                    "Drop the view, too, and call resyncTable of the pgcdc consumer"));
            view = there;
            generation = new Generation(there.table(), there.marks().begins(), layout);
        }
    }

    /** The view of this name, or under another name that the table had. */
    private Optional<Dataset.View> find(ChangeEvent event) {
        Optional<Dataset.View> named = dataset.view(Names.view(event.table()));
        if (named.isPresent() && named.get().marks().relation() == relation) {
            return named;
        }
        Optional<Dataset.View> renamed = dataset.viewOf(relation);
        return renamed.isPresent() ? renamed : named;
    }

    /**
     * Makes a table and turns the view to it. A crash in between leaves a table that nobody shows; the same truncate
     * finds it again by its marks. A table without a place where it begins may be an older one, with rows.
     */
    private void begin(ChangeEvent event, int firstNumber, Position begins) {
        TableSchema schema = event.tableSchema();
        Layout layout = Layout.of(schema, sink.types());
        requireKey(schema, layout);
        Marks marks = new Marks(relation, begins, begins);
        String base = view == null ? Names.plain(Names.view(event.table())) : baseOf(view.table());
        int number = firstNumber;
        while (dataset.exists(base + "_" + number)
                && (begins.equals(Marks.ORIGIN) || !isMarked(base + "_" + number, marks))) {
            number++;
        }
        String table = base + "_" + number;
        if (!dataset.exists(table)) {
            dataset.execute(Statements.createTable(
                    dataset.table(table), layout, sink.maxStalenessSeconds(), marks.ofTable()));
        }
        if (generation != null) {
            dataset.execute(Statements.expire(dataset.table(generation.table()), DAYS_KEPT));
            close(generation);
        }
        Generation made = new Generation(table, begins, dataset.layout(table).orElse(layout));
        show(event, made, marks);
        generation = made;
        LOG.info("Rows of {} go to {} from {} on", schema.table(), table, begins);
    }

    private boolean isMarked(String table, Marks marks) {
        return dataset.marksOfTable(table).filter(marks::equals).isPresent();
    }

    private static void requireKey(TableSchema schema, Layout layout) {
        if (layout.key().size() > 16) {
            throw new PgCdcException(
                    ErrorCode.DESTINATION,
                    "The key of " + schema.table() + " has " + layout.key().size() + " columns, and BigQuery's at most 16",
                    "Leave the table out of the publication");
        }
    }

    /** Turns the view to a table in the shape of an event, under the event's name of the table. */
    private void show(ChangeEvent event, Generation of, Marks marks) {
        String name = Names.view(event.table());
        String query = Statements.select(dataset.table(of.table()), of.layout(), event.tableSchema());
        Dataset.View shows = new Dataset.View(name, marks, of.table(), query);
        dataset.show(shows, view == null ? name : view.name());
        view = shows;
        shown = event.tableSchema();
    }

    private Shape shape(ChangeEvent event) {
        TableSchema schema = event.tableSchema();
        Shape known = generation.shapes().get(schema);
        // A shape that comes again from before the one that is shown must not set the view back.
        boolean isNewest = event.position().compareTo(view.marks().shape()) >= 0;
        if (known != null && (schema.equals(shown) || !isNewest)) {
            return known;
        }
        addColumns(schema);
        if (!generation.layout().keyOf(schema).equals(generation.layout().key())) {
            throw new PgCdcException(
                    ErrorCode.DESTINATION,
                    "The key of " + schema.table() + " is another one than that of " + generation.table() + " from event "
                                           + event.eventId() + " on",
                    COPY_ANEW + schema.table());
        }
        PhysicalColumn[] columns = schema.columns().stream()
                .map(column -> generation.layout().columnOf(column).orElseThrow())
                .toArray(PhysicalColumn[]::new);
        for (int i = 0; i < columns.length; i++) {
            requireType(event, schema.columns().get(i), columns[i]);
        }
        if (isNewest) {
            String query = Statements.select(dataset.table(generation.table()), generation.layout(), schema);
            if (!query.equals(view.query()) || !view.name().equals(Names.view(schema.table()))) {
                show(event, generation, view.marks().withShape(event.position()));
            }
            shown = schema;
        }
        // Rows of other shapes are rare from here on; each stream is a connection.
        generation.shapes().values().forEach(other -> other.stream().close());
        RowEncoder encoder = new RowEncoder(schema, columns);
        Shape shape = new Shape(encoder, sink.stream(generation.table(), encoder.protoSchema()));
        generation.shapes().put(schema, shape);
        return shape;
    }

    private void addColumns(TableSchema schema) {
        for (Column column : schema.columns()) {
            if (generation.layout().columnOf(column).isEmpty()) {
                PhysicalColumn added = generation.layout().made(schema, column, sink.types());
                dataset.execute(Statements.addColumn(dataset.table(generation.table()), added));
                generation.layout(generation.layout().with(added));
            }
        }
    }

    private void requireType(ChangeEvent event, Column column, PhysicalColumn physical) {
        BigQueryType wanted = sink.types().of(event.tableSchema(), column);
        if (physical.type().holds(wanted) || column.typeName() == null && physical.type() == BigQueryType.JSON) {
            return;
        }
        String alter = "ALTER TABLE " + Statements.name(dataset.table(generation.table())) + " ALTER COLUMN "
                       + Names.quoted(physical.name()) + " SET DATA TYPE " + wanted;
        throw new PgCdcException(
                ErrorCode.DESTINATION,
                "The column " + event.table() + "." + column.name() + " has another type from event " + event.eventId()
                                       + " on: BigQuery has it as " + physical.type() + ", it wants " + wanted,
                (wanted.holds(physical.type()) && wanted != BigQueryType.STRING ? "Run in BigQuery: " + alter + ". Or: " : "")
                                                                                                                + COPY_ANEW
                                                                                                                + event.table());
    }

    private void countLeftOut(ChangeEvent event) {
        lock.lock();
        try {
            if (leftOut++ == 0) {
                LOG.info("Changes of {} from before its last truncate come again and are left out, the first at {}",
                        event.table(), event.position());
            }
        } finally {
            lock.unlock();
        }
    }

    private static String baseOf(String table) {
        return table.substring(0, table.lastIndexOf('_'));
    }

    private static int numberOf(String table) {
        return Integer.parseInt(table.substring(table.lastIndexOf('_') + 1));
    }

    private void forget() {
        if (generation != null) {
            close(generation);
        }
        view = null;
        generation = null;
        shown = null;
    }

    private static void close(Generation closed) {
        closed.shapes().values().forEach(shape -> shape.stream().close());
        closed.shapes().clear();
    }

    void close() {
        lock.lock();
        try {
            forget();
        } finally {
            lock.unlock();
        }
    }
}
