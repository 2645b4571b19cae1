package io.pgcdc.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One connection through a {@link TcpProxy}: two sockets and two threads, one per direction. An end of stream on one
 * side is passed on to the other; an error on one side resets both.
 */
final class ProxiedConnection {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final Socket client;
    private final Socket server;
    private final ForwardingGate gate;
    private final Consumer<ProxiedConnection> atEnd;
    private final AtomicInteger directions = new AtomicInteger(2);
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean reset;

    /** @param atEnd told once both directions have ended */
    ProxiedConnection(Socket client, Socket server, ForwardingGate gate, Consumer<ProxiedConnection> atEnd) {
        this.client = client;
        this.server = server;
        this.gate = gate;
        this.atEnd = atEnd;
    }

    void start(String name) {
        startForwarding(client, server, name + "-to-server-" + client.getPort());
        startForwarding(server, client, name + "-to-client-" + client.getPort());
    }

    /** Resets both sides; whoever waits at the gate must then be woken. */
    void reset() {
        reset = true;
        reset(client);
        reset(server);
    }

    /** @throws IllegalStateException if the threads have not ended in time, which a reset one's always have */
    void awaitEnd(Duration time) {
        try {
            if (!end.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("a proxied connection did not end within " + time);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a proxied connection ends", e);
        }
    }

    /** Closes a socket with an RST in place of the polite FIN. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // closed already
        }
        close(socket);
    }

    private void startForwarding(Socket from, Socket to, String name) {
        Thread thread = new Thread(() -> run(from, to), name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Socket from, Socket to) {
        try {
            forward(from, to);
        } catch (IOException e) {
            reset();
            gate.wake();
        } finally {
            if (directions.decrementAndGet() == 0) {
                close(client);
                close(server);
                atEnd.accept(this);
                end.countDown();
            }
        }
    }

    private void forward(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        while (true) {
            int read = in.read(buffer);
            gate.pass(read, () -> reset);
            if (read < 0) {
                to.shutdownOutput();
                return;
            }
            out.write(buffer, 0, read);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing to be lost by it
        }
    }
}
