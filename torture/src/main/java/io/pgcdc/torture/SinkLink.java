package io.pgcdc.torture;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The route's end of the socket: sends exchanges and waits for their answers. When it breaks, the JVM has no purpose.
 */
final class SinkLink {

    /** What the nemesis asks for. */
    interface Commands {
        void suspend() throws Exception;

        void resume() throws Exception;

        void stop() throws Exception;

        void dieAt(String failPoint);
    }

    private final DataInputStream in;
    private final DataOutputStream out;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();

    private SinkLink(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    static SinkLink connect(int port, int instance) throws IOException {
        SinkLink link = new SinkLink(new Socket(InetAddress.getLoopbackAddress(), port));
        link.send(Wire.HELLO, message -> message.writeInt(instance));
        return link;
    }

    /** Returns when the sink has answered that it keeps the events; throws when it refuses. */
    void deliver(List<Delivered> events) throws Exception {
        long number = numbers.incrementAndGet();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        waiting.put(number, answer);
        send(Wire.EXCHANGE, message -> {
            message.writeLong(number);
            message.writeInt(events.size());
            for (Delivered event : events) {
                event.write(message);
            }
        });
        if (!answer.get()) {
            throw new IOException("refused by the sink");
        }
    }

    void report(Report report) throws IOException {
        send(Wire.REPORT, report::write);
    }

    void runFailed(String error) throws IOException {
        send(Wire.RUN_FAILED, message -> message.writeUTF(error));
    }

    void betweenRuns() throws IOException {
        send(Wire.BETWEEN_RUNS, message -> {
        });
    }

    void dying() throws IOException {
        send(Wire.DYING, message -> {
        });
    }

    /** Reads answers and commands until the parent is gone. */
    void listen(Commands commands) throws Exception {
        while (true) {
            byte kind = in.readByte();
            switch (kind) {
                case Wire.ANSWER -> waiting.remove(in.readLong()).complete(in.readBoolean());
                case Wire.SUSPEND -> later(commands::suspend);
                case Wire.RESUME -> later(commands::resume);
                case Wire.STOP -> later(commands::stop);
                case Wire.DIE_AT -> commands.dieAt(in.readUTF());
                default -> throw new IOException("unknown kind " + kind);
            }
        }
    }

    /** On a thread of its own: answers must come in while a route stops. */
    private static void later(ThrowingRunnable command) {
        Thread thread = new Thread(() -> {
            try {
                command.run();
            } catch (Exception e) {
                throw new IllegalStateException("a command failed", e);
            }
        }, "command");
        thread.setDaemon(true);
        thread.start();
    }

    private void send(byte kind, Message message) throws IOException {
        writing.lock();
        try {
            out.writeByte(kind);
            message.write(out);
            out.flush();
        } finally {
            writing.unlock();
        }
    }

    private interface Message {
        void write(DataOutputStream out) throws IOException;
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }
}
