package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;

/**
 * A cursor over one message. Every read is checked against what is left of the message, so that nothing beyond it is
 * touched and no length in it can make us allocate more than the message holds.
 */
final class MessageReader {

    private static final String REMEDY
            = "Restart the pipeline to read it again; if it fails there again, report it with the server's version";

    private byte[] buffer = {};
    private int position;
    private int end;
    private int kind;
    private long lsn;

    /**
     * Starts on a message.
     *
     * @param lsn where the message stands in the log, for what errors say
     */
    void open(byte[] buffer, int offset, int length, long lsn) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        this.buffer = buffer;
        this.position = offset;
        this.end = offset + length;
        this.kind = 0;
        this.lsn = lsn;
    }

    /** Reads the letter that says what kind of message this is. */
    int readKind() {
        if (position == end) {
            throw violation("it is empty");
        }
        kind = buffer[position++];
        return kind;
    }

    byte readByte() {
        require(1);
        return buffer[position++];
    }

    int readUnsignedShort() {
        require(Short.BYTES);
        int value = Short.toUnsignedInt(BigEndian.getShort(buffer, position));
        position += Short.BYTES;
        return value;
    }

    int readInt() {
        require(Integer.BYTES);
        int value = BigEndian.getInt(buffer, position);
        position += Integer.BYTES;
        return value;
    }

    long readUnsignedInt() {
        return Integer.toUnsignedLong(readInt());
    }

    long readLong() {
        require(Long.BYTES);
        long value = BigEndian.getLong(buffer, position);
        position += Long.BYTES;
        return value;
    }

    /** Reads text up to the zero byte that ends it. */
    String readString() {
        int start = position;
        while (position < end) {
            if (buffer[position++] == 0) {
                return new String(buffer, start, position - 1 - start, StandardCharsets.UTF_8);
            }
        }
        throw violation("a text in it has no end");
    }

    /** Reads the length of the bytes that come next, and makes sure that they are there. */
    int readLength() {
        int length = readInt();
        if (length < 0 || length > end - position) {
            throw violation("a length of " + length + " in it reaches beyond the " + (end - position) + " bytes left");
        }
        return length;
    }

    /** The array that holds the message; a value's bytes start at {@link #position()}. */
    byte[] buffer() {
        return buffer;
    }

    int position() {
        return position;
    }

    /** Moves past bytes whose length {@link #readLength()} told. */
    void skip(int length) {
        position += length;
    }

    int left() {
        return end - position;
    }

    /** Makes sure that the whole message was read. Call it before anything of the message is handed on. */
    void requireEnd() {
        if (position != end) {
            throw violation((end - position) + " bytes are left behind its end");
        }
    }

    private void require(int bytes) {
        if (bytes > end - position) {
            throw violation("it is cut short: " + bytes + " bytes wanted, " + (end - position) + " left");
        }
    }

    /** An error that says what is wrong with this message, and where in the log it stands. */
    PgCdcException violation(String whatIsWrong) {
        return violation(whatIsWrong, REMEDY);
    }

    PgCdcException violation(String whatIsWrong, String remedy) {
        return violation(whatIsWrong, remedy, null);
    }

    PgCdcException violation(String whatIsWrong, String remedy, Throwable cause) {
        String what = "The pgoutput message" + kindText() + " at LSN " + Lsn.toString(lsn) + " can't be read: "
                      + whatIsWrong;
        return new PgCdcException(ErrorCode.PROTOCOL, what, remedy, cause);
    }

    /** Where this message stands, for errors that are not about the message as such. */
    long lsn() {
        return lsn;
    }

    private String kindText() {
        if (kind == 0) {
            return "";
        }
        return kind > ' ' && kind < 0x7F ? " '" + (char) kind + "'" : " of kind " + (kind & 0xFF);
    }
}
