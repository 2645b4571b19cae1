package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.SchemaChange;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;
import io.pgcdc.pgoutput.CopyRowDecoder;
import io.pgcdc.postgres.ExportedSnapshot;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.postgres.TableCopy;
import io.pgcdc.postgres.TableCopy.BlockRange;
import io.pgcdc.state.StateStore;
import io.pgcdc.types.Codecs;

/** Copies tables from one snapshot; a big one in ranges of its heap over several connections. */
final class TableCopier {

    private static final int NUMBERS_AT_ONCE = 1_024;
    private static final long JOIN_MILLIS = 1_000;

    private final PipelineSettings settings;
    private final Control control;
    private final WorkerScope scope;
    private final PgReplicationClient client;
    private final StateStore states;
    private final Destination destination;
    private final InFlightLimit limit;
    private final ByteBudget budget;
    private final CopyHandOvers handOvers;
    private final FailureHandling failures;
    private final WorkerThreads threads;
    private final ExportedSnapshot snapshot;
    private final Transaction origin;
    private final long firstNumber;
    private final Codecs codecs;
    private final PipelineCounters counters;

    /**
     * @param start       where the changes that follow the copy begin: its rows sort right before that
     * @param firstNumber the number of the copy's start among the events of that position
     */
    TableCopier(PipelineSettings settings, Control control, WorkerScope scope, PgReplicationClient client,
                StateStore states, Destination destination, InFlightLimit limit, ByteBudget budget, CopyHandOvers handOvers,
                FailureHandling failures,
                WorkerThreads threads, ExportedSnapshot snapshot, Lsn start, long firstNumber, PipelineCounters counters) {
        this.settings = settings;
        this.control = control;
        this.scope = scope;
        this.client = client;
        this.states = states;
        this.destination = destination;
        this.limit = limit;
        this.budget = budget;
        this.handOvers = handOvers;
        this.failures = failures;
        this.threads = threads;
        this.snapshot = snapshot;
        // One byte before the consistent point: a commit record may stand right at it.
        this.origin = Transaction.ofSnapshot(start.value() - 1);
        this.firstNumber = firstNumber;
        this.codecs = settings.codecs();
        this.counters = counters;
    }

    /** Tells the destination to drop what it has of a table, which is copied from nothing. */
    void reset(PublishedTable table) {
        tell(new TruncateEvent(table.schema(), false, false, origin, origin.commitLsn(), firstNumber));
    }

    /** Tells the destination that the table has another shape than it was told before, if that is so. */
    void tellShape(TableSchema told, PublishedTable table) {
        if (told != null && !told.equals(table.schema()) && settings.includeSchemaChanges()) {
            tell(new SchemaChangeEvent(SchemaChange.between(told, table.schema()), origin, 0));
        }
    }

    /**
     * Returns when every row of the table is complete at the destination.
     *
     * @param  goesOn       whether an earlier attempt under the same slot was broken off
     * @throws TableGivenUp if the failure policy isolates the table; the connection is of no use then
     */
    void copy(PublishedTable table, TableProgress progress, boolean goesOn, TableCopy connection) {
        AtomicLong numbers = new AtomicLong(firstNumber + 2);
        if (settings.includeCopyMarkers()) {
            tell(Operation.COPY_START, table.schema(), firstNumber + 1);
        }
        CopyRanges ranges = CopyRanges.of(settings, states, progress.table, table, goesOn, connection);
        Queue<BlockRange> todo = new ConcurrentLinkedQueue<>(ranges.todo());
        progress.copy = new CopyProgress(table, ranges.todo());
        if (todo.size() == 1 || settings.copyConnectionsPerTable() == 1) {
            Part whole = new Part(table, progress, numbers, ranges, scope);
            try {
                whole.read(connection, todo);
            } catch (TableGivenUp e) {
                whole.awaitQuiet(scope);
                throw e;
            } finally {
                whole.writer.close();
            }
        } else {
            inParallel(table, progress, numbers, ranges, connection, todo);
        }
        if (settings.includeCopyMarkers()) {
            tell(Operation.COPY_END, table.schema(), numbers.get());
        }
        LogContext.table(null);
    }

    private void tell(Operation operation, TableSchema schema, long number) {
        tell(ChangeEvent.ofTable(operation, schema, origin, origin.commitLsn(), number));
    }

    private void tell(ChangeEvent event) {
        CopyWriter writer = new CopyWriter(
                settings, control, scope, destination, limit, budget, handOvers, failures, snapshot.consistentPoint(),
                range -> {
                });
        try {
            writer.write(event);
            writer.complete();
        } finally {
            writer.close();
        }
    }

    private void inParallel(
            PublishedTable table, TableProgress progress, AtomicLong numbers, CopyRanges ranges, TableCopy connection,
            Queue<BlockRange> todo) {
        WorkerScope partsScope = new WorkerScope(scope::isOver);
        List<Part> parts = new ArrayList<>();
        List<Thread> helpers = new ArrayList<>();
        List<TableCopy> connections = new ArrayList<>();
        try {
            for (int i = 1; i < Math.min(settings.copyConnectionsPerTable(), todo.size()); i++) {
                TableCopy own = client.openCopy(snapshot);
                connections.add(own);
                Part part = new Part(table, progress, numbers, ranges, partsScope);
                parts.add(part);
                Thread helper = threads.newThread("copy " + table.table() + " " + i, () -> part.readAll(own, todo));
                helpers.add(helper);
                helper.start();
            }
            Part own = new Part(table, progress, numbers, ranges, partsScope);
            parts.add(own);
            own.readAll(connection, todo);
            for (Thread helper : helpers) {
                while (helper.isAlive() && !partsScope.isOver()) {
                    Control.pause(1);
                }
            }
        } finally {
            // In order when all is well; a part under way ends with an error when it is not.
            connections.forEach(TableCopy::abort);
            for (Thread helper : helpers) {
                while (helper.isAlive()) {
                    Control.join(helper, JOIN_MILLIS);
                }
            }
        }
        if (partsScope.failure() instanceof TableGivenUp) {
            parts.forEach(part -> part.awaitQuiet(scope));
        }
        parts.forEach(part -> part.writer.close());
        // A part that has ended early has not read its rows, whatever ended it.
        partsScope.checkRunning();
    }

    /** What one connection reads of a table. */
    private final class Part {
        private final TableSchema schema;
        private final PublishedTable table;
        private final CopyProgress progress;
        private final AtomicLong numbers;
        private final CopyRowDecoder decoder;
        private final CopyWriter writer;
        private final WorkerScope scope;
        private final DecodeTimer timer = new DecodeTimer(counters);
        private long next;
        private long end;
        private long bytes;

        private Part(PublishedTable table, TableProgress progress, AtomicLong numbers, CopyRanges ranges,
                     WorkerScope scope) {
            this.table = table;
            this.schema = table.schema();
            this.progress = progress.copy;
            this.numbers = numbers;
            this.decoder = new CopyRowDecoder(schema, codecs, snapshot.consistentPoint());
            this.scope = scope;
            this.writer = new CopyWriter(
                    settings, control, scope, destination, limit, budget, handOvers, failures,
                    snapshot.consistentPoint(), ranges::complete);
        }

        private void read(TableCopy connection, Queue<BlockRange> todo) {
            for (BlockRange range = todo.poll(); range != null; range = todo.poll()) {
                scope.checkRunning();
                writer.beginRange(range);
                long rows = connection.read(table, decoder::readsText, range, this::row);
                FailPoint.RANGE_COPIED.reached();
                progress.rangeRead(range, rows);
                writer.endRange();
            }
            progress.read(-(end - next), bytes);
            bytes = 0;
            writer.complete();
        }

        /** On a thread of its own, or beside others: a failure ends them all. */
        private void readAll(TableCopy connection, Queue<BlockRange> todo) {
            try {
                read(connection, todo);
            } catch (Throwable e) {
                scope.fail(e);
            }
        }

        /** When the table is given up: what the route still has of it must not meet what a later copy brings. */
        private void awaitQuiet(WorkerScope outer) {
            writer.awaitQuiet(outer);
        }

        private void row(byte[] message, int start) {
            if (next == end) {
                scope.checkRunning();
                next = numbers.getAndAdd(NUMBERS_AT_ONCE);
                end = next + NUMBERS_AT_ONCE;
                progress.read(NUMBERS_AT_ONCE, bytes);
                bytes = 0;
            }
            int length = message.length - start;
            bytes += length;
            boolean measured = timer.begin();
            Object[] values;
            try {
                values = decoder.decode(message, start, length);
            } catch (PgCdcException e) {
                if (e.code() != ErrorCode.DECODE) {
                    throw e;
                }
                writer.writeUndecodable(
                        ChangeEvent.unread(Operation.READ, schema, origin, origin.commitLsn(), next++, length), e);
                return;
            }
            if (measured) {
                timer.end(0);
            }
            writer.write(ChangeEvent.row(
                    Operation.READ, schema, values, null, origin, origin.commitLsn(), next++, length));
        }
    }
}
