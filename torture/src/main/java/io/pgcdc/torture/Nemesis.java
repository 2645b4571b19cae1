package io.pgcdc.torture;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.pgcdc.pipeline.FailPoint;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.testing.TcpProxy;
import io.pgcdc.testing.TestDatabase;

/** Breaks things, in an order that its seed decides, and sees that the route recovers each time. */
final class Nemesis {

    static final Duration WAL_SENDER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration HEALTH_DOWN = Duration.ofSeconds(10);
    private static final Duration BUSY = Duration.ofSeconds(15);
    /** How long after a fault of connection or server the pipeline may still fail: the server's timeouts, and ours. */
    private static final int AFTERMATH_SECONDS = 45;
    private static final List<FailPoint> WHILE_STREAMING
            = List.of(FailPoint.COMMIT_DELIVERED, FailPoint.POSITION_STORED, FailPoint.STATUS_SENT);
    /** In the order in which a copy comes past them. */
    private static final List<FailPoint> WHILE_COPYING = List.of(
            FailPoint.SLOT_CREATED, FailPoint.COPYING_STORED, FailPoint.RANGE_COPIED, FailPoint.RANGE_ACKNOWLEDGED,
            FailPoint.COPIED_STORED, FailPoint.TARGET_SET, FailPoint.SYNC_DONE_STORED, FailPoint.SLOT_DROPPED);

    private final TestDatabase database;
    private final TcpProxy proxy;
    private final Sink sink;
    private final RouteUnderTorture route;
    private final Generator generator;
    private final Random random;
    private final Consumer<String> progress;
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final List<Long> takeovers = new ArrayList<>();
    private final List<Long> downs = new ArrayList<>();

    Nemesis(TestDatabase database, TcpProxy proxy, Sink sink, RouteUnderTorture route, Generator generator, long seed,
            Consumer<String> progress) {
        this.database = database;
        this.proxy = proxy;
        this.sink = sink;
        this.route = route;
        this.generator = generator;
        this.random = new Random(seed);
        this.progress = progress;
    }

    Map<Fault, Integer> faults() {
        return faults;
    }

    List<Long> takeovers() {
        return takeovers;
    }

    List<Long> downs() {
        return downs;
    }

    /** Starts the route and breaks it while it copies, then while it streams; at the end it runs and streams. */
    void rage(int effort) {
        // Each of them ends the JVM before the next one.
        List<Runnable> early = new ArrayList<>();
        for (FailPoint point : WHILE_COPYING) {
            if (random.nextInt(4) < effort) {
                early.add(() -> killAt(point, 1 + random.nextInt(2)));
            }
        }
        List<Runnable> between = List.of(this::killDuringCopy, this::cutDuringCopy, this::killServerDuringCopy);
        for (int i = 0; i < effort / 2; i++) {
            early.add(random.nextInt(early.size() + 1), between.get(random.nextInt(between.size())));
        }
        early.forEach(Runnable::run);
        if (route.current() == null || !route.current().isAlive()) {
            route.start();
        }
        awaitStreaming();
        List<Runnable> later = new ArrayList<>(
                List.of(
                        this::killServer, this::restartServer, this::cut, this::blackHole, this::slowDown, this::suspend,
                        this::stopInOrder, this::slowRoute, this::stealSlot, this::secondInstance, this::idle,
                        () -> dieAt(WHILE_STREAMING.get(random.nextInt(WHILE_STREAMING.size())))));
        Collections.shuffle(later, random);
        if (effort < 4) {
            later.subList(effort * 3, later.size()).clear();
        }
        WHILE_STREAMING.forEach(point -> later.add(() -> killAt(point, 1 + random.nextInt(20))));
        for (int i = 0; i < effort; i++) {
            later.add(this::kill);
        }
        for (int i = 0; i < effort - 1; i++) {
            later.add(this::killWalsender);
        }
        Collections.shuffle(later, random);
        for (Runnable deed : later) {
            if (!route.current().isAlive()) {
                route.start();
            }
            awaitStreaming();
            pause(200, 900);
            deed.run();
        }
        if (!route.current().isAlive()) {
            route.start();
        }
        awaitStreaming();
    }

    private void kill() {
        kill(Fault.JVM_KILLED);
    }

    private void kill(Fault fault) {
        route.current().kill();
        did(fault, "");
    }

    private void killDuringCopy() {
        startIfDead();
        pause(0, random.nextBoolean() ? 1_000 : 3_000);
        kill();
    }

    /** Starts a JVM that kills itself there; one that has not got there in time is killed from outside. */
    private void killAt(FailPoint point, int times) {
        if (route.current() != null && route.current().isAlive()) {
            kill();
        }
        Instance doomed = route.startDeadly(point.name(), times);
        boolean whileStreaming = WHILE_STREAMING.contains(point);
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!doomed.awaitDeath(Duration.ofMillis(100))) {
            boolean tooLate = !whileStreaming && doomed.report().isStreaming();
            if (tooLate || System.nanoTime() > patience) {
                kill();
                return;
            }
        }
        if (doomed.exitCode() != Instance.KILLED) {
            throw new UnexpectedException(doomed + " has ended by itself with exit code " + doomed.exitCode());
        }
        did(Fault.JVM_KILLED_AT_FAILPOINT, point.name());
    }

    private void cutDuringCopy() {
        startIfDead();
        route.await("an exchange", () -> route.current().exchanges() > 0);
        pause(0, 300);
        cut();
    }

    private void killServerDuringCopy() {
        startIfDead();
        route.await("an exchange", () -> route.current().exchanges() > 0);
        pause(0, 300);
        killServer();
    }

    private void killWalsender() {
        sink.disturb(AFTERMATH_SECONDS);
        int ended = route.current().runsFailed();
        long killed = database.query("""
                SELECT count(pg_terminate_backend(active_pid)) FROM pg_replication_slots
                 WHERE database = current_database() AND active_pid IS NOT NULL""", Long.class);
        if (killed > 0) {
            did(Fault.WALSENDER_KILLED, "");
            route.await("the end of a run after its walsender", () -> route.current().runsFailed() > ended);
        }
    }

    private void killServer() {
        sink.disturb(AFTERMATH_SECONDS);
        boolean up = route.current().report().up();
        long begun = System.nanoTime();
        database.server().kill();
        did(Fault.SERVER_KILLED, "");
        if (up) {
            awaitDown(begun);
        }
        pause(0, 1_000);
        database.server().startAgain();
        sink.disturb(AFTERMATH_SECONDS);
    }

    private void restartServer() {
        sink.disturb(AFTERMATH_SECONDS);
        database.server().restart();
        did(Fault.SERVER_RESTARTED, "");
        sink.disturb(AFTERMATH_SECONDS);
    }

    private void cut() {
        sink.disturb(AFTERMATH_SECONDS);
        proxy.cut();
        did(Fault.NETWORK_CUT, "");
    }

    private void blackHole() {
        sink.disturb(AFTERMATH_SECONDS);
        proxy.blackHole();
        did(Fault.NETWORK_BLACK_HOLE, "");
        pause(500, 7_000); // shorter and longer than the server's patience
        proxy.resume();
        sink.disturb(AFTERMATH_SECONDS);
    }

    private void slowDown() {
        sink.disturb(AFTERMATH_SECONDS);
        proxy.slow(8 << random.nextInt(4) << 10);
        did(Fault.NETWORK_SLOW, "");
        pause(2_000, 4_000);
        proxy.resume();
        sink.disturb(AFTERMATH_SECONDS);
    }

    private void suspend() {
        did(Fault.ROUTE_SUSPENDED, "");
        route.current().suspend();
        pause(500, 2_000);
        route.current().resume();
    }

    private void stopInOrder() {
        // A connection that is broken, and that nobody has noticed yet, would be a cause of its own.
        awaitCaughtUp();
        pause(0, 500);
        Instance stopping = route.current();
        stopping.stop();
        if (!stopping.awaitDeath(Duration.ofSeconds(60)) || stopping.exitCode() != 0) {
            throw new UnexpectedException(stopping + " did not stop in order");
        }
        did(Fault.ROUTE_STOPPED, "");
        route.startInOrder();
    }

    /** Answers nothing for longer than the server would wait for a client that says nothing. */
    private void slowRoute() {
        int ended = route.current().runsFailed();
        boolean undisturbed = sink.isUndisturbed();
        sink.hold();
        route.await("an exchange that can be held", sink::isHolding);
        pause((int) WAL_SENDER_TIMEOUT.toMillis() + 500, (int) WAL_SENDER_TIMEOUT.toMillis() + 1_500);
        sink.release();
        did(Fault.ROUTE_SLOW, "");
        if (undisturbed && route.current().runsFailed() > ended) {
            throw new UnexpectedException("a slow route has lost its connection");
        }
    }

    private void stealSlot() {
        kill(Fault.SLOT_STOLEN);
        try (SlotThief thief = steal()) {
            route.start();
            awaitStandby(route.current());
            pause(200, 1_500);
            requireStandby(route.current());
        }
    }

    private SlotThief steal() {
        String slot = "pgcdc_" + database.name() + "_" + TortureTable.PUBLICATION;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                return SlotThief.steal(database, slot);
            } catch (SQLException e) { // the walsender of the dead one is still there
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the slot can't be stolen", e);
                }
                pause(50, 100);
            }
        }
    }

    private void secondInstance() {
        // After a black hole the first one may not know yet that the server has given it up.
        awaitCaughtUp();
        Instance first = route.current();
        Instance second = route.startSecond();
        try {
            awaitStandby(second);
            pause(300, 1_000);
            requireStandby(second);
            long killed = System.nanoTime();
            first.kill();
            route.succeededBy(second);
            route.await("the takeover", () -> second.report().is(State.RUNNING));
            takeovers.add(millisSince(killed));
            did(Fault.SECOND_INSTANCE, takeovers.get(takeovers.size() - 1) + " ms");
        } finally {
            if (route.current() != second) {
                second.kill();
            }
        }
    }

    private void awaitStandby(Instance instance) {
        route.await("standby", () -> instance.report().is(State.STANDBY));
    }

    private static void requireStandby(Instance instance) {
        if (!instance.report().is(State.STANDBY) || !instance.report().up() || instance.exchanges() > 0) {
            throw new UnexpectedException(
                    instance + " is not standby, UP and quiet beside another client of its slot, but "
                                          + instance.report().state());
        }
    }

    private void dieAt(FailPoint point) {
        sink.disturb(AFTERMATH_SECONDS);
        sink.expectInternalError();
        Instance wounded = route.current();
        wounded.dieAt(point.name());
        route.await("the death of a thread at " + point, () -> wounded.dyingSince() != 0);
        did(Fault.THREAD_DIED, point.name());
        awaitDown(wounded.dyingSince());
    }

    private void awaitDown(long since) {
        route.await("health DOWN", HEALTH_DOWN, () -> !route.current().report().up());
        downs.add(millisSince(since));
    }

    private void idle() {
        generator.rest();
        pause(1_000, 3_000);
        generator.goOn();
    }

    // On a busy machine the route may be slower than the writers; then they rest until it has caught up.

    private void awaitStreaming() {
        if (!route.isStreamingWithin(BUSY)) {
            generator.rest();
            route.awaitStreaming();
            generator.goOn();
        }
    }

    private void awaitCaughtUp() {
        try {
            database.awaitCaughtUp(TortureTable.PUBLICATION, BUSY);
        } catch (AssertionError slow) {
            generator.rest();
            CaughtUp.await(database);
            generator.goOn();
        }
    }

    private void startIfDead() {
        if (route.current() == null || !route.current().isAlive()) {
            route.start();
        }
    }

    private void did(Fault fault, String detail) {
        faults.merge(fault, 1, Integer::sum);
        progress.accept(fault.words() + (detail.isEmpty() ? "" : ": " + detail));
    }

    private void pause(int fromMillis, int toMillis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(fromMillis + random.nextInt(toMillis - fromMillis + 1)));
    }

    private static long millisSince(long nanoTime) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanoTime);
    }
}
