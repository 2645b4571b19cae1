package io.pgcdc.pgoutput;

import java.nio.ByteBuffer;

/**
 * Tells apart what the server sends of transactions in progress (protocol version 2 with {@code streaming 'on'},
 * PostgreSQL documentation, "Logical Replication Message Formats"). Their messages come in blocks, each with the number
 * of its transaction or subtransaction; commit or abort come later, outside of any block.
 *
 * <p>
 * <b>Thread-safety:</b> none.
 */
public final class StreamedMessages {

    /** Takes what belongs to transactions in progress, each known by the number of the top-level transaction. */
    public interface Listener {

        /**
         * A message of a transaction in progress.
         *
         * @param part    the subtransaction that it is of, or the transaction itself
         * @param message as in protocol version 1; not to be kept
         * @param lsn     where it stands in the log
         */
        void message(long xid, long part, ByteBuffer message, long lsn);

        /** A subtransaction, or the transaction itself, was rolled back: its messages never happened. */
        void abort(long xid, long part);

        /**
         * A transaction is committed: its messages happened now.
         *
         * @param begin  the message of protocol version 1 that goes before them
         * @param commit the one that goes behind
         */
        void commit(long xid, ByteBuffer begin, ByteBuffer commit, long lsn);
    }

    private static final int XID_BYTES = Integer.BYTES;

    private final Listener listener;
    private final MessageReader reader = new MessageReader();
    private boolean inBlock;
    private long xid;

    public StreamedMessages(Listener listener) {
        this.listener = listener;
    }

    /**
     * Takes a message if it is about a transaction in progress.
     *
     * @return                whether it was; the message is as it was, if not
     * @throws PgCdcException of kind PROTOCOL if the bytes are no message that may come here
     */
    public boolean take(ByteBuffer message, long lsn) {
        reader.open(message.array(), message.arrayOffset() + message.position(), message.remaining(), lsn);
        byte kind = (byte) reader.readKind();
        switch (kind) {
            case 'S' -> startBlock();
            case 'E' -> endBlock();
            case 'c' -> commit(lsn);
            case 'A' -> abort();
            default -> {
                if (inBlock) {
                    inBlock(kind, message, lsn);
                }
                return inBlock;
            }
        }
        return true;
    }

    private void startBlock() {
        requireBlock(false);
        xid = reader.readUnsignedInt();
        reader.readByte(); // whether it is the first block of the transaction
        reader.requireEnd();
        inBlock = true;
    }

    private void endBlock() {
        requireBlock(true);
        reader.requireEnd();
        inBlock = false;
    }

    private void abort() {
        requireBlock(false);
        long of = reader.readUnsignedInt();
        long part = reader.readUnsignedInt();
        reader.requireEnd();
        listener.abort(of, part);
    }

    private void commit(long lsn) {
        requireBlock(false);
        long of = reader.readUnsignedInt();
        byte flags = reader.readByte();
        long commitLsn = reader.readLong();
        long endLsn = reader.readLong();
        long time = reader.readLong();
        reader.requireEnd();
        ByteBuffer begin = ByteBuffer.allocate(1 + 2 * Long.BYTES + XID_BYTES)
                .put((byte) 'B').putLong(commitLsn).putLong(time).putInt((int) of).flip();
        ByteBuffer commit = ByteBuffer.allocate(2 + 3 * Long.BYTES)
                .put((byte) 'C').put(flags).putLong(commitLsn).putLong(endLsn).putLong(time).flip();
        listener.commit(of, begin, commit, lsn);
    }

    /** The number stands behind the kind; what is handed on has it no more. */
    private void inBlock(byte kind, ByteBuffer message, long lsn) {
        switch (kind) {
            case 'I', 'U', 'D', 'T', 'R', 'Y', 'M' -> {
                long part = reader.readUnsignedInt();
                ByteBuffer own = message.duplicate();
                own.position(own.position() + XID_BYTES);
                own.put(own.position(), kind);
                listener.message(xid, part, own, lsn);
            }
            case 'O' -> listener.message(xid, xid, message.duplicate(), lsn);
            default -> throw reader.violation("it comes amid a transaction in progress, number " + xid);
        }
    }

    private void requireBlock(boolean wanted) {
        if (inBlock != wanted) {
            throw reader.violation(
                    wanted
                            ? "it comes outside a transaction in progress"
                            : "it comes amid a transaction in progress, number " + xid);
        }
    }
}
