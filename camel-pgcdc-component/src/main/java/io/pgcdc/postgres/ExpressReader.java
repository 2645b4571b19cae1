package io.pgcdc.postgres;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads a part of a slot's log in chunks, through SQL on temporary copies of the slot: the same pgoutput messages as
 * its stream's, without a flush for each (PostgreSQL documentation, "Replication Management Functions"). The slot
 * itself is neither held nor moved.
 *
 * <p>
 * The server makes a chunk whole before it sends it. So there are two connections: while one sends a chunk, the other
 * has the next one made, from a copy of the first one's slot. {@link #fetch} does that on a thread of its own; all else
 * is for one thread, but for {@link #close}.
 */
public final class ExpressReader implements AutoCloseable {

    /** The server keeps a chunk in its temporary files; about so many bytes of messages are asked for at once. */
    private static final long CHUNK_BYTES = 64L << 20;
    /** How large messages are is known from the first chunk on, which may hold very large ones. */
    private static final int FIRST_CHUNK = 500;
    /** There is to be something to read while the third one is made. */
    private static final int SECOND_CHUNK = 20_000;
    private static final int SMALLEST_CHUNK = 100;
    private static final int LARGEST_CHUNK = 500_000;
    private static final long STEP_MILLIS = 5;
    private static final long IDLE_MILLIS = 20;

    /** Signature and flags, then the length of an extension that is to be skipped. */
    private static final int HEADER_BYTES = 11 + Integer.BYTES;
    private static final int FIELDS = 2;
    private static final int BEFORE_LSN = Short.BYTES + Integer.BYTES;
    private static final int BEFORE_DATA = BEFORE_LSN + Long.BYTES + Integer.BYTES;

    private final PostgresConnections connections;
    private final String slot;
    private final String options;
    private final long from;
    private final long to;
    private final Duration longest;
    private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(1);
    private final Session[] sessions = new Session[2];
    /** When the chunk was asked for that is being made, 0 if none is. */
    private volatile long askedAt;
    private volatile boolean closed;
    private volatile PgCdcException failure;

    private Chunk current;
    /** Of which the last message was read, and not yet known where the next one begins. */
    private Chunk ended;
    private int start;
    private long lsn;
    private long passed;
    private boolean over;
    private long progressAt = System.nanoTime();

    private ExpressReader(PostgresConnections connections, String slot, String publication, boolean messages, boolean binary,
                          long from, long to, Duration longest) {
        this.connections = connections;
        this.slot = slot;
        this.options = "'proto_version', '1', 'publication_names', '" + TableId.quote(publication).replace("'", "''")
                       + "', 'messages', '" + messages + "', 'binary', '" + binary + "'";
        this.from = from;
        this.to = to;
        this.passed = from;
        this.longest = longest;
    }

    /**
     * Takes a copy of a slot, which somebody may hold.
     *
     * @throws PgCdcException if the server doesn't let us
     */
    static ExpressReader open(
            PostgresConnections connections, String slot, String publication, boolean messages, boolean binary, Lsn from,
            Lsn to, Duration longest) {
        ExpressReader reader
                = new ExpressReader(connections, slot, publication, messages, binary, from.value(), to.value(), longest);
        try {
            reader.join(0, new Session(connections.plain()));
            reader.sessions[0].copy(slot);
            reader.sessions[0].advance(from, longest);
            return reader;
        } catch (SQLException e) {
            reader.close();
            throw PostgresErrors.translate(e, "Can't read slot " + slot + " in chunks");
        } catch (PgCdcException e) {
            reader.close();
            throw e;
        }
    }

    /** Every transaction that was committed before is read, and none that was committed there or later. */
    public long end() {
        return to;
    }

    /** Has one chunk made after the other; returns with the last, or when it is closed. */
    public void fetch() {
        try {
            join(1, new Session(connections.plain()));
            int size = FIRST_CHUNK;
            Chunk previous = null;
            for (int number = 0; !closed; number++) {
                Session session = sessions[number % 2];
                askedAt = System.nanoTime();
                Chunk chunk = session.read(slot, size, Lsn.of(to), options);
                askedAt = 0;
                while (!closed && !chunks.offer(chunk, STEP_MILLIS, TimeUnit.MILLISECONDS)) {
                    // The reader is with the one before.
                }
                // Its connection is wanted; of the first one its size.
                Chunk awaited = previous == null ? chunk : previous;
                while (!closed && !awaited.read.await(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
                    // The reader is with it.
                }
                if (closed) {
                    return;
                }
                Session next = sessions[(number + 1) % 2];
                chunk.end = next.confirmed(session.slot);
                if (Lsn.compare(chunk.end, to) >= 0) {
                    return;
                }
                if (previous != null && chunk.end == previous.end) {
                    // A standby that has received more than it has replayed.
                    TimeUnit.MILLISECONDS.sleep(IDLE_MILLIS);
                }
                next.copy(session.slot);
                size = previous == null ? Math.min(SECOND_CHUNK, awaited.nextSize()) : awaited.nextSize();
                previous = chunk;
            }
        } catch (SQLException e) {
            failure = PostgresErrors.translateDecoding(e, "Can't read slot " + slot + " in chunks");
        } catch (PgCdcException e) {
            failure = e;
        } catch (Throwable e) {
            // Whatever it is, somebody waits for the next chunk.
            failure = new PgCdcException(
                    ErrorCode.INTERNAL, "The thread that reads slot " + slot + " in chunks has died",
                    "It starts again by itself; please report the log", e);
        }
    }

    private void join(int number, Session session) {
        synchronized (sessions) {
            if (!closed) {
                sessions[number] = session;
                return;
            }
        }
        session.abort();
        throw new PgCdcException(ErrorCode.INTERNAL, "The chunks of slot " + slot + " are closed", "Nothing is to be done");
    }

    /** Whether every message was read. */
    public boolean isOver() {
        return over;
    }

    /**
     * The next message, or {@code null} if none has come within some milliseconds, or {@link #isOver}. It begins at
     * {@link #messageStart()} and ends with the array, and its position in the log is {@link #receivedLsn()}, until the
     * next call.
     */
    public byte[] poll() {
        try {
            while (true) {
                if (current == null && !begin()) {
                    return null;
                }
                byte[] bytes = current.next();
                if (bytes == null) {
                    current.read.countDown();
                    ended = current;
                    current = null;
                    continue;
                }
                ByteBuffer row = ByteBuffer.wrap(bytes);
                start = current.rowStart + BEFORE_DATA;
                lsn = row.getLong(current.rowStart + BEFORE_LSN);
                if (isBeyond(row, start)) {
                    over = true;
                    passed = to;
                    return null;
                }
                return bytes;
            }
        } catch (SQLException e) {
            throw PostgresErrors.translateDecoding(e, "The chunks of slot " + slot + " broke");
        } catch (InterruptedException e) {
            // Nothing was taken.
            return null;
        }
    }

    /** Takes the next chunk; false if it is not there yet, or there is none. */
    private boolean begin() throws InterruptedException {
        if (ended != null) {
            long end = ended.end;
            if (end == 0) {
                throwFailure();
                TimeUnit.MILLISECONDS.sleep(1);
                return false;
            }
            requireProgress(end != passed || ended.messages != 0);
            passed = Lsn.min(end, to);
            over = passed == to;
            ended = null;
        }
        if (over) {
            return false;
        }
        current = chunks.poll(STEP_MILLIS, TimeUnit.MILLISECONDS);
        if (current == null) {
            throwFailure();
            requirePunctual();
        }
        return current != null;
    }

    /**
     * The server is not to fill its disk with a transaction that is larger than any chunk, nor to read its log from far
     * back, where an old transaction keeps the slot, for each chunk again.
     */
    private void requirePunctual() {
        long asked = askedAt;
        if (asked != 0 && System.nanoTime() - asked > longest.toNanos()) {
            throw new PgCdcException(
                    ErrorCode.SQL,
                    "The server has not made a chunk of slot " + slot + " from LSN " + Lsn.toString(passed) + " on within "
                                   + longest.toMillis() + " ms: a transaction is too large, or an old one is still open",
                    "It starts again by itself");
        }
    }

    private void requireProgress(boolean progress) {
        if (progress) {
            progressAt = System.nanoTime();
        } else if (System.nanoTime() - progressAt > longest.toNanos()) {
            throw new PgCdcException(
                    ErrorCode.SQL, "The chunks of slot " + slot + " from LSN " + Lsn.toString(passed)
                                   + " on have brought nothing within " + longest.toMillis() + " ms",
                    "It starts again by itself");
        }
    }

    private void throwFailure() {
        PgCdcException cause = failure;
        if (cause != null) {
            throw cause;
        }
    }

    /** The server looks at its limit after a record: one whose begin lies behind it may have come, too. */
    private boolean isBeyond(ByteBuffer message, int at) {
        byte kind = message.get(at);
        if (kind == 'B') {
            long commit = message.getLong(at + 1);
            if (Lsn.compare(commit, from) < 0) {
                throw new PgCdcException(
                        ErrorCode.PROTOCOL,
                        "Slot " + slot + " gave a transaction of LSN " + Lsn.toString(commit) + ", before the position "
                                            + Lsn.toString(from) + " that it was to begin at",
                        "It starts again by itself");
            }
            return Lsn.compare(commit, to) >= 0;
        }
        return kind == 'M' && (message.get(at + 1) & 1) == 0 && Lsn.compare(message.getLong(at + 2), to) >= 0;
    }

    /** Where the last message begins in its array. */
    public int messageStart() {
        return start;
    }

    /** Where the last message stands in the log. */
    public long receivedLsn() {
        return lsn;
    }

    /** Everything before was read: whole chunks, at last all of them. */
    public long passed() {
        return passed;
    }

    /** Breaks the connections, from any thread; what is under way fails. The temporary slots go with them. */
    @Override
    public void close() {
        List<Session> open;
        synchronized (sessions) {
            closed = true;
            open = Stream.of(sessions).filter(Objects::nonNull).toList();
        }
        open.forEach(Session::abort);
    }

    @Override
    public String toString() {
        return "chunks of slot " + slot + " up to " + Lsn.toString(to);
    }

    /** A connection with its temporary slot. */
    private static final class Session {
        private final Connection connection;
        private final int pid;
        private String slot;
        private int copies;

        private Session(Connection connection) throws SQLException {
            this.connection = connection;
            this.pid = connection.unwrap(PGConnection.class).getBackendPID();
        }

        /** Has a copy of another slot in place of its own. */
        private void copy(String from) throws SQLException {
            try (PreparedStatement drop = connection.prepareStatement("SELECT pg_drop_replication_slot(?)");
                 PreparedStatement copy = connection
                         .prepareStatement("SELECT pg_copy_logical_replication_slot(?, ?, true)")) {
                if (slot != null) {
                    drop.setString(1, slot);
                    drop.execute();
                }
                slot = SlotNames.expressSlot(pid, ++copies);
                copy.setString(1, from);
                copy.setString(2, slot);
                copy.execute();
            }
        }

        /** The server reads the log from where the slot began to keep it. */
        private void advance(Lsn to, Duration longest) throws SQLException {
            if (Lsn.compare(confirmed(slot), to.value()) < 0) {
                try (PreparedStatement advance = connection
                        .prepareStatement("SELECT pg_replication_slot_advance(?, CAST(? AS pg_lsn))")) {
                    advance.setQueryTimeout((int) Math.max(1, longest.toSeconds()));
                    advance.setString(1, slot);
                    advance.setString(2, to.toString());
                    advance.execute();
                }
            }
        }

        private long confirmed(String name) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE slot_name = ?")) {
                statement.setString(1, name);
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        throw new SQLException("the temporary slot " + name + " is gone", "42704");
                    }
                    return Lsn.parse(row.getString(1)).value();
                }
            }
        }

        /** Returns when the chunk is made. */
        private Chunk read(String of, int size, Lsn to, String options) throws SQLException {
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(
                    "COPY (SELECT lsn, data FROM pg_logical_slot_get_binary_changes('" + slot + "', '" + to + "', " + size
                                                                                      + ", " + options
                                                                                      + ")) TO STDOUT (FORMAT binary)");
            return new Chunk(of, copy);
        }

        private void abort() {
            try {
                // A server that makes a chunk does not see that its client is gone.
                connection.unwrap(PGConnection.class).cancelQuery();
            } catch (SQLException e) {
                // It will see it when it sends the chunk.
            }
            TableCopy.abort(connection);
        }
    }

    /** What one call gives, in COPY's binary format. */
    private static final class Chunk {
        private final String slot;
        private final CopyOut copy;
        private final CountDownLatch read = new CountDownLatch(1);
        /** Where its slot stands behind it, 0 as long as that was not looked up. */
        private volatile long end;
        private byte[] first;
        /** Where the count of fields of the last row stands in its array. */
        private int rowStart;
        private long messages;
        private long bytes;

        private Chunk(String slot, CopyOut copy) throws SQLException {
            this.slot = slot;
            this.copy = copy;
            byte[] message = copy.readFromCopy();
            if (message == null || message.length < HEADER_BYTES + Integer.BYTES || message[0] != 'P') {
                throw violation();
            }
            int headerEnd = HEADER_BYTES + Integer.BYTES + ByteBuffer.wrap(message).getInt(HEADER_BYTES);
            if (headerEnd < HEADER_BYTES + Integer.BYTES || headerEnd > message.length) {
                throw violation();
            }
            // The header comes alone or with the first row, and that only when the chunk is made.
            boolean alone = headerEnd == message.length;
            first = alone ? copy.readFromCopy() : message;
            rowStart = alone ? 0 : headerEnd;
        }

        /** The array that the next row, from its count of fields on, is the end of; {@code null} behind the last. */
        private byte[] next() throws SQLException {
            byte[] row = first;
            if (row == null) {
                row = copy.readFromCopy();
                rowStart = 0;
            }
            first = null;
            if (row == null) {
                return null;
            }
            int length = row.length - rowStart;
            if (length < Short.BYTES) {
                throw violation();
            }
            short fields = ByteBuffer.wrap(row).getShort(rowStart);
            if (fields == -1) {
                while (copy.readFromCopy() != null) {
                    throw violation();
                }
                return null;
            }
            if (fields != FIELDS || length <= BEFORE_DATA) {
                throw violation();
            }
            messages++;
            bytes += length;
            return row;
        }

        private PgCdcException violation() {
            return new PgCdcException(
                    ErrorCode.PROTOCOL, "The chunks of slot " + slot + " are not in COPY's binary format",
                    "It starts again by itself");
        }

        /** How many messages a chunk should have, by the size of these. */
        private int nextSize() {
            long each = messages == 0 ? 1 : Math.max(1, bytes / messages);
            return (int) Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, CHUNK_BYTES / each));
        }
    }
}
