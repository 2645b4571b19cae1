package io.pgcdc.torture;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.pgcdc.testing.PostgresServer;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One seed: a database, writers, a route, a nemesis, and the verdict. */
final class TortureRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TortureRun.class);

    private static final int WRITERS = 3;
    private static final int MOST_THREADS = 100;
    private static final int MOST_CONNECTIONS = 40; // five for each copying worker, and some that are just ending
    private static final long MOST_KEPT_AT_REST = 32L << 20; // two segments

    private final long seed;
    private final Variant variant;
    private final Consumer<String> progress;
    private final long begun = System.nanoTime();
    /** Of the pipeline's user, who has no more rights than README.md asks for. */
    private static final String PASSWORD = "planted-secret";

    private final File log;
    private final Violations violations;
    private final TestDatabase database;
    private final TcpProxy proxy;
    private final Checker checker;
    private final Sink sink;
    private final RouteUnderTorture route;
    private final ServerWatch watch;
    private final Generator generator;

    /** @param log what the JVMs of the route say */
    TortureRun(PostgresServer server, long seed, Variant variant, File log, Consumer<String> progress) {
        this.seed = seed;
        this.variant = variant;
        this.progress = line -> progress.accept("seed %d, %3d s: %s".formatted(seed, seconds(), line));
        this.violations = new Violations(this.progress);
        this.database = server.createDatabase();
        database.execute(TortureTable.create());
        this.log = log;
        database.createUser(database.name(), PASSWORD, "REPLICATION");
        database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + database.name(),
                "CREATE SCHEMA pgcdc AUTHORIZATION " + database.name());
        if (variant.text()) {
            database.execute(TortureTable.AS_TEXT);
        }
        if (variant.streamsTransactions()) {
            // so that some are large
            database.execute("ALTER DATABASE " + database.name() + " SET logical_decoding_work_mem = '64kB'");
        }
        this.proxy = TcpProxy.to(server);
        this.checker = new Checker(variant, violations);
        this.sink = new Sink(checker, violations, variant, seed);
        this.route = new RouteUnderTorture(proxy.url(database), database.name(), PASSWORD, sink, variant, log);
        this.watch = ServerWatch.start(database, checker);
        this.generator = Generator.start(database, seed, WRITERS);
        this.progress.accept(variant.toString());
    }

    RouteUnderTorture route() {
        return route;
    }

    /** The whole of it. */
    SeedResult run(int effort) {
        Nemesis nemesis = new Nemesis(database, proxy, sink, route, generator, seed, progress);
        try {
            nemesis.rage(effort);
            finish();
        } catch (UnexpectedException e) {
            violations.add(Invariant.HEALTH, e.getMessage());
        } catch (RuntimeException | AssertionError e) {
            LOG.error("Seed {} broke off", seed, e);
            violations.add(Invariant.HEALTH, "the run broke off: " + e.getMessage());
        }
        return result(nemesis);
    }

    /** What was found. */
    Violations violations() {
        return violations;
    }

    /** Stops the writers, waits until everything has arrived, and judges. The route runs before and not after. */
    void finish() {
        generator.close();
        progress.accept("everything is written, " + generator.transactions() + " transactions");
        try {
            CaughtUp.await(database);
        } catch (AssertionError e) {
            violations.add(Invariant.NO_GAP, "not everything arrives: " + e.getMessage());
        }
        checkRest();
        checker.finish(new SourceRows(database));
        Instance last = route.current();
        last.stop();
        if (!last.awaitDeath(Duration.ofSeconds(60))) {
            violations.add(Invariant.HEALTH, last + " does not stop in order");
        }
        checkLeftOvers();
        checkBounds();
        checkSecrecy();
    }

    @Override
    public void close() {
        generator.close();
        route.close();
        watch.close();
        sink.close();
        proxy.close();
        database.close();
    }

    private void checkRest() {
        try {
            Awaitility.await().pollInSameThread().pollInterval(Duration.ofMillis(200)).atMost(Duration.ofSeconds(120))
                    .until(() -> {
                        database.execute("CHECKPOINT");
                        CaughtUp.await(database);
                        return ServerWatch.keptLog(database) < MOST_KEPT_AT_REST && database.slots().size() == 1;
                    });
        } catch (ConditionTimeoutException | AssertionError e) {
            violations.add(Invariant.BOUNDED, "at rest the slots " + database.slots() + " keep "
                                              + (ServerWatch.keptLog(database) >> 20) + " MiB of log");
        }
        if (!database.slots().equals(List.of("pgcdc_" + database.name() + "_" + TortureTable.PUBLICATION))) {
            violations.add(Invariant.NO_LEAK, "at the end there are the slots " + database.slots());
        }
        if (!route.current().report().up()) {
            violations.add(Invariant.HEALTH, "health is DOWN at the end, " + route.current().report().state());
        }
    }

    private void checkLeftOvers() {
        watch.close();
        try {
            Awaitility.await().pollInSameThread().atMost(Duration.ofSeconds(60))
                    .until(() -> ServerWatch.leftOvers(database).isEmpty());
        } catch (ConditionTimeoutException e) {
            violations.add(Invariant.NO_LEAK, "after the end there is " + ServerWatch.leftOvers(database));
        }
    }

    private void checkBounds() {
        Maxima maxima = maxima();
        if (maxima.threads() > MOST_THREADS || maxima.connections() > MOST_CONNECTIONS) {
            violations.add(Invariant.BOUNDED, maxima.threads() + " threads, " + maxima.connections() + " connections");
        }
    }

    private void checkSecrecy() {
        try (Stream<String> lines = Files.lines(log.toPath())) {
            lines.filter(line -> line.contains(TortureTable.PLANTED) || line.contains(PASSWORD)).limit(3)
                    .forEach(line -> violations.add(Invariant.SECRECY, "told: " + line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Maxima maxima() {
        return route.maxima().with(watch.maxima());
    }

    private SeedResult result(Nemesis nemesis) {
        if (sink.refused() > 0) {
            nemesis.faults().put(Fault.EXCHANGE_REFUSED, Math.toIntExact(sink.refused()));
        }
        return new SeedResult(
                seed, variant, seconds(), nemesis.faults(), generator.transactions(), checker.changes(),
                checker.rowsRead(), checker.duplicates(), SeedResult.counts(violations), violations.first(),
                nemesis.takeovers(), nemesis.downs(), maxima());
    }

    private long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    }
}
