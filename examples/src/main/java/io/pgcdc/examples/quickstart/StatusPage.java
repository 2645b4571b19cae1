package io.pgcdc.examples.quickstart;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;

import io.pgcdc.routes.page.PgCdcPage;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.main.MainHttpServer;

/** The page that shows the pipeline, with buttons: nobody but this machine can reach it. */
final class StatusPage {

    private static final String HOST = "127.0.0.1";
    private static final int USUAL_PORT = 8787;

    private final int port;

    private StatusPage(int port) {
        this.port = port;
    }

    /** @param wished a port, or empty for the usual one or, if that is taken, another */
    static StatusPage choose(OptionalInt wished) throws IOException {
        if (wished.isPresent()) {
            if (!isFree(wished.getAsInt())) {
                throw new IllegalStateException(
                        "Port " + wished.getAsInt() + " can't be had; say another, or leave -Dpgcdc.port out");
            }
            return new StatusPage(wished.getAsInt());
        }
        return new StatusPage(isFree(USUAL_PORT) ? USUAL_PORT : anyPort());
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
            return true;
        } catch (IOException e) {
            return false; // taken, or below 1024
        }
    }

    private static int anyPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    /** Has a context serve it from its start to its end. */
    void addTo(CamelContext camel) throws Exception {
        MainHttpServer server = new MainHttpServer();
        server.setCamelContext(camel);
        server.setHost(HOST);
        server.setPort(port);
        camel.addService(server);
        RouteBuilder.addRoutes(camel, new PgCdcPage().control(true));
    }

    String address() {
        return "http://" + HOST + ":" + port + "/pgcdc";
    }
}
