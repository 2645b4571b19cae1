package io.pgcdc.routes.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;

import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.impl.DefaultCamelContext;

/** A Camel context with the page, on an HTTP server of its own. */
final class PageServer implements AutoCloseable {

    private final CamelContext context = new DefaultCamelContext();
    private final MainHttpServer server = new MainHttpServer();
    private final int port = freePort();

    private PageServer() {
    }

    /** With a context that is not started yet. */
    static PageServer prepare(PgCdcPage page) throws Exception {
        PageServer prepared = new PageServer();
        prepared.add(page);
        return prepared;
    }

    static PageServer start(PgCdcPage page, Map<String, String> properties) throws Exception {
        PageServer started = new PageServer();
        properties.forEach(started.context.getPropertiesComponent()::addInitialProperty);
        started.add(page);
        started.context.start();
        return started;
    }

    static PageServer start(Pipelines pipelines, boolean control) throws Exception {
        return start(new PgCdcPage(pipelines).control(control), Map.of());
    }

    /** With five minutes behind it. */
    static PageServer startWithHistory(FakePipelines pipelines) throws Exception {
        PgCdcPage page = new PgCdcPage(pipelines).control(true);
        PageServer started = prepare(page);
        long now = System.currentTimeMillis();
        for (long millis = now - 300_000; millis < now - 1000; millis += 2000) {
            page.history().add(millis, pipelines.status(millis));
        }
        started.context.start();
        return started;
    }

    private void add(PgCdcPage page) throws Exception {
        server.setCamelContext(context);
        server.setHost("127.0.0.1");
        server.setPort(port);
        context.addService(server);
        RouteBuilder.addRoutes(context, page);
    }

    CamelContext context() {
        return context;
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port + "/pgcdc";
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        context.stop();
    }
}
