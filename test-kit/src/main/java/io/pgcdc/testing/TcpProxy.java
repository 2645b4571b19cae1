package io.pgcdc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A way to a server that can be broken on demand: listens on a port of the loopback address and forwards to the server
 * what arrives there, and back. For tests of lost connections.
 *
 * <p>
 * At most {@value #MAX_CONNECTIONS} connections at once, each with two daemon threads and a buffer of 16 KiB per
 * direction; those beyond are reset. After {@link #close()} no thread and no socket of it is left.
 *
 * <p>
 * <i>Thread-safety:</i> all methods may be called from any thread.
 */
public final class TcpProxy implements AutoCloseable {

    private static final int MAX_CONNECTIONS = 64; // well beyond one pipeline's copy workers
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final Duration THREAD_END_WAIT = Duration.ofSeconds(10);

    private final String serverHost;
    private final int serverPort;
    private final int port;
    private final ForwardingGate gate = new ForwardingGate();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    // INVARIANT: guards the three fields below; held while a connection is added, so none slips past refuse() or cut()
    private final ReentrantLock lock = new ReentrantLock();
    private ServerSocket listener;
    private Thread acceptor;
    private boolean closed;

    private TcpProxy(String serverHost, int serverPort) {
        this.serverHost = serverHost;
        this.serverPort = serverPort;
        try {
            this.listener = LoopbackPorts.listen();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.port = listener.getLocalPort();
        startAccepting();
    }

    /** A proxy for a server, which need not run yet; connections made meanwhile are reset. */
    public static TcpProxy to(PostgresServer server) {
        return to(server.host(), server.port());
    }

    /** A proxy for whatever listens there. */
    public static TcpProxy to(String host, int port) {
        return new TcpProxy(host, port);
    }

    public String host() {
        return "localhost";
    }

    public int port() {
        return port;
    }

    /** The JDBC URL of a database by way of this proxy, with no user in it. */
    public String url(TestDatabase database) {
        return "jdbc:postgresql://" + host() + ":" + port + "/" + database.name();
    }

    /** The connections that are open now. */
    public int connections() {
        return connections.size();
    }

    /**
     * Resets all connections, to the client and to the server, as a crashed middlebox does: what was under way is lost.
     * New ones are served as before. None of the old ones is left when this returns.
     */
    public void cut() {
        List<ProxiedConnection> cut;
        lock.lock();
        try {
            cut = List.copyOf(connections);
            cut.forEach(ProxiedConnection::reset);
        } finally {
            lock.unlock();
        }
        gate.wake();
        cut.forEach(connection -> connection.awaitEnd(THREAD_END_WAIT));
    }

    /** Stops listening: connecting is refused, as by a host on which no server runs. Open connections go on. */
    public void refuse() {
        Thread ending;
        lock.lock();
        try {
            if (listener == null) {
                return;
            }
            listener.close();
            listener = null;
            ending = acceptor;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
        awaitEnd(ending); // not under the lock, which it may need once more
    }

    /**
     * Stops forwarding, in both directions, and keeps all connections open: neither side hears anything, not even the
     * other's end. New connections are accepted and hear nothing either. What is sent meanwhile waits, in the buffers
     * of this proxy and of the system, and then the sender does.
     */
    public void blackHole() {
        gate.shut();
    }

    /** Forwards no more than so much a second, in each direction of each connection, until {@link #resume()}. */
    public void slow(int bytesPerSecond) {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException("no such rate: " + bytesPerSecond + " bytes a second");
        }
        gate.narrow(bytesPerSecond);
    }

    /**
     * Listens and forwards again, beginning with what has waited, and as fast as it can. Connections that were cut stay
     * so.
     */
    public void resume() {
        gate.open();
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(this + " is closed");
            }
            if (listener == null) {
                listener = LoopbackPorts.listen(port);
                startAccepting();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses, cuts, and ends all threads. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        refuse();
        cut();
    }

    @Override
    public String toString() {
        return "proxy on port " + port + " to " + serverHost + ":" + serverPort;
    }

    private void startAccepting() {
        ServerSocket accepting = listener;
        acceptor = new Thread(() -> accept(accepting), "tcp-proxy-" + port + "-acceptor");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join(THREAD_END_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " has not ended");
        }
    }

    private void accept(ServerSocket accepting) {
        while (true) {
            Socket client;
            try {
                client = accepting.accept();
            } catch (IOException e) {
                return; // closed by refuse()
            }
            connect(accepting, client);
        }
    }

    private void connect(ServerSocket accepting, Socket client) {
        Socket server = new Socket();
        try {
            server.connect(new InetSocketAddress(serverHost, serverPort), CONNECT_TIMEOUT_MILLIS);
        } catch (IOException e) {
            ProxiedConnection.reset(client);
            ProxiedConnection.reset(server);
            return;
        }
        ProxiedConnection connection = new ProxiedConnection(client, server, gate, connections::remove);
        lock.lock();
        try {
            if (listener == accepting && connections.size() < MAX_CONNECTIONS) {
                connections.add(connection);
                connection.start("tcp-proxy-" + port);
            } else {
                connection.reset();
            }
        } finally {
            lock.unlock();
        }
    }
}
