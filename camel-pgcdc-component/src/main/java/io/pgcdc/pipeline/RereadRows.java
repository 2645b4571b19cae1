package io.pgcdc.pipeline;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.state.TablePhase;

/**
 * Rows of a table that are copied again while its changes stream on: from the thread that copies them to the one that
 * reads the stream, which puts them between two transactions. docs/architecture.md says why each row that is put there
 * is what the table has at that point of the stream.
 *
 * <p>
 * INVARIANT: a row is put into the stream only where every transaction that the snapshot shows was read, and no other
 * transaction that was read has touched its key.
 */
final class RereadRows {

    /** How many keys may change meanwhile before the stream waits for the rows, so that memory is bounded. */
    static final int MOST_TOUCHED = 1_000_000;
    private static final long STEP_MILLIS = 50;
    /** Of the server's log. One that was built with other pages has larger ones, of which this divides the size. */
    private static final long PAGE = 8192;
    private static final long LONGEST_HEADER = 40;

    /** Some rows of the copy; those whose values can't be read have none. */
    private static final class Rows {
        private final List<Object[]> values = new ArrayList<>();
        private final List<Integer> bytes = new ArrayList<>();
        private final List<PgCdcException> causes = new ArrayList<>();
        private long wireBytes;
    }

    final TableProgress table;
    private final PipelineSettings settings;
    private final WorkerScope scope;
    private final SchemaTracker schemas;
    private final int mostTouched;
    private final SynchronousQueue<Rows> handOver = new SynchronousQueue<>();
    // Of the copying thread alone.
    private Rows gathered = new Rows();
    private long handedOver;

    // Of the snapshot; set before its first row is handed over.
    private volatile long readFrom;
    private volatile long xid;
    private volatile TableSchema schema;

    private volatile boolean tracking;
    private volatile boolean outdated;
    private volatile boolean over;
    private volatile boolean hopeless;
    private volatile long taken;

    // Of the reading thread alone.
    private Object ownership;
    private final Set<Object> touched = new HashSet<>();
    private boolean emptied;
    private boolean told;
    private long number = System.currentTimeMillis() << 20;
    private volatile long inserted;
    private volatile long left;

    RereadRows(TableProgress table, PipelineSettings settings, WorkerScope scope, SchemaTracker schemas, int mostTouched) {
        this.table = table;
        this.settings = settings;
        this.scope = scope;
        this.schemas = schemas;
        this.mostTouched = mostTouched;
    }

    // The thread that copies.

    /** Whether the reader notes from now on which rows change. */
    boolean isTracking() {
        return tracking;
    }

    /**
     * Says what is going to come.
     *
     * @param position what the snapshot shows was committed before it
     * @param oldest   the oldest transaction that is not finished for the snapshot
     */
    void begin(TableSchema shape, Lsn position, long oldest) {
        schema = shape;
        xid = oldest;
        // An idle server's log ends before the header of its next page; nothing begins within that.
        long inPage = position.value() % PAGE;
        readFrom = inPage <= LONGEST_HEADER ? position.value() - inPage : position.value();
    }

    /** Takes a row; returns false if no more is wanted. */
    boolean add(Object[] values, int bytes, PgCdcException undecodable) {
        gathered.values.add(values);
        gathered.bytes.add(bytes);
        gathered.causes.add(undecodable);
        gathered.wireBytes += bytes;
        boolean full = gathered.values.size() >= settings.batchSize() || gathered.wireBytes >= settings.maxBatchBytes()
        // As text takes more in memory than on the wire.
                || gathered.wireBytes * 4 >= settings.maxWindowBytes();
        return !full || flush();
    }

    /** All rows were added. Returns when they are in the stream, or of no use; true if they are. */
    boolean end() {
        boolean wanted = flush();
        while (wanted && taken != handedOver) {
            scope.checkRunning();
            Control.pause(1);
            wanted = isWanted();
        }
        over = true;
        return wanted;
    }

    private boolean flush() {
        boolean handed = gathered.values.isEmpty();
        while (!handed && isWanted()) {
            scope.checkRunning();
            try {
                handed = handOver.offer(gathered, STEP_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                // Nobody's way to end this; the rows were not taken.
                handed = false;
            }
            if (handed) {
                handedOver++;
                gathered = new Rows();
            }
        }
        return isWanted();
    }

    private boolean isWanted() {
        return !outdated && !hopeless;
    }

    /** Nothing more comes, whatever was the reason. */
    void close() {
        over = true;
    }

    /** Whether what was copied is of no use, for it can't be told what has changed since: it has to be copied again. */
    boolean isOutdated() {
        return outdated;
    }

    /** Whether the table is not the stream's any more. */
    boolean isHopeless() {
        return hopeless;
    }

    long inserted() {
        return inserted;
    }

    /** How many rows were left out, for they have changed meanwhile: their changes have brought them. */
    long left() {
        return left;
    }

    // The thread that reads the stream.

    /** Everything before the position was read, no transaction is open. */
    void atBoundary(long lsn, StreamRun run) {
        if (!tracking) {
            // In this order: who detaches a table first has nobody apply it, then changes the ownership.
            ownership = table.ownership;
            hopeless = !table.appliesAt(lsn);
            tracking = true;
        }
        if (readFrom == 0 || over || Lsn.compare(lsn, readFrom) < 0) {
            return;
        }
        take(lsn, run);
        while (touched.size() >= mostTouched && !over && isWanted()) {
            run.stayAlive();
            Control.pause(1);
            take(lsn, run);
        }
    }

    private void take(long lsn, StreamRun run) {
        Rows rows = handOver.poll();
        if (rows == null) {
            return;
        }
        // Copied whole meanwhile, its changes of that time went another way, and are newer than these rows.
        if (table.ownership != ownership || table.phase != TablePhase.READY || !table.appliesAt(lsn - 1)) {
            hopeless = true;
            return;
        }
        // One byte before the boundary, as rows of a copy: behind all changes that were read, before all that come.
        Transaction here = new Transaction(xid, lsn - 1, lsn, null);
        if (!tellShape(here, run)) {
            outdated = true;
            return;
        }
        insert(rows, here, run);
        taken++;
    }

    /** The table may have another shape than was told; but not one that was told since the snapshot was taken. */
    private boolean tellShape(Transaction here, StreamRun run) {
        boolean same = table.told != null && table.told.schema().equals(schema);
        if (same || told) {
            return same;
        }
        if (table.told != null && Lsn.compare(table.told.from().value(), readFrom) >= 0) {
            return false;
        }
        told = true;
        schemas.tell(table, schema, here, run);
        return true;
    }

    private void insert(Rows rows, Transaction here, StreamRun run) {
        List<ChangeEvent> events = new ArrayList<>(rows.values.size());
        long leftBefore = left;
        long now = leftBefore;
        for (int i = 0; i < rows.values.size(); i++) {
            if (rows.causes.get(i) != null) {
                run.insert(events);
                events = new ArrayList<>();
                run.undecodable(
                        ChangeEvent.unread(Operation.READ, schema, here, here.commitLsn(), number++, rows.bytes.get(i)),
                        rows.causes.get(i));
                continue;
            }
            ChangeEvent row = ChangeEvent.row(
                    Operation.READ, schema, rows.values.get(i), null, here, here.commitLsn(), number, rows.bytes.get(i));
            if (emptied || touched.contains(keyOf(schema, row))) {
                now++;
            } else {
                number++;
                events.add(row);
            }
        }
        run.insert(events);
        left = now;
        inserted += rows.values.size() - (now - leftBefore);
    }

    /** A change is about to be handed on. */
    void inspect(ChangeEvent change) {
        TableSchema shape = change.tableSchema();
        if (!tracking || over || shape == null || shape.relationOid() != table.relationOid) {
            return;
        }
        switch (change.operation()) {
            case INSERT, UPDATE, DELETE -> touch(shape, change);
            case TRUNCATE -> emptied = true;
            case READ, SCHEMA, MESSAGE, BEGIN, COMMIT, COPY_START, COPY_END -> {
            }
        }
    }

    private void touch(TableSchema shape, ChangeEvent change) {
        Object before = change.before() == null ? null : keyOf(shape, change.before());
        Object key = keyOf(shape, change);
        if (before != null) {
            touched.add(before);
        }
        if (key != null) {
            touched.add(key);
        } else if (before == null) {
            // Its values can't be read.
            outdated = true;
        }
    }

    /** What tells the row apart, equal for equal keys; {@code null} if not all of it is there. */
    static Object keyOf(TableSchema shape, Map<String, Object> row) {
        List<Object> key = new ArrayList<>(shape.keySize());
        for (int i = 0; i < shape.keySize(); i++) {
            Object value = row.get(shape.columns().get(shape.keyPosition(i)).name());
            if (value == null) {
                return null;
            }
            key.add(value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value);
        }
        return key;
    }
}
