package io.pgcdc.examples.routes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** Takes what is sent, after it has refused the first few. Stands in for a web service, and for S3's PUT. */
public final class WebServer implements AutoCloseable {

    /** What was sent and taken. */
    public record Request(String method, String path, Headers headers, String body) {
    }

    private final HttpServer server;
    private final List<Request> taken = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals;
    private final int status;
    private final AtomicInteger refused = new AtomicInteger();

    /**
     * @param refusals how many requests are refused at first
     * @param status   what these are answered with
     */
    public WebServer(int refusals, int status) throws IOException {
        this.refusals = new AtomicInteger(refusals);
        this.status = status;
        this.server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean refuse = refusals.getAndDecrement() > 0;
        if (refuse) {
            refused.incrementAndGet();
        } else {
            Headers headers = exchange.getRequestHeaders();
            boolean inChunks = headers.containsKey("x-amz-decoded-content-length");
            taken.add(new Request(
                    exchange.getRequestMethod(), exchange.getRequestURI().getPath(), headers,
                    new String(inChunks ? withoutChunks(body) : body, StandardCharsets.UTF_8)));
        }
        exchange.sendResponseHeaders(refuse ? status : 200, -1);
        exchange.close();
    }

    /** Of the chunks that S3's clients send: size in hexadecimal, perhaps a signature, a line break, the bytes. */
    private static byte[] withoutChunks(byte[] body) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int end = at;
            while (body[end] != '\r') {
                end++;
            }
            String line = new String(Arrays.copyOfRange(body, at, end), StandardCharsets.US_ASCII);
            int size = Integer.parseInt(line.split(";")[0], 16);
            if (size == 0) {
                return whole.toByteArray();
            }
            whole.write(body, end + 2, size);
            at = end + 2 + size + 2;
        }
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    public List<Request> taken() {
        return taken;
    }

    public int refused() {
        return refused.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
