package io.pgcdc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback address, below the range that systems give to outgoing connections. Why it matters: these
 * servers stop and come back on their port, and a client that keeps trying to connect to a closed port of the ephemeral
 * range is sooner or later given that very port, connects to itself, and the server cannot come back.
 */
final class LoopbackPorts {

    private static final int FIRST = 15_000;
    private static final int AFTER_LAST = 32_000; // Linux: 32768 and up are ephemeral; others begin at 49152
    private static final int ATTEMPTS = 200;

    private LoopbackPorts() {
    }

    /** A port on which nobody listens at this moment. */
    static int free() {
        try (ServerSocket socket = listen()) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Listens on a port that nobody listened on. */
    static ServerSocket listen() throws IOException {
        IOException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return listen(ThreadLocalRandom.current().nextInt(FIRST, AFTER_LAST));
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException("no free port between " + FIRST + " and " + AFTER_LAST, last);
    }

    /** Listens on a port of one's own. */
    static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
