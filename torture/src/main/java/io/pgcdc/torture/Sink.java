package io.pgcdc.torture;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The destination that survives: takes exchanges from every {@link Instance}, shows them to the {@link Checker}, and
 * answers: at once or late, well or with a refusal.
 */
final class Sink implements AutoCloseable {

    private static final int LONGEST_DELAY_MILLIS = 100; // the route must not become slower than the writers

    /** An answer that is held back. */
    private record Answer(Instance instance, long exchange, List<Delivered> events) {
    }

    private final Checker checker;
    private final Violations violations;
    private final Variant variant;
    private final Random random;
    private final ServerSocket listener;
    private final Map<Integer, Instance> instances = new ConcurrentHashMap<>();
    private final ScheduledExecutorService late = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "late-answers");
        thread.setDaemon(true);
        return thread;
    });
    /** Exchanges are taken one at a time, from whatever instance: their order is the order of the sink. */
    private final ReentrantLock taking = new ReentrantLock();
    private List<Answer> held;
    private int inOrder = -1;
    private boolean internalErrorExpected;
    private volatile long disturbedUntil = System.nanoTime();
    private long refused;

    Sink(Checker checker, Violations violations, Variant variant, long seed) {
        this.checker = checker;
        this.violations = violations;
        this.variant = variant;
        this.random = new Random(seed);
        try {
            this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("sink", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void expect(Instance instance) {
        instances.put(instance.number(), instance);
    }

    /** The next instance goes on where another one has stopped in order. */
    void continuesInOrder(Instance instance) {
        inOrder = instance.number();
    }

    /** Something is done to connections or server: for so long the pipeline may fail and start again. */
    void disturb(long seconds) {
        disturbedUntil = Math.max(disturbedUntil, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
    }

    boolean isUndisturbed() {
        return System.nanoTime() > disturbedUntil;
    }

    /** A thread of the component dies by our hand. */
    void expectInternalError() {
        taking.lock();
        try {
            internalErrorExpected = true;
        } finally {
            taking.unlock();
        }
    }

    /** Answers nothing until {@link #release()}. */
    void hold() {
        taking.lock();
        try {
            held = new ArrayList<>();
        } finally {
            taking.unlock();
        }
    }

    void release() {
        taking.lock();
        try {
            List<Answer> waiting = held;
            held = null;
            waiting.forEach(this::complete);
        } finally {
            taking.unlock();
        }
    }

    boolean isHolding() {
        taking.lock();
        try {
            return held != null && !held.isEmpty();
        } finally {
            taking.unlock();
        }
    }

    long refused() {
        taking.lock();
        try {
            return refused;
        } finally {
            taking.unlock();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        late.shutdownNow();
    }

    private void accept() {
        while (true) {
            Socket socket;
            try {
                socket = listener.accept();
                socket.setTcpNoDelay(true);
            } catch (IOException e) {
                return; // closed
            }
            start("sink-link", () -> serve(socket));
        }
    }

    private void serve(Socket socket) {
        Instance instance = null;
        try (socket; DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
            in.readByte();
            instance = instances.get(in.readInt());
            instance.linked(socket);
            while (true) {
                take(instance, in);
            }
        } catch (EOFException | SocketException e) {
            // The instance is gone.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (instance != null) {
                instance.unlinked();
            }
        }
    }

    private void take(Instance instance, DataInputStream in) throws IOException {
        byte kind = in.readByte();
        switch (kind) {
            case Wire.EXCHANGE -> {
                long exchange = in.readLong();
                List<Delivered> events = new ArrayList<>();
                for (int count = in.readInt(); count > 0; count--) {
                    events.add(Delivered.read(in));
                }
                take(instance, exchange, events);
            }
            case Wire.REPORT -> {
                Report report = Report.read(in);
                if (report.isStreaming()) {
                    checker.handedOver();
                }
                instance.reported(report);
            }
            case Wire.RUN_FAILED -> runFailed(instance, in.readUTF());
            case Wire.BETWEEN_RUNS -> checker.openWindow();
            case Wire.DYING -> instance.dying();
            default -> throw new IOException("unknown kind " + kind);
        }
    }

    private void take(Instance instance, long exchange, List<Delivered> events) {
        taking.lock();
        try {
            if (instance.exchanges() == 0) {
                beginWindow(instance);
            }
            instance.delivered();
            boolean refuse = random.nextInt(1_000) < variant.failures();
            boolean keep = !refuse || random.nextBoolean(); // refused before or after it was kept
            if (keep) {
                checker.receive(events);
            }
            if (refuse) {
                refused++;
                checker.openWindow();
                instance.answer(exchange, false);
            } else if (held != null) {
                held.add(new Answer(instance, exchange, events));
            } else if (random.nextInt(1_000) < variant.slowness()) {
                late.schedule(() -> complete(new Answer(instance, exchange, events)),
                        random.nextInt(LONGEST_DELAY_MILLIS), TimeUnit.MILLISECONDS);
            } else {
                complete(new Answer(instance, exchange, events));
            }
        } finally {
            taking.unlock();
        }
    }

    private void beginWindow(Instance instance) {
        // A batch has changes of several transactions, and a group, too.
        boolean singly = variant.route().keepsOrder() && !variant.isBatching();
        if (instance.number() == inOrder && singly) {
            checker.openWindowOfOneTransaction();
        } else {
            checker.openWindow();
        }
    }

    /** First it is complete, then the route learns of it. */
    private void complete(Answer answer) {
        taking.lock();
        try {
            if (answer.instance.isAlive()) {
                checker.complete(answer.events);
                answer.instance.answer(answer.exchange, true);
            }
        } finally {
            taking.unlock();
        }
    }

    /**
     * The server can't decode its own log for a slot, or a replay can't mend a copy: told, and mended by another one.
     */
    private static boolean isOfTheServer(String error) {
        return error.startsWith("COPY_OUTDATED") || error.startsWith("SLOT_UNREADABLE");
    }

    private void runFailed(Instance instance, String error) {
        taking.lock();
        try {
            instance.runFailed();
            boolean internal = error.startsWith("INTERNAL");
            if (internal && internalErrorExpected) {
                internalErrorExpected = false;
            } else if (internal || isUndisturbed() && !isOfTheServer(error)) {
                violations.add(Invariant.HEALTH, "a run of the pipeline failed without a cause: " + error);
            }
        } finally {
            taking.unlock();
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
