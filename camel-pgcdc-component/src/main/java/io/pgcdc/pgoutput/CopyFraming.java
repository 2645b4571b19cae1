package io.pgcdc.pgoutput;

import java.util.Arrays;
import java.util.Objects;

import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;

/**
 * Finds the rows in the messages of one {@code COPY … TO STDOUT (FORMAT binary)} (PostgreSQL documentation, chapter
 * "COPY", section "Binary Format"). The protocol promises that a message holds no more than one row. The header, which
 * comes first, and the trailer, which comes last, may be messages of their own or not.
 */
public final class CopyFraming {

    private static final byte[] SIGNATURE = { 'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0 };
    private static final int HEADER = SIGNATURE.length + 2 * Integer.BYTES;
    /** Of the flags those that change what follows; none of them is known. */
    private static final int CRITICAL_FLAGS = 0xFFFF_0000;
    private static final short TRAILER = -1;

    private final TableId table;
    private boolean begun;
    private boolean ended;

    public CopyFraming(TableId table) {
        this.table = Objects.requireNonNull(table, "table");
    }

    /**
     * Where in the message its row begins, which ends with it; -1 if it holds none.
     *
     * @throws PgCdcException of kind PROTOCOL if this is not what comes next
     */
    public int rowStart(byte[] message) {
        if (ended) {
            throw violation("something follows the trailer");
        }
        int start = begun ? 0 : headerEnd(message);
        begun = true;
        if (start == message.length) {
            return -1;
        }
        if (message.length - start >= Short.BYTES && BigEndian.getShort(message, start) == TRAILER) {
            ended = true;
            start += Short.BYTES;
            if (start < message.length) {
                throw violation("something follows the trailer");
            }
            return -1;
        }
        return start;
    }

    /**
     * To be called when there are no more messages.
     *
     * @throws PgCdcException of kind PROTOCOL if the trailer has not come
     */
    public void requireEnd() {
        if (!ended) {
            throw violation("it ends without its trailer");
        }
    }

    private int headerEnd(byte[] message) {
        if (message.length < HEADER
                || !Arrays.equals(message, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
            throw violation("it does not begin as the binary format does");
        }
        if ((BigEndian.getInt(message, SIGNATURE.length) & CRITICAL_FLAGS) != 0) {
            throw violation("its header has a flag that is not known");
        }
        int extension = BigEndian.getInt(message, SIGNATURE.length + Integer.BYTES);
        if (extension < 0 || extension > message.length - HEADER) {
            throw violation("the extension of its header is cut off");
        }
        return HEADER + extension;
    }

    private PgCdcException violation(String whatIsWrong) {
        return CopyRowDecoder.violation("The copy of table " + table, whatIsWrong);
    }
}
