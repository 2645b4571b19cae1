package io.pgcdc.camel;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** A program with one route, for a JVM with a small heap: counts changes and copied rows, and says so every second. */
public final class SmallHeap {

    private static final AtomicLong CHANGES = new AtomicLong();

    private SmallHeap() {
    }

    /** Takes url, user, password and the options of the endpoint. */
    public static void main(String[] arguments) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.component.pgcdc.url", arguments[0]);
        main.addInitialProperty("camel.component.pgcdc.username", arguments[1]);
        main.addInitialProperty("camel.component.pgcdc.password", arguments[2]);
        String options = arguments[3];
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgcdc:mypub?" + options).process(exchange -> {
                    Object body = exchange.getMessage().getBody();
                    CHANGES.addAndGet(body instanceof List<?> batch ? batch.size() : 1);
                });
            }
        });
        Thread reporter = new Thread(SmallHeap::report, "report");
        reporter.setDaemon(true);
        reporter.start();
        main.run();
    }

    private static void report() {
        while (true) {
            long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP)
                    .map(MemoryPoolMXBean::getPeakUsage)
                    .mapToLong(usage -> usage.getUsed())
                    .sum();
            System.out.println("changes " + CHANGES + " peak " + (peak >> 20) + " MiB");
            try {
                Thread.sleep(1_000);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
