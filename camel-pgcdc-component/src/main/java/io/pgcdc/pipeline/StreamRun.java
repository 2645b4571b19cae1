package io.pgcdc.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.pgoutput.ChangeListener;
import io.pgcdc.pgoutput.PgOutputDecoder;
import io.pgcdc.pgoutput.StreamedMessages;
import io.pgcdc.pgoutput.Subscription;
import io.pgcdc.postgres.ReplicationStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one slot's stream until it is told to end: the calling thread reads, decodes and keeps telling the server that
 * we live; a second one delivers. Used by the apply worker and by table syncs alike.
 *
 * <p>
 * {@link #confirmedBy}, {@link #confirmable} and the figures may be called from any thread.
 */
final class StreamRun implements ChangeListener {

    private static final Logger LOG = LoggerFactory.getLogger(StreamRun.class);

    /** Windows between reader and delivery: enough to keep both busy, few enough to bound memory. */
    private static final int QUEUE = 3;
    /** After so many messages without a wait there is a backlog, and more are let gather: see docs/performance.md. */
    private static final int BURST = 64;
    /** The server is silent for some time while it decodes the next transaction: that is not the end of a backlog. */
    private static final long BACKLOG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Nothing lies in the buffers when a message takes longer to come. */
    private static final long WAITED_NANOS = TimeUnit.MICROSECONDS.toNanos(15);
    private static final long IDLE_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long IDLE_PAUSE_MILLIS = 5;
    /** How often an idle server is asked for its position while somebody waits for it. */
    private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** How long a stream that is left waits for a group of exchanges that the route holds. */
    private static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(1);
    static final long QUIET_WARNING_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int MESSAGES_PER_CHECK = 256;
    /** How exact the age of what was read is told. */
    private static final long COMMIT_TIMES_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PipelineSettings settings;
    private final Control control;
    private final ReplicationStream stream;
    private final ExpressLane.Ride express;
    private final TransactionStreaming streaming;
    private final StreamFormat format;
    private final TransactionSpools spools;
    private final StreamedMessages streamed;
    private final StreamRouting routing;
    private final WorkerScope scope;
    private final ByteBudget budget;
    private final long statusNanos;
    private final WindowQueue queue = new WindowQueue(QUEUE);
    private final AckTracker tracker;
    private final WindowBuilder windows;
    private final PgOutputDecoder decoder;
    private final DeliveryWorker delivery;
    private final Thread deliveryThread;
    private final CommitTimes commitTimes = new CommitTimes();
    private final DecodeTimer decodeTimer;
    private final GatherPause gatherPause = new GatherPause();

    /** The first and the last commit that were read since {@link #commitTimes} got a step, and when that was. */
    private Transaction firstCommit;
    private Transaction lastCommit;
    private long lastCommitEnd;
    private long lastStep = System.nanoTime();
    private volatile Instant lastCommitTime;
    /** How many messages have come since one was waited for. */
    private int burst;
    /** When the last backlog is over, unless there are signs of it again. */
    private long backlogUntil = System.nanoTime();
    private long bytesRead;
    private boolean finished;
    private boolean inspects;
    private long lastOrdinal;
    /** The open transaction, while nothing of it was told and its begin may have to be. */
    private Transaction untold;
    private boolean toldBegin;
    private long offered;
    private long lastBoundary;
    private long lastStatus = System.nanoTime();
    private long confirmedOnWire;
    private long lastActivity = System.nanoTime();
    private volatile long confirmable;
    private volatile long received;
    /** How long the reader has waited for the delivery, altogether; written by the reader alone. */
    private volatile long blockedNanos;
    private volatile boolean leaving;
    private volatile long delivered;
    private long stored;
    private long deliveredWhenStored;
    private long idleStoreAt;
    private long idleDelayMillis = PositionKeeping.FIRST_IDLE_DELAY_MILLIS;

    /**
     * @param start     where to begin
     * @param express   has what comes before the stream's own start, or {@code null} if that is where to begin
     * @param streaming whether the stream tells of transactions in progress
     */
    StreamRun(PipelineSettings settings, Control control, ReplicationStream stream, ExpressLane.Ride express,
              TransactionStreaming streaming, StreamFormat format, Lsn start, StreamRouting routing,
              Destination destination, InFlightLimit limit, ByteBudget budget, FailureHandling failures,
              WorkerThreads threads, Duration statusInterval, PipelineCounters counters, WorkerScope scope) {
        this.settings = settings;
        this.decodeTimer = new DecodeTimer(counters);
        this.control = control;
        this.stream = stream;
        this.express = express;
        this.streaming = streaming;
        this.format = format;
        this.spools = streaming.newSpools();
        this.streamed = new StreamedMessages(new InProgress());
        this.routing = routing;
        this.scope = scope;
        this.budget = budget;
        this.statusNanos = statusInterval.toNanos();
        this.tracker = new AckTracker(start.value(), budget);
        this.windows = new WindowBuilder(settings, start.value(), this::offer);
        this.decoder = new PgOutputDecoder(settings.codecs(), this, settings.valueStyle());
        this.decoder.advanceTo(start.value());
        this.lastBoundary = start.value();
        this.received = start.value();
        this.confirmable = start.value();
        this.stored = start.value();
        this.delivery = new DeliveryWorker(
                settings, control, scope, queue, destination, limit, tracker, failures, routing, () -> delivered++);
        this.deliveryThread = threads.newThread("delivery " + stream.slot(), delivery);
    }

    /**
     * Reads until the routing or the scope ends it; throws what broke it. What was handed over may still be in flight.
     */
    void run() {
        deliveryThread.start();
        try {
            if (express != null) {
                readExpress();
            }
            read();
            while (isLeft() && !completes()) {
                finished = false;
                read();
            }
        } catch (StoppedException e) {
            LOG.debug("Reader of slot {} stopped", stream.slot());
        } catch (PgCdcException e) {
            if (e.code() == ErrorCode.NO_BINARY_FORM && stream.isBinary()) {
                format.refuse();
            }
            scope.fail(e);
        } catch (RuntimeException | Error e) {
            scope.fail(e);
        }
        if (express != null) {
            express.end();
        }
        closeSpools();
        try {
            if (!scope.isOver()) {
                windows.emit();
            }
        } catch (StoppedException e) {
            LOG.debug("Reader of slot {} stopped", stream.slot());
        }
        scope.throwFailure();
    }

    private void read() {
        boolean isStreaming = stream.streamsTransactions();
        int read = 0;
        while (!finished && !scope.isOver()) {
            if (control.isSuspended()) {
                heartbeat();
                Control.pause(IDLE_PAUSE_MILLIS);
                continue;
            }
            long asked = System.nanoTime();
            ByteBuffer message = stream.poll();
            if (message == null) {
                burst = 0;
                nothingPending();
                if (System.nanoTime() - backlogUntil < 0) {
                    letGather();
                }
                continue;
            }
            lastActivity = System.nanoTime();
            bytesRead += message.remaining();
            boolean waited = lastActivity - asked > WAITED_NANOS;
            if (waited && burst >= BURST) {
                backlogUntil = lastActivity + BACKLOG_NANOS;
            }
            burst = waited ? 0 : burst + 1;
            if (!isStreaming) {
                decode(message, stream.receivedLsn());
            } else if (!streamed.take(message, stream.receivedLsn())) {
                requireAgreement(message, 0);
                decode(message, stream.receivedLsn());
            }
            if (waited && lastActivity - backlogUntil < 0) {
                windows.flushIfDue();
                letGather();
            }
            if (++read % MESSAGES_PER_CHECK == 0) {
                windows.flushIfDueInBurst();
                heartbeat();
            }
        }
    }

    /** The server flushes each message, and a reader that waits is woken by each: both sides pay. */
    private void letGather() {
        Control.pauseNanos(gatherPause.nanos());
        gatherPause.made(System.nanoTime(), bytesRead, blockedNanos);
    }

    /** The server waits with its stream meanwhile: it has been told to begin behind this. */
    private void readExpress() {
        int read = 0;
        burst = BURST;
        while (!express.isOver()) {
            if (finished || scope.isOver()) {
                return;
            }
            if (control.isSuspended()) {
                heartbeat();
                Control.pause(IDLE_PAUSE_MILLIS);
                continue;
            }
            byte[] message = express.poll();
            if (message == null) {
                if (!decoder.inTransaction() && express.passed() != lastBoundary) {
                    boundary(Lsn.max(express.passed(), lastBoundary));
                }
                windows.flushIfDue();
                heartbeat();
                continue;
            }
            int start = express.messageStart();
            decode(message, start, message.length - start, express.receivedLsn());
            if (++read % MESSAGES_PER_CHECK == 0) {
                lastActivity = System.nanoTime();
                windows.flushIfDueInBurst();
                heartbeat();
            }
        }
        express.end();
        burst = 0;
        decoder.changeConnection();
        boundary(Lsn.max(express.passed(), lastBoundary));
    }

    private void decode(ByteBuffer message, long lsn) {
        decode(message.array(), message.arrayOffset() + message.position(), message.remaining(), lsn);
    }

    private void decode(byte[] bytes, int start, int length, long lsn) {
        boolean measured = decodeTimer.begin();
        long blocked = blockedNanos;
        decoder.decode(bytes, start, length, lsn);
        if (measured) {
            decodeTimer.end(blockedNanos - blocked);
        }
    }

    /** Keeps what is told of transactions in progress, until they are committed. */
    private final class InProgress implements StreamedMessages.Listener {

        @Override
        public void message(long xid, long part, ByteBuffer message, long lsn) {
            requireAgreement(message, xid);
            try {
                spools.add(xid, part, message, lsn);
            } catch (IOException e) {
                throw streaming.failed(e);
            }
        }

        @Override
        public void abort(long xid, long part) {
            try {
                spools.abort(xid, part);
            } catch (IOException e) {
                throw streaming.failed(e);
            }
        }

        @Override
        public void commit(long xid, ByteBuffer begin, ByteBuffer commit, long lsn) {
            decode(begin, lsn);
            try (TransactionSpool spool = spools.remove(xid)) {
                if (spool != null) {
                    replay(spool.read());
                }
            } catch (IOException e) {
                throw streaming.failed(e);
            }
            decode(commit, lsn);
        }

        private void replay(TransactionSpool.Reader messages) throws IOException {
            int read = 0;
            for (ByteBuffer message = messages.next(); message != null; message = messages.next()) {
                decode(message, messages.lsn());
                if (++read % MESSAGES_PER_CHECK == 0) {
                    lastActivity = System.nanoTime();
                    windows.flushIfDueInBurst();
                    stayAlive();
                    while (control.isSuspended()) {
                        stayAlive();
                        Control.pause(IDLE_PAUSE_MILLIS);
                    }
                }
            }
        }
    }

    /** @param xid of the transaction in progress that the message is of, or 0 */
    private void requireAgreement(ByteBuffer message, long xid) {
        if (message.get(message.position()) == 'R' && !spools.agreeOn(message, xid)) {
            throw streaming.ambiguous();
        }
    }

    private void closeSpools() {
        try {
            spools.close();
        } catch (IOException e) {
            LOG.warn("Pipeline {}: a temporary file can't be closed: {}", settings.name(), e.getMessage());
        }
    }

    private void nothingPending() {
        if (!decoder.inTransaction()) {
            long position = Lsn.max(stream.receivedLsn(), lastBoundary);
            boolean awaited = routing.awaitsBoundary();
            if (position != lastBoundary || awaited) {
                boundary(position);
            }
            if (awaited && System.nanoTime() - lastStatus > ASK_NANOS) {
                sendStatus();
            }
        }
        windows.flushIfDue();
        heartbeat();
        if (System.nanoTime() - lastActivity > IDLE_AFTER_NANOS) {
            Control.pause(IDLE_PAUSE_MILLIS);
        }
    }

    private void boundary(long lsn) {
        lastBoundary = lsn;
        received = lsn;
        decoder.advanceTo(lsn);
        windows.boundary(lsn);
        passed(lsn);
    }

    /** Waits for a condition of another worker, alive on the wire all the time. */
    void await(java.util.function.BooleanSupplier condition) {
        windows.emit();
        while (!condition.getAsBoolean()) {
            stayAlive();
            Control.pause(1);
        }
    }

    /** On the reading thread: what was read so far and what comes from now on are not delivered in one batch. */
    void emitGathered() {
        windows.emit();
    }

    private void offer(Window window) {
        offered++;
        long begun = System.nanoTime();
        long bytes = window.heapBytes();
        if (bytes > 0) {
            budget.acquire(bytes, () -> {
                stayAlive();
                return true;
            });
        }
        while (!queue.offer(window, 20)) {
            stayAlive();
        }
        blockedNanos += System.nanoTime() - begun;
    }

    /** While the reader waits: goes on telling the server that we live, until the run is over. */
    void stayAlive() {
        scope.checkRunning();
        heartbeat();
    }

    private void heartbeat() {
        long position = confirmable;
        long now = System.nanoTime();
        if (firstCommit != null && now - lastStep >= COMMIT_TIMES_NANOS) {
            commitTimes.add(lastCommitEnd, firstCommit.commitTimestamp());
            lastCommitTime = lastCommit.commitTimestamp();
            firstCommit = null;
            lastStep = now;
        }
        if (position != confirmedOnWire || now - lastStatus >= statusNanos) {
            sendStatus();
        }
    }

    private void sendStatus() {
        confirmedOnWire = confirmable;
        stream.confirm(confirmedOnWire);
        stream.sendStatus();
        FailPoint.STATUS_SENT.reached();
        lastStatus = System.nanoTime();
    }

    // The decoder's calls, on the reading thread.

    @Override
    public void begin(Transaction transaction) {
        if (finished || !routing.begin(transaction)) {
            finished = true;
            throw new StoppedException();
        }
        inspects = routing.inspects(transaction);
        lastOrdinal = 0;
        windows.begin(transaction);
        toldBegin = false;
        untold = settings.includeTransactions() && routing.tellsTransactions() ? transaction : null;
    }

    /**
     * Before anything of a transaction. One of which nothing is told has no markers: PostgreSQL 14 sends those of other
     * tables, our own stored positions among them, and telling of these would have us store the next.
     */
    private void tellBegin() {
        if (untold != null) {
            windows.add(TransactionEvents.begin(untold));
            untold = null;
            toldBegin = true;
        }
    }

    @Override
    public Subscription relation(TableSchema announced, Transaction transaction, long lsn) {
        Subscription wanted = routing.subscribe(announced, transaction, this);
        return stream.isBinary() ? format.ofBinary(wanted, announced) : wanted;
    }

    @Override
    public void change(ChangeEvent event) {
        if (inspects) {
            routing.inspect(event);
        }
        tellBegin();
        windows.add(event);
        lastOrdinal = event.ordinal();
    }

    /** Of the change of the open transaction that was told last, 0 if none was. */
    long lastOrdinal() {
        return lastOrdinal;
    }

    @Override
    public void undecodable(ChangeEvent event, PgCdcException cause) {
        if (inspects) {
            routing.inspect(event);
        }
        tellBegin();
        windows.addUndecodable(event, cause);
    }

    @Override
    public void message(ChangeEvent message, boolean transactional) {
        if (settings.includeMessages()) {
            if (transactional) {
                tellBegin();
            }
            windows.add(message);
        }
    }

    @Override
    public void commit(Transaction transaction, long endLsn, long changes) {
        untold = null;
        if (toldBegin) {
            windows.add(TransactionEvents.commit(transaction, changes));
        }
        windows.commit(endLsn);
        if (burst < BURST) {
            windows.flushAtHead();
        }
        if (firstCommit == null) {
            firstCommit = transaction;
        }
        lastCommit = transaction;
        lastCommitEnd = endLsn;
        lastBoundary = endLsn;
        received = endLsn;
        passed(endLsn);
    }

    private void passed(long boundary) {
        if (!routing.boundary(boundary) || leaving) {
            finished = true;
        }
        if (!finished) {
            routing.atBoundary(boundary, this);
        }
    }

    /**
     * Puts rows into the stream between two transactions: they are delivered behind everything that was read, and
     * before everything that is read from now on.
     */
    void insert(List<ChangeEvent> rows) {
        // In batches of their own, for one of a table takes its changes only as long as they have the same shape.
        windows.emit();
        rows.forEach(windows::add);
        windows.emit();
    }

    // Positions and the end.

    /** Stores what is complete, then lets the reader confirm it; called by the supervisor now and then. */
    void keepPosition(java.util.function.LongConsumer store, boolean now) {
        long complete = tracker.confirmed();
        if (complete == stored) {
            return;
        }
        boolean worked = delivered != deliveredWhenStored;
        long time = System.currentTimeMillis();
        if (!worked && !now && Lsn.compare(complete, stored + PositionKeeping.IDLE_BYTES) < 0) {
            // Nothing but the log's own growth, perhaps our own last write: no hurry, or we would write for ever.
            if (idleStoreAt == 0) {
                idleStoreAt = time + idleDelayMillis;
                idleDelayMillis = Math.min(2 * idleDelayMillis, PositionKeeping.LONGEST_IDLE_DELAY_MILLIS);
            }
            if (time < idleStoreAt) {
                return;
            }
        } else {
            idleDelayMillis = PositionKeeping.FIRST_IDLE_DELAY_MILLIS;
        }
        idleStoreAt = 0;
        // What is not complete yet will be worth a store by itself.
        deliveredWhenStored = tracker.retained() == 0 ? delivered : -1;
        store.accept(complete);
        FailPoint.POSITION_STORED.reached();
        stored = complete;
        confirmable = complete;
    }

    /**
     * On the reading thread: waits until everything that was read is complete, or the time is over; tells whether it
     * is.
     */
    boolean awaitComplete(long milliseconds) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (delivery.finishedWindows() != offered || !tracker.awaitEmpty(20)) {
            if (scope.isOver() || System.nanoTime() > deadline) {
                return false;
            }
        }
        return true;
    }

    /**
     * Waits until everything that was read is complete, or the scope ends, alive on the wire. False if the route holds
     * what is left until it gets more: then the stream is not left.
     */
    private boolean completes() {
        windows.emit();
        long heldSince = 0;
        while (!awaitComplete(IDLE_PAUSE_MILLIS) && !scope.isOver()) {
            heartbeat();
            if (delivery.finishedWindows() != offered || !tracker.isHeld()) {
                heldSince = 0;
            } else if (heldSince == 0) {
                heldSince = System.nanoTime();
            } else if (System.nanoTime() - heldSince > HELD_NANOS) {
                leaving = false;
                return false;
            }
        }
        return true;
    }

    /** Hands over no more and waits for what is in flight, alive on the wire; for a stop in order. */
    void drain(Duration longest) {
        scope.end();
        long deadline = System.nanoTime() + longest.toNanos();
        while (deliveryThread.isAlive() || !tracker.awaitSettled(20)) {
            heartbeat();
            if (System.nanoTime() > deadline) {
                LOG.warn("Pipeline {}: changes are still in flight at the stop; they come again after a start",
                        settings.name());
                return;
            }
            Control.pause(1);
        }
    }

    /** After a failure: waits for what is still on its way, which must not meet what the next run delivers again. */
    void awaitQuiet() {
        long warnAt = System.nanoTime() + QUIET_WARNING_NANOS;
        while (!control.isStopping() && (deliveryThread.isAlive() || !tracker.awaitSettled(20))) {
            Control.pause(5);
            if (System.nanoTime() > warnAt) {
                LOG.warn("Pipeline {}: waits for {} change(s) that the route has not ended, before it starts again",
                        settings.name(), tracker.retained());
                warnAt += QUIET_WARNING_NANOS;
            }
        }
    }

    /** Confirms the stored position a last time. */
    void sendLastStatus() {
        stream.confirm(confirmable);
        stream.sendStatus();
    }

    /** Whether the destination still has changes of a table from this stream. */
    boolean isOutstanding(long relationOid) {
        return tracker.isOutstanding(relationOid);
    }

    /** When the oldest commit was that was read and is not complete, {@code null} if all are. */
    Instant oldestCommit() {
        return commitTimes.oldestAfter(tracker.confirmed());
    }

    /** When the last commit was that was read; {@code null} if there was none yet. */
    Instant lastCommit() {
        return lastCommitTime;
    }

    /** How long ago the oldest change was read that was handed over and is not complete, in nanoseconds; or 0. */
    long oldestNanos() {
        return tracker.oldestNanos();
    }

    /** Whether the thread that delivers has died without a word. */
    boolean isDeliveryDead() {
        return deliveryThread.getState() == Thread.State.TERMINATED && !scope.isOver();
    }

    /** Throws if the thread that delivers has died without a word. */
    void requireAlive() {
        if (isDeliveryDead()) {
            throw new PgCdcException(
                    ErrorCode.INTERNAL, "The thread that delivers the changes of slot " + stream.slot() + " has died",
                    "It starts again by itself; please report the log");
        }
    }

    long confirmed() {
        return confirmable;
    }

    long received() {
        return received;
    }

    /** Has the reader end with the transaction that it is reading, so that none comes in part and again. */
    void leave() {
        leaving = true;
    }

    boolean isLeaving() {
        return leaving;
    }

    boolean isLeft() {
        return leaving && finished;
    }

    long blockedNanos() {
        return blockedNanos;
    }

    String slot() {
        return stream.slot();
    }

    void abort() {
        scope.end();
        if (express != null) {
            express.end();
        }
        stream.abort();
    }
}
