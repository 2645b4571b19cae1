package io.pgcdc.pipeline;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.pgoutput.CopyRowDecoder;
import io.pgcdc.postgres.ExportedSnapshot;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.postgres.TableCopy;
import io.pgcdc.state.TablePhase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies rows again that were asked for by predicates, one request after the other, on a thread of its own each, while
 * their tables stream on. See docs/architecture.md. What goes wrong is told and ends the request, not the pipeline.
 */
final class RowReader {

    private static final Logger LOG = LoggerFactory.getLogger(RowReader.class);

    /** The table may be redefined, or a value be unreadable, in the midst of it. */
    private static final int ATTEMPTS = 5;
    private static final long STEP_MILLIS = 20;
    private static final long RECONNECT_MILLIS = 2_000;

    private final PipelineSettings settings;
    private final PgReplicationClient client;
    private final WorkerScope scope;
    private final TableRegistry registry;
    private final SchemaTracker schemas;
    private final Queue<RowRequest> requests;
    private final Consumer<RereadRows> toStream;
    private final BiConsumer<String, Runnable> threads;
    private volatile boolean busy;
    private volatile Runnable abort;

    /**
     * @param requests gives up one when it is done
     * @param toStream has the reader of the stream take rows; {@code null} ends that
     * @param threads  start work under a name
     */
    RowReader(PipelineSettings settings, PgReplicationClient client, WorkerScope scope, TableRegistry registry,
              SchemaTracker schemas, Queue<RowRequest> requests, Consumer<RereadRows> toStream,
              BiConsumer<String, Runnable> threads) {
        this.settings = settings;
        this.client = client;
        this.scope = scope;
        this.registry = registry;
        this.schemas = schemas;
        this.requests = requests;
        this.toStream = toStream;
        this.threads = threads;
    }

    /** Begins with the next request, if it can be begun; for the supervising thread. */
    void next() {
        RowRequest request = busy ? null : requests.peek();
        if (request == null) {
            return;
        }
        TableProgress table = registry.named(request.table());
        if (table == null || table.phase == TablePhase.ERROR) {
            LOG.warn("Pipeline {}: {} are not copied again: it is {}", settings.name(), request,
                    table == null ? "not in the publication any more" : "in Error, resyncTable copies all of it");
            requests.remove(request);
        } else if (table.phase == TablePhase.READY) {
            busy = true;
            threads.accept("reread " + request.table(), () -> run(request, table));
        }
    }

    /** Breaks its connection, from any thread. */
    void abort() {
        Runnable current = abort;
        if (current != null) {
            current.run();
        }
    }

    private void run(RowRequest request, TableProgress table) {
        try {
            for (int attempt = 1; !attempt(request, table, attempt == ATTEMPTS); attempt++) {
                LOG.debug("Pipeline {}: the copy of {} begins again", settings.name(), request);
            }
            requests.remove(request);
        } catch (StoppedException e) {
            // The next run has the request.
            throw e;
        } catch (RuntimeException e) {
            if (scope.isOver()) {
                throw e;
            }
            if (e instanceof PgCdcException known) {
                LOG.error("Pipeline {}: {} were not copied again, or not all of them: {}", settings.name(), request,
                        known.getMessage());
            } else {
                LOG.error("Pipeline {}: {} were not copied again, or not all of them; please report this", settings.name(),
                        request,
                        e);
            }
            requests.remove(request);
        } finally {
            toStream.accept(null);
            abort = null;
            busy = false;
        }
    }

    /** Returns false if it has to be done again. */
    private boolean attempt(RowRequest request, TableProgress table, boolean last) {
        try {
            if (!copy(request, table)) {
                if (last) {
                    throw new PgCdcException(
                            ErrorCode.COPY_OUTDATED,
                            "Table " + table.table + " changed its shape, or values that can't be read, each time", null);
                }
                return false;
            }
            return true;
        } catch (PgCdcException e) {
            if (last || !e.code().concernsConnection()) {
                throw e;
            }
            // The stream's connection has probably broken, too: then the next run has the request.
            for (long waited = 0; waited < RECONNECT_MILLIS; waited += STEP_MILLIS) {
                pause();
            }
            return false;
        }
    }

    private boolean copy(RowRequest request, TableProgress table) {
        RereadRows rows = new RereadRows(table, settings, scope, schemas, RereadRows.MOST_TOUCHED);
        toStream.accept(rows);
        try {
            await(rows);
            return copy(request, table, rows);
        } finally {
            rows.close();
        }
    }

    /**
     * Until the stream notes what changes, and then until nobody is left who may have written before: what has been
     * read of them must be in the snapshot.
     */
    private void await(RereadRows rows) {
        while (!rows.isTracking()) {
            pause();
        }
        Set<String> before = client.writers(rows.table.relationOid);
        while (!before.isEmpty()) {
            pause();
            before.retainAll(client.writers(rows.table.relationOid));
        }
    }

    private void pause() {
        scope.checkRunning();
        Control.pause(STEP_MILLIS);
    }

    private boolean copy(RowRequest request, TableProgress table, RereadRows rows) {
        FailPoint.SNAPSHOT_WANTED.reached();
        try (ExportedSnapshot snapshot = client.exportSnapshot(); TableCopy connection = client.openCopy(snapshot)) {
            abort = connection::abort;
            scope.checkRunning();
            List<PublishedTable> found
                    = client.publishedTables(settings.publication(), List.of(table.relationOid), connection);
            if (found.isEmpty()) {
                throw new PgCdcException(
                        ErrorCode.PUBLICATION, "Table " + table.table + " is not in the publication any more", null);
            }
            PublishedTable published = found.get(0);
            if (connection.isReplaced(published) || connection.hasNewColumn(published)) {
                return false;
            }
            if (!published.schema().hasUniqueKey()) {
                throw new PgCdcException(
                        ErrorCode.CONFIGURATION, "Table " + table.table + " has no key any more that tells which row is which",
                        null);
            }
            LOG.info("Pipeline {}: {} are copied again, as of LSN {}", settings.name(), request, snapshot.consistentPoint());
            read(request, rows, published, snapshot, connection);
            boolean done = rows.end();
            if (rows.isHopeless()) {
                throw new PgCdcException(
                        ErrorCode.CONFIGURATION, "Table " + table.table + " is being copied whole, or is in Error, meanwhile",
                        null);
            }
            if (done) {
                LOG.info(
                        "Pipeline {}: {} were copied again: {} of them, and {} that have changed meanwhile came with their changes",
                        settings.name(), request, rows.inserted(), rows.left());
            }
            return done;
        }
    }

    private void read(
            RowRequest request, RereadRows rows, PublishedTable published, ExportedSnapshot snapshot, TableCopy connection) {
        CopyRowDecoder decoder = new CopyRowDecoder(published.schema(), settings.codecs(), snapshot.consistentPoint());
        rows.begin(published.schema(), snapshot.consistentPoint(), connection.horizon());
        try {
            connection.read(published, decoder::readsText, request.predicate(), (message, start) -> {
                int length = message.length - start;
                boolean more;
                try {
                    more = rows.add(decoder.decode(message, start, length), length, null);
                } catch (PgCdcException e) {
                    if (e.code() != ErrorCode.DECODE) {
                        throw e;
                    }
                    more = rows.add(null, length, e);
                }
                if (!more) {
                    throw new NoMoreRows();
                }
            });
        } catch (NoMoreRows e) {
            LOG.debug("Pipeline {}: the copy of {} is broken off", settings.name(), request);
        }
    }

    /** Ends a COPY in the midst of it. */
    private static final class NoMoreRows extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private NoMoreRows() {
            super(null, null, false, false);
        }
    }
}
