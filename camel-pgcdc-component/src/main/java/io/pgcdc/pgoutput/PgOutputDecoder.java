package io.pgcdc.pgoutput;

import java.util.Objects;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableRow;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;

/**
 * Reads the messages of the output plugin pgoutput, protocol version 1 (PostgreSQL documentation, chapter "Logical
 * Replication Message Formats"), and hands on what they tell. A message is handed on whole or not at all.
 *
 * <p>
 * Between two connections the decoder is told of it, since the server announces every relation anew on each. After an
 * error of kind {@link ErrorCode#DECODE} it may be given the next message: the change that failed is counted, and
 * everything else is as if it had been read. After {@link ErrorCode#PROTOCOL} nothing that follows can be relied on.
 *
 * <p>
 * <b>Thread-safety:</b> none; all calls come from one thread, and so do those to the listener.
 */
public final class PgOutputDecoder {

    private static final int TRANSACTIONAL_FLAG = 1;
    private static final int CASCADE_FLAG = 1;
    private static final int RESTART_IDENTITY_FLAG = 2;

    private final Codecs codecs;
    private final ChangeListener listener;
    private final MessageReader reader = new MessageReader();
    private final TupleReader tuples = new TupleReader(reader);
    private final RelationReader announcements = new RelationReader(reader);
    private final LogicalMessageReader messages;
    private RelationCache relations = new RelationCache();

    /** The open transaction, or {@code null} between two. */
    private Transaction transaction;
    // INVARIANT: how many row changes and truncated tables the server sent of this transaction, whoever wanted them.
    private long nextOrdinal;
    // INVARIANT: every transaction that was committed before this position has been handed on.
    private long restartLsn;

    /**
     * @param style in which form the contents of logical messages are handed on; that of values is the codecs' choice
     */
    public PgOutputDecoder(Codecs codecs, ChangeListener listener, ValueStyle style) {
        this.codecs = Objects.requireNonNull(codecs, "codecs");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.messages = new LogicalMessageReader(reader, Objects.requireNonNull(style, "style"));
    }

    /** Whether a transaction has begun whose end has not come yet. */
    public boolean inTransaction() {
        return transaction != null;
    }

    /**
     * Moves the position from which the next transaction could be had again: the start of the stream, or what the
     * server reports as read while it has nothing to send. Inside a transaction this does nothing, for that transaction
     * is not complete; and it never moves back.
     */
    public void advanceTo(long lsn) {
        if (transaction == null) {
            restartLsn = Lsn.max(restartLsn, lsn);
        }
    }

    /** What comes next is from another connection, on which nothing has been announced yet. */
    public void changeConnection() {
        relations = new RelationCache();
    }

    /**
     * Reads one message, which is neither changed nor kept.
     *
     * @param  lsn            where the message starts in the log, as the frame around it says; 0 where it does not
     * @throws PgCdcException of kind PROTOCOL if the bytes are no message that may come here; and what the listener
     *                        throws
     */
    public void decode(byte[] buffer, int offset, int length, long lsn) {
        // Announcements come with position 0; where their transaction ends says more.
        reader.open(buffer, offset, length, lsn == 0 && transaction != null ? transaction.commitLsn() : lsn);
        switch (reader.readKind()) {
            case 'I' -> change(Operation.INSERT, lsn, length);
            case 'U' -> change(Operation.UPDATE, lsn, length);
            case 'D' -> change(Operation.DELETE, lsn, length);
            default -> decodeRare(buffer[offset], lsn, length);
        }
    }

    private void change(Operation operation, long lsn, int bytes) {
        long ordinal = countChange();
        Relation relation = findRelation();
        if (!relation.accepts(transaction.commitLsn())) {
            return;
        }
        TableSchema schema = relation.schema();
        ChangeEvent event;
        try {
            event = switch (operation) {
                case INSERT -> insert(relation, schema, lsn, ordinal, bytes);
                case UPDATE -> update(relation, schema, lsn, ordinal, bytes);
                default -> delete(relation, schema, lsn, ordinal, bytes);
            };
        } catch (PgCdcException e) {
            if (e.code() != ErrorCode.DECODE) {
                throw e;
            }
            listener.undecodable(ChangeEvent.unread(operation, schema, transaction, lsn, ordinal, bytes), e);
            return;
        }
        listener.change(event);
    }

    private ChangeEvent insert(Relation relation, TableSchema schema, long lsn, long ordinal, int bytes) {
        requireNewRow(reader.readByte());
        Object[] values = tuples.readRow(relation, schema, null);
        reader.requireEnd();
        return ChangeEvent.row(Operation.INSERT, schema, values, null, transaction, lsn, ordinal, bytes);
    }

    private ChangeEvent update(Relation relation, TableSchema schema, long lsn, long ordinal, int bytes) {
        Object[] old = null;
        byte part = reader.readByte();
        if (part == 'K' || part == 'O') {
            old = readOld(part, relation, schema);
            part = reader.readByte();
        }
        requireNewRow(part);
        Object[] values = tuples.readRow(relation, schema, old);
        reader.requireEnd();
        TableRow before = old == null ? null : new TableRow(schema, old);
        return ChangeEvent.row(Operation.UPDATE, schema, values, before, transaction, lsn, ordinal, bytes);
    }

    private ChangeEvent delete(Relation relation, TableSchema schema, long lsn, long ordinal, int bytes) {
        Object[] old = readOld(reader.readByte(), relation, schema);
        reader.requireEnd();
        TableRow before = new TableRow(schema, old);
        return ChangeEvent.row(Operation.DELETE, schema, old, before, transaction, lsn, ordinal, bytes);
    }

    private Object[] readOld(byte part, Relation relation, TableSchema schema) {
        return switch (part) {
            case 'O' -> tuples.readRow(relation, schema, null);
            case 'K' -> tuples.readKey(relation, schema);
            default -> throw reader.violation("an old row or key should come next, not code " + (part & 0xFF));
        };
    }

    private void requireNewRow(byte part) {
        if (part != 'N') {
            throw reader.violation("the new row should come next, not code " + (part & 0xFF));
        }
    }

    private long countChange() {
        requireTransaction();
        return nextOrdinal++;
    }

    private void requireTransaction() {
        if (transaction == null) {
            throw reader.violation("it comes outside any transaction");
        }
    }

    private Relation findRelation() {
        int oid = reader.readInt();
        Relation relation = relations.find(oid);
        if (relation == null) {
            throw reader.violation(
                    "it is about relation " + Integer.toUnsignedString(oid) + ", which was never announced",
                    "Connect again with a new decoder: the server then announces every relation before its changes");
        }
        return relation;
    }

    private void decodeRare(byte kind, long lsn, int bytes) {
        switch (kind) {
            case 'B' -> begin();
            case 'C' -> commit();
            case 'R' -> relation();
            case 'Y' -> announcements.readType();
            case 'T' -> truncate(lsn);
            case 'M' -> message(bytes);
            case 'O' -> origin();
            case 'A' -> abort();
            case 'S', 'E', 'c', 'b', 'P', 'K', 'r', 'p' -> throw reader.violation(
                    "it belongs to a later version of the protocol, and version 1 was asked for",
                    "Start the replication with proto_version '1', without 'streaming', on a slot without two_phase");
            default -> throw reader.violation(
                    "there is no such kind of message",
                    "See that the slot's plugin is pgoutput and that proto_version is '1'");
        }
    }

    /**
     * PostgreSQL 18 sends word of a large transaction that was rolled back, although nothing of it was sent, nor asked
     * for while it was in progress.
     */
    private void abort() {
        if (transaction != null) {
            throw reader.violation("a transaction is rolled back in the midst of the one of commit position "
                                   + Lsn.toString(transaction.commitLsn()));
        }
        reader.readInt();
        reader.readInt();
        reader.requireEnd();
    }

    private void begin() {
        if (transaction != null) {
            throw reader.violation("a transaction begins before the one of commit position "
                                   + Lsn.toString(transaction.commitLsn()) + " has ended");
        }
        long commitLsn = reader.readLong();
        long commitTimestamp = reader.readLong();
        long xid = reader.readUnsignedInt();
        reader.requireEnd();
        // The server leaves out what was committed before the position that it is told to start from; so a position
        // behind this commit, whoever moved it there, would lose the transaction.
        long restart = Lsn.min(restartLsn, commitLsn);
        transaction = new Transaction(xid, commitLsn, restart, PostgresTime.instant(commitTimestamp));
        nextOrdinal = 0;
        listener.begin(transaction);
    }

    private void commit() {
        requireTransaction();
        reader.readByte(); // flags, of which there are none yet
        long commitLsn = reader.readLong();
        long endLsn = reader.readLong();
        reader.readLong(); // the time, which Begin told already
        reader.requireEnd();
        if (commitLsn != transaction.commitLsn()) {
            throw reader.violation("it ends a transaction of commit position " + Lsn.toString(commitLsn)
                                   + ", the open one has " + Lsn.toString(transaction.commitLsn()));
        }
        Transaction committed = transaction;
        transaction = null;
        advanceTo(endLsn);
        listener.commit(committed, endLsn, nextOrdinal);
    }

    private void relation() {
        requireTransaction();
        int oid = reader.readInt();
        // Whatever goes wrong from here on: rows of the new shape must not be read by the old one.
        relations.forget(oid);
        TableSchema announced = announcements.readRelation(oid);
        Subscription subscription = listener.relation(announced, transaction, transaction.commitLsn());
        if (subscription == null) {
            throw new PgCdcException(
                    ErrorCode.INTERNAL, "The listener gave no subscription for table " + announced.table(),
                    "Report this, it is a defect of pgcdc");
        }
        relations.put(new Relation(oid, announced, codecs, subscription));
    }

    private void truncate(long lsn) {
        requireTransaction();
        int count = reader.readInt();
        byte options = reader.readByte();
        if (count < 0 || count > reader.left() / Integer.BYTES) {
            throw reader.violation(count + " tables are truncated in it, for which the " + reader.left()
                                   + " bytes left don't suffice");
        }
        Relation[] truncated = new Relation[count];
        for (int i = 0; i < count; i++) {
            truncated[i] = findRelation();
        }
        reader.requireEnd();
        long first = nextOrdinal;
        nextOrdinal += count;
        for (int i = 0; i < count; i++) {
            if (truncated[i].accepts(transaction.commitLsn())) {
                listener.change(new TruncateEvent(
                        truncated[i].schema(), (options & CASCADE_FLAG) != 0, (options & RESTART_IDENTITY_FLAG) != 0,
                        transaction, lsn, first + i));
            }
        }
    }

    /** A message has no ordinal of its own: it tells that of the change that follows it in the transaction. */
    private void message(int bytes) {
        boolean transactional = (reader.readByte() & TRANSACTIONAL_FLAG) != 0;
        if (transactional) {
            requireTransaction();
        }
        long lsn = reader.readLong();
        Object[] parts = messages.readParts(transactional);
        boolean alone = transaction == null;
        listener.message(
                ChangeEvent.ofTransaction(
                        Operation.MESSAGE, LogicalMessageReader.PARTS, parts,
                        alone ? new Transaction(0, lsn, restartLsn, null) : transaction,
                        lsn, alone ? 0 : nextOrdinal, bytes),
                transactional);
    }

    private void origin() {
        reader.readLong(); // where it was committed on the server that it came from
        reader.readString(); // the name of that server; nobody asks for either
        reader.requireEnd();
    }
}
