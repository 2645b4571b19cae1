package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.CopyRowDecoder;
import io.pgcdc.postgres.ExportedSnapshot;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.postgres.TableCopy;
import io.pgcdc.postgres.TableCopy.BlockRange;
import io.pgcdc.types.Codecs;

/** Copies tables from one snapshot; a big one in ranges of its heap over several connections. */
final class TableCopier {

    /** A range is large enough to make its COPY statement cheap, and small enough to share out the work evenly. */
    private static final long RANGE_BLOCKS = 4_096;
    private static final int NUMBERS_AT_ONCE = 1_024;

    private final PipelineSettings settings;
    private final Control control;
    private final WorkerScope scope;
    private final PgReplicationClient client;
    private final Destination destination;
    private final InFlightLimit limit;
    private final CopyHandOvers handOvers;
    private final WorkerThreads threads;
    private final ExportedSnapshot snapshot;
    private final Transaction origin;
    private final long firstNumber;
    private final Codecs codecs;

    /**
     * @param start       where the changes that follow the copy begin: its rows sort right before that
     * @param firstNumber the number of the copy's start among the events of that position
     */
    TableCopier(PipelineSettings settings, Control control, WorkerScope scope, PgReplicationClient client,
                Destination destination, InFlightLimit limit, CopyHandOvers handOvers, WorkerThreads threads,
                ExportedSnapshot snapshot, Lsn start, long firstNumber) {
        this.settings = settings;
        this.control = control;
        this.scope = scope;
        this.client = client;
        this.destination = destination;
        this.limit = limit;
        this.handOvers = handOvers;
        this.threads = threads;
        this.snapshot = snapshot;
        // One byte before the consistent point: a commit record may stand right at it.
        this.origin = Transaction.ofSnapshot(start.value() - 1);
        this.firstNumber = firstNumber;
        this.codecs = settings.codecs();
    }

    /** Returns when every row of the table is complete at the destination. */
    void copy(PublishedTable table, TableProgress progress, TableCopy connection) {
        AtomicLong numbers = new AtomicLong(firstNumber + 1);
        progress.rowsCopied.set(0);
        marker(Operation.COPY_START, table.schema(), firstNumber);
        List<BlockRange> ranges = ranges(table);
        if (ranges.size() == 1) {
            new Part(table, progress, numbers, scope).read(connection, new ConcurrentLinkedQueue<>(ranges));
        } else {
            inParallel(table, progress, numbers, connection, new ConcurrentLinkedQueue<>(ranges));
        }
        marker(Operation.COPY_END, table.schema(), numbers.get());
    }

    private List<BlockRange> ranges(PublishedTable table) {
        if (table.partitioned() || settings.copyConnectionsPerTable() == 1 || table.blocks() < 2 * RANGE_BLOCKS) {
            return List.of(BlockRange.ALL);
        }
        List<BlockRange> ranges = new ArrayList<>();
        long from = 0;
        while (from + 2 * RANGE_BLOCKS <= table.blocks()) {
            ranges.add(new BlockRange(from, from + RANGE_BLOCKS));
            from += RANGE_BLOCKS;
        }
        // The last one is open: the heap may have grown since it was measured.
        ranges.add(new BlockRange(from, -1));
        return ranges;
    }

    private void inParallel(
            PublishedTable table, TableProgress progress, AtomicLong numbers, TableCopy connection,
            Queue<BlockRange> ranges) {
        WorkerScope parts = new WorkerScope(scope::isOver);
        List<Thread> helpers = new ArrayList<>();
        List<TableCopy> connections = new ArrayList<>();
        try {
            for (int i = 1; i < Math.min(settings.copyConnectionsPerTable(), ranges.size()); i++) {
                TableCopy own = client.openCopy(snapshot);
                connections.add(own);
                Thread helper = threads.newThread("copy " + table.table() + " " + i, () -> {
                    try {
                        new Part(table, progress, numbers, parts).read(own, ranges);
                    } catch (Throwable e) {
                        parts.fail(e);
                    }
                });
                helpers.add(helper);
                helper.start();
            }
            try {
                new Part(table, progress, numbers, parts).read(connection, ranges);
            } catch (RuntimeException | Error e) {
                parts.fail(e);
            }
            for (Thread helper : helpers) {
                while (helper.isAlive() && !parts.isOver()) {
                    Control.pause(1);
                }
            }
            parts.throwFailure();
            scope.checkRunning();
        } finally {
            // In order when all is well; a part under way ends with an error when it is not.
            connections.forEach(TableCopy::abort);
            helpers.forEach(TableCopier::join);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void marker(Operation operation, TableSchema schema, long number) {
        if (settings.includeCopyMarkers()) {
            CopyWriter writer = new CopyWriter(settings, control, scope, destination, limit, handOvers);
            writer.write(ChangeEvent.ofTable(operation, schema, origin, origin.commitLsn(), number));
            writer.complete();
        }
    }

    /** What one connection reads of a table. */
    private final class Part {
        private final TableSchema schema;
        private final PublishedTable table;
        private final TableProgress progress;
        private final AtomicLong numbers;
        private final CopyRowDecoder decoder;
        private final CopyWriter writer;
        private final WorkerScope scope;
        private long next;
        private long end;

        private Part(PublishedTable table, TableProgress progress, AtomicLong numbers, WorkerScope scope) {
            this.table = table;
            this.schema = table.schema();
            this.progress = progress;
            this.numbers = numbers;
            this.decoder = new CopyRowDecoder(schema, codecs);
            this.scope = scope;
            this.writer = new CopyWriter(settings, control, scope, destination, limit, handOvers);
        }

        private void read(TableCopy connection, Queue<BlockRange> ranges) {
            for (BlockRange range = ranges.poll(); range != null; range = ranges.poll()) {
                scope.checkRunning();
                connection.read(table, range, this::row);
                FailPoint.RANGE_COPIED.reached();
            }
            writer.complete();
            FailPoint.RANGE_ACKNOWLEDGED.reached();
            progress.rowsCopied.addAndGet(-(end - next));
        }

        private void row(byte[] row) {
            if (next == end) {
                scope.checkRunning();
                next = numbers.getAndAdd(NUMBERS_AT_ONCE);
                end = next + NUMBERS_AT_ONCE;
                progress.rowsCopied.addAndGet(NUMBERS_AT_ONCE);
            }
            writer.write(ChangeEvent.row(
                    Operation.READ, schema, decoder.decode(row, 0, row.length), null, origin, origin.commitLsn(),
                    next++, row.length));
        }
    }
}
