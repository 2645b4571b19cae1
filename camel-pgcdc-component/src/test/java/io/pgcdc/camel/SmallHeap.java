package io.pgcdc.camel;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.pgcdc.pipeline.FailPoint;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * A program with one route, for a JVM with a small heap: counts changes and copied rows, and says so every second. With
 * {@code -Dslow} the route keeps what it gets as long as more comes, and only then completes it. With
 * {@code -Dfull=<failpoint>} the heap is full to the last byte when that is reached first, and for a while after that.
 */
public final class SmallHeap {

    private static final AtomicLong CHANGES = new AtomicLong();
    private static final long PATIENCE_MILLIS = 100;
    private static final long FULL_NANOS = 2_000_000_000L;

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
                from("pgcdc:mypub?" + options).process(Boolean.getBoolean("slow") ? new Slow() : new Quick());
            }
        });
        if (System.getProperty("full") != null) {
            fillHeapAt(FailPoint.valueOf(System.getProperty("full")));
        }
        Thread reporter = new Thread(SmallHeap::report, "report");
        reporter.setDaemon(true);
        reporter.start();
        main.run();
    }

    private static void fillHeapAt(FailPoint full) {
        AtomicBoolean filled = new AtomicBoolean();
        AtomicReference<Object[]> ballast = new AtomicReference<>();
        Thread relief = new Thread(() -> {
            while (ballast.get() == null) {
                LockSupport.parkNanos(1_000_000);
            }
            LockSupport.parkNanos(FULL_NANOS);
            ballast.set(null);
        }, "relief");
        relief.setDaemon(true);
        relief.start();
        FailPoint.onReached(point -> {
            if (point == full && filled.compareAndSet(false, true)) {
                // A chain of ever smaller arrays, until there is no room for the smallest.
                for (int size = 1 << 20; size > 0; size /= 2) {
                    try {
                        while (true) {
                            Object[] next = new Object[size];
                            next[0] = ballast.get();
                            ballast.set(next);
                        }
                    } catch (OutOfMemoryError e) {
                        if (size == 1) {
                            throw e;
                        }
                    }
                }
            }
        });
    }

    private static final class Quick implements Processor {
        @Override
        public void process(Exchange exchange) {
            Object body = exchange.getMessage().getBody();
            CHANGES.addAndGet(body instanceof List<?> batch ? batch.size() : 1);
        }
    }

    /** Whatever bounds the backlog, it is reached. */
    private static final class Slow extends AsyncProcessorSupport {
        private final BlockingQueue<Runnable> backlog = new LinkedBlockingQueue<>();

        private Slow() {
            Thread thread = new Thread(this::completeNowAndThen, "slow");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            backlog.add(() -> {
                new Quick().process(exchange);
                callback.done(false);
            });
            return false;
        }

        private void completeNowAndThen() {
            List<Runnable> kept = new ArrayList<>();
            while (true) {
                try {
                    Runnable next = backlog.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                    if (next != null) {
                        kept.add(next);
                    } else {
                        kept.forEach(Runnable::run);
                        kept.clear();
                    }
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    private static void report() {
        while (true) {
            try {
                long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                        .filter(pool -> pool.getType() == MemoryType.HEAP)
                        .map(MemoryPoolMXBean::getPeakUsage)
                        .mapToLong(usage -> usage.getUsed())
                        .sum();
                System.out.println("changes " + CHANGES + " peak " + (peak >> 20) + " MiB");
            } catch (OutOfMemoryError e) {
                // The next time, then.
            }
            LockSupport.parkNanos(1_000_000_000L);
        }
    }
}
