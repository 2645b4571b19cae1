package io.pgcdc.examples.jbang;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.TestDatabase;

/**
 * {@code camel run changes-to-http.camel.yaml --dep=mvn:io.pgcdc:camel-pgcdc-component:…} against a database and a web
 * service of its own. Fails if the service has not got every change, in order, in the end.
 */
public final class JBangRun {

    private static final String ROUTE = "../../src/main/resources/routes/changes-to-http.camel.yaml";
    private static final Duration WAIT = Duration.ofMinutes(3);

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private boolean refused;

    private JBangRun() {
    }

    public static void main(String[] arguments) throws Exception {
        new JBangRun().run();
    }

    private void run() throws Exception {
        HttpServer service = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        service.createContext("/", this::answer);
        service.start();
        try (PostgresServer server = PostgresServer.start(18, Map.of()); TestDatabase shop = server.createDatabase()) {
            shop.execute("CREATE TABLE orders (id int PRIMARY KEY, item text)", "INSERT INTO orders VALUES (1, 'tea')",
                    "CREATE PUBLICATION shop FOR TABLE orders");
            Process camel = start(shop, "http://localhost:" + service.getAddress().getPort() + "/changes");
            try {
                shop.awaitCaughtUp("shop", WAIT);
                shop.execute("UPDATE orders SET item = 'cake'", "DELETE FROM orders");
                shop.awaitCaughtUp("shop", WAIT);
            } finally {
                camel.destroy();
                if (!camel.waitFor(30, TimeUnit.SECONDS)) {
                    camel.destroyForcibly();
                }
            }
        } finally {
            service.stop(0);
        }
        if (!taken.equals(List.of("r", "u", "d"))) {
            throw new IllegalStateException("the service got " + taken);
        }
        System.out.println("Camel JBang: the service refused one change and got all three in order");
    }

    private static Process start(TestDatabase shop, String service) throws IOException {
        String classPath = Files.readString(Path.of(System.getProperty("jbang.classpath"))).strip();
        ProcessBuilder camel = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-classpath",
                classPath + System.getProperty("path.separator") + Path.of("classes"),
                "io.pgcdc.examples.jbang.Cli", "run", ROUTE, "--dep=" + System.getProperty("component"),
                "--property=camel.component.pgcdc.url=" + shop.url(),
                "--property=camel.component.pgcdc.username=" + shop.username(),
                "--property=camel.component.pgcdc.password={{env:PGCDC_PASSWORD}}",
                "--property=camel.component.pgcdc.retryDelay=100", "--property=http.url=" + service);
        camel.environment().put("PGCDC_PASSWORD", String.valueOf(shop.password()));
        return camel.inheritIO().start();
    }

    /** Refuses the first one. */
    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (refused) {
            taken.add(body.replaceAll(".*\"op\":\"(.)\".*", "$1"));
        }
        exchange.sendResponseHeaders(refused ? 200 : 500, -1);
        refused = true;
        exchange.close();
    }
}
