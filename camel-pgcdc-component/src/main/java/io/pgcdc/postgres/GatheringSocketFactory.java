package io.pgcdc.postgres;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import javax.net.SocketFactory;

/**
 * Makes sockets that read in large pieces, where pgjdbc asks for 8 KB at a time. In the midst of a long answer they let
 * bytes gather before they read on: the server flushes each 8 KB, and whoever waits for them is woken each time, at the
 * cost of both sides (docs/performance.md). A short answer is read at once.
 *
 * <p>
 * For pgjdbc alone, which makes it by its name.
 */
public final class GatheringSocketFactory extends SocketFactory {

    static final String IN_LONG_ANSWERS = "inLongAnswers";
    static final String AT_ONCE = "atOnce";

    private final boolean gathers;

    /** @param gathers {@code inLongAnswers}, or anything else for never */
    public GatheringSocketFactory(String gathers) {
        this.gathers = IN_LONG_ANSWERS.equals(gathers);
    }

    /** Whether pgjdbc, which other class loaders may have loaded, finds this class. */
    static boolean isSeenBy(Class<?> driver) {
        try {
            return Class.forName(GatheringSocketFactory.class.getName(), false, driver.getClassLoader())
                   == GatheringSocketFactory.class;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Override
    public Socket createSocket() {
        return new GatheringSocket(gathers);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw notConnected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw notConnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw notConnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localAddress, int localPort) throws IOException {
        throw notConnected();
    }

    private static IOException notConnected() {
        return new IOException("pgjdbc connects the sockets of this factory itself");
    }

    private static final class GatheringSocket extends Socket {
        private final boolean gathers;
        private LargeReads input;
        private OutputStream output;

        private GatheringSocket(boolean gathers) {
            this.gathers = gathers;
        }

        /** Always the same one: it may hold bytes. */
        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (input == null) {
                input = new LargeReads(super.getInputStream(), gathers);
            }
            return input;
        }

        @Override
        public synchronized OutputStream getOutputStream() throws IOException {
            if (output == null) {
                output = new Requests(super.getOutputStream(), (LargeReads) getInputStream());
            }
            return output;
        }
    }

    /** For one reading thread. */
    private static final class LargeReads extends InputStream {

        private static final int SIZE = 1 << 16;
        /** An answer is long from here on. */
        private static final long LONG_ANSWER = 1 << 18;
        private static final long GATHER_NANOS = TimeUnit.MICROSECONDS.toNanos(300);
        /** Some systems always wake a sleeper so much later; the server must not wait for that. */
        private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
        private static final int OFTEN_LATE = 16;

        private final InputStream socket;
        private final boolean gathers;
        private final byte[] bytes = new byte[SIZE];
        private int position;
        private int end;
        private volatile long answered;
        private int late;

        private LargeReads(InputStream socket, boolean gathers) {
            this.socket = socket;
            this.gathers = gathers;
        }

        private boolean fill() throws IOException {
            if (gathers && answered >= LONG_ANSWER && late < OFTEN_LATE && socket.available() == 0) {
                gather();
            }
            int read = socket.read(bytes, 0, SIZE);
            if (read < 0) {
                return false;
            }
            position = 0;
            end = read;
            answered += read;
            return true;
        }

        private void gather() {
            long begun = System.nanoTime();
            LockSupport.parkNanos(GATHER_NANOS);
            late = System.nanoTime() - begun > LATE_NANOS ? late + 1 : Math.max(0, late - 1);
        }

        @Override
        public int read() throws IOException {
            return position == end && !fill() ? -1 : bytes[position++] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (position == end && !fill()) {
                return -1;
            }
            int some = Math.min(length, end - position);
            System.arraycopy(bytes, position, target, offset, some);
            position += some;
            return some;
        }

        @Override
        public int available() throws IOException {
            return position < end ? end - position : socket.available();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** An answer begins with what was asked. */
    private static final class Requests extends FilterOutputStream {
        private final LargeReads answers;

        private Requests(OutputStream socket, LargeReads answers) {
            super(socket);
            this.answers = answers;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            answers.answered = 0;
            out.write(bytes, offset, length);
        }
    }
}
