package io.pgcdc.pipeline;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The messages of one transaction in progress: in memory, or in a temporary file that only its owner may read, and that
 * is gone when it is closed, or its process is. For one thread.
 */
final class TransactionSpool implements Closeable {

    private static final int FILE_BUFFER_BYTES = 16 * 1024;
    /** What stands before each message: its part, position and length. */
    private static final int HEADER_BYTES = Long.BYTES + Long.BYTES + Integer.BYTES;

    private final Map<Integer, Integer> announced = new HashMap<>();
    private final Set<Long> aborted = new HashSet<>();
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    /** Unlike a channel it is not closed by an interrupt of its thread. */
    private RandomAccessFile file;
    /** Of a file that the system does not let go while it is open, {@code null} otherwise. */
    private Path linked;
    private OutputStream buffer;
    private DataOutputStream out = new DataOutputStream(memory);
    private long messages;

    /** Returns by how much more memory is used. */
    long add(long part, ByteBuffer message, long lsn) throws IOException {
        out.writeLong(part);
        out.writeLong(lsn);
        out.writeInt(message.remaining());
        out.write(message.array(), message.arrayOffset() + message.position(), message.remaining());
        messages++;
        return file == null ? HEADER_BYTES + message.remaining() : 0;
    }

    /** The relations that it has announced, by number: what stands for their content. */
    Map<Integer, Integer> announced() {
        return announced;
    }

    /** What is known of this part is left out. */
    void abort(long part) {
        aborted.add(part);
    }

    long bytesInMemory() {
        return file == null ? memory.size() : 0;
    }

    /** Moves to a file what is in memory, and all that comes. */
    void moveToFile() throws IOException {
        Path path = Files.createTempFile(
                Path.of(System.getProperty("java.io.tmpdir")), "pgcdc-transaction-", ".spool");
        file = new RandomAccessFile(path.toFile(), "rw");
        try {
            // Where the system can, it is gone with its process.
            Files.delete(path);
        } catch (IOException e) {
            linked = path;
            path.toFile().deleteOnExit();
        }
        buffer = new BufferedOutputStream(new FileOutputStream(file.getFD()), FILE_BUFFER_BYTES);
        memory.writeTo(buffer);
        memory = null;
        out = new DataOutputStream(buffer);
    }

    /** Nothing is added any more. */
    Reader read() throws IOException {
        InputStream in;
        if (file == null) {
            in = new ByteArrayInputStream(memory.toByteArray());
        } else {
            buffer.flush();
            file.seek(0);
            in = new BufferedInputStream(new FileInputStream(file.getFD()), FILE_BUFFER_BYTES);
        }
        return new Reader(new DataInputStream(in));
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            try {
                file.close();
            } finally {
                if (linked != null) {
                    Files.deleteIfExists(linked);
                }
            }
        }
    }

    /** The messages in the order in which they came, without those of aborted parts. */
    final class Reader {
        private final DataInputStream in;
        private byte[] bytes = new byte[8192];
        private long left = messages;
        private long lsn;

        private Reader(DataInputStream in) {
            this.in = in;
        }

        /** The next message, good until the next call; {@code null} behind the last. */
        ByteBuffer next() throws IOException {
            while (left > 0) {
                left--;
                long part = in.readLong();
                lsn = in.readLong();
                int length = in.readInt();
                if (!aborted.isEmpty() && aborted.contains(part)) {
                    in.skipNBytes(length);
                    continue;
                }
                if (bytes.length < length) {
                    bytes = new byte[Math.max(length, (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8))];
                }
                in.readFully(bytes, 0, length);
                return ByteBuffer.wrap(bytes, 0, length);
            }
            return null;
        }

        long lsn() {
            return lsn;
        }
    }
}
