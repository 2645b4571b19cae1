package io.pgcdc.torture;

import java.io.File;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The route of one seed, in one JVM after the other; sometimes in two at once. */
final class RouteUnderTorture implements AutoCloseable {

    /** Long enough for a JVM to start on a busy machine, and for the longest pause between two runs of a pipeline. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Sink sink;
    private final Variant variant;
    private final Map<String, String> environment = new HashMap<>();
    private final File log;
    private int started;
    private Instance current;
    private Maxima maxima = Maxima.NONE;

    RouteUnderTorture(String url, String username, String password, Sink sink, Variant variant, File log) {
        this.sink = sink;
        this.variant = variant;
        this.log = log;
        log.delete(); // of an earlier run
        environment.put(RouteProcess.PORT, Integer.toString(sink.port()));
        environment.put(RouteProcess.ROUTE, variant.route().name());
        environment.put(RouteProcess.OPTIONS, variant.options());
        environment.put(RouteProcess.URL, url);
        environment.put(RouteProcess.USERNAME, username);
        environment.put(RouteProcess.PASSWORD, password);
    }

    Instance current() {
        return current;
    }

    Variant variant() {
        return variant;
    }

    /** The most that any of its JVMs reported. */
    Maxima maxima() {
        note(current);
        return maxima;
    }

    /** Starts a JVM in the place of one that is dead. */
    Instance start() {
        return start("on");
    }

    /** … which dies when a failpoint is reached for the n-th time. */
    Instance startDeadly(String failPoint, int times) {
        return start("kill:" + failPoint + ":" + times);
    }

    /** A second JVM, beside the one that runs. */
    Instance startSecond() {
        Instance second = Instance.start(++started, environment, "on", log);
        sink.expect(second);
        return second;
    }

    /** The first JVM is dead, this one takes its place. */
    void succeededBy(Instance second) {
        note(current);
        current = second;
    }

    /** The next JVM goes on where the last one has stopped in order. */
    Instance startInOrder() {
        note(current);
        current = Instance.start(++started, environment, "on", log);
        sink.continuesInOrder(current);
        sink.expect(current);
        return current;
    }

    boolean isStreamingWithin(Duration time) {
        try {
            await("streaming", time, () -> current.report().isStreaming());
            return true;
        } catch (UnexpectedException e) {
            return false;
        }
    }

    void awaitStreaming() {
        await("streaming", () -> current.report().isStreaming());
    }

    /** @throws UnexpectedException if it takes too long or the JVM ends */
    void await(String what, BooleanSupplier condition) {
        await(what, PATIENCE, condition);
    }

    void await(String what, Duration atMost, BooleanSupplier condition) {
        Instance awaited = current;
        try {
            Awaitility.await(what).pollInSameThread().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                    .atMost(atMost).until(() -> {
                        if (!awaited.isAlive()) {
                            throw new UnexpectedException(
                                    awaited + " has ended by itself with exit code " + awaited.exitCode()
                                                          + ", waiting for: " + what);
                        }
                        return condition.getAsBoolean();
                    });
        } catch (ConditionTimeoutException e) {
            throw new UnexpectedException(
                    what + " did not come about within " + atMost.toSeconds() + " s, " + awaited
                                          + " is " + awaited.report().state());
        }
    }

    @Override
    public void close() {
        if (current != null && current.isAlive()) {
            current.kill();
        }
    }

    private Instance start(String failPoints) {
        note(current);
        current = Instance.start(++started, environment, failPoints, log);
        sink.expect(current);
        return current;
    }

    private void note(Instance instance) {
        if (instance != null) {
            maxima = maxima.with(new Maxima(instance.report().peakHeap(), instance.report().threads(), 0, 0));
        }
    }
}
