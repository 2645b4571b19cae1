package io.pgcdc.postgres;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.pgcdc.testing.TestDatabase;

/**
 * What can be seen of a pooler (as PgBouncer before 1.23): it tells its clients numbers of its own for the processes
 * that serve them, and takes no replication connections. Each client has a connection of its own behind it all the
 * same.
 */
final class PoolerBetween implements AutoCloseable {

    private static final int KEY_DATA = 'K';
    private static final int READY = 'Z';

    private final TestDatabase database;
    private final ServerSocket listener;
    private final List<Socket> sockets = new ArrayList<>();

    PoolerBetween(TestDatabase database) throws IOException {
        this.database = database;
        this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        start("pooler", this::accept);
    }

    String url() {
        return "jdbc:postgresql://localhost:" + listener.getLocalPort() + "/" + database.name()
               + "?sslmode=disable&gssEncMode=disable";
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = kept(listener.accept());
            DataInputStream in = new DataInputStream(client.getInputStream());
            byte[] startup = new byte[in.readInt() - 4];
            in.readFully(startup);
            if (new String(startup, StandardCharsets.UTF_8).contains("replication\0")) {
                refuse(client);
                continue;
            }
            Socket server = kept(new Socket(database.server().host(), database.server().port()));
            DataOutputStream out = new DataOutputStream(server.getOutputStream());
            out.writeInt(startup.length + 4);
            out.write(startup);
            start("to server", () -> pump(in, out));
            start("to client", () -> answer(server, client));
        }
    }

    private static void refuse(Socket client) throws IOException {
        byte[] fields
                = "SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: replication\0\0".getBytes(StandardCharsets.UTF_8);
        try (client; DataOutputStream out = new DataOutputStream(client.getOutputStream())) {
            out.writeByte('E');
            out.writeInt(fields.length + 4);
            out.write(fields);
        }
    }

    private static void answer(Socket server, Socket client) throws IOException {
        DataInputStream in = new DataInputStream(server.getInputStream());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        for (int type = 0; type != READY;) {
            type = in.readUnsignedByte();
            byte[] message = new byte[in.readInt() - 4];
            in.readFully(message);
            if (type == KEY_DATA) {
                message[3] ^= 1;
            }
            out.writeByte(type);
            out.writeInt(message.length + 4);
            out.write(message);
        }
        out.flush();
        pump(in, out);
    }

    private static void pump(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
            out.flush();
        }
    }

    private synchronized Socket kept(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One of the two has closed.
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
