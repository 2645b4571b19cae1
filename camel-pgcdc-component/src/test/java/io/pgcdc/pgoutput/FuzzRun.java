package io.pgcdc.pgoutput;

import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.pgcdc.model.ErrorCode;

/**
 * Puts many inputs through an ordeal, one after the other, on a thread of its own that is watched. The first input that
 * is not borne ends the run with an error that shows it.
 */
final class FuzzRun {

    /** Inputs take microseconds; what takes so long has no end, even on a machine that is busy with other things. */
    private static final long MILLIS_UNTIL_HUNG = 20_000;

    private final Ordeal ordeal;
    private final Supplier<byte[]> source;
    private final long inputs;

    private volatile byte[] current;
    private volatile Throwable failure;

    private long bytes;
    private long read;
    private final Map<ErrorCode, Long> refused = new EnumMap<>(ErrorCode.class);
    private Trial.Dearest dearest = Trial.Dearest.NONE;
    private long slowest;
    private long took;

    FuzzRun(Ordeal ordeal, Supplier<byte[]> source, long inputs) {
        this.ordeal = ordeal;
        this.source = source;
        this.inputs = inputs;
    }

    /** How many messages or rows were read. */
    long read() {
        return read;
    }

    /** How many messages or rows were refused with this code. */
    long refused(ErrorCode code) {
        return refused.getOrDefault(code, 0L);
    }

    FuzzRun run() throws InterruptedException {
        Thread worker = new Thread(this::work, "fuzz");
        worker.setDaemon(true); // so that one that hangs does not keep the JVM
        worker.start();
        byte[] seen = null;
        while (true) {
            worker.join(MILLIS_UNTIL_HUNG);
            if (!worker.isAlive()) {
                break;
            }
            byte[] now = current;
            if (now != null && now == seen) {
                AssertionError hung = new AssertionError("hung at " + shown(now));
                hung.setStackTrace(worker.getStackTrace());
                throw hung;
            }
            seen = now;
        }
        if (failure != null) {
            throw new AssertionError("at " + shown(current), failure);
        }
        return this;
    }

    private void work() {
        long start = System.nanoTime();
        try {
            for (long i = 0; i < inputs; i++) {
                current = source.get();
                count(current);
            }
        } catch (Throwable e) {
            failure = e;
        }
        took = System.nanoTime() - start;
    }

    private void count(byte[] input) {
        Trial trial = Trial.of(ordeal, input);
        if (trial.cpuNanos() > slowest || trial.dearest().share() > dearest.share()) {
            // Figures of a second time are those of the decoder; the first may have loaded and linked something.
            Trial again = Trial.of(ordeal, input);
            slowest = Math.max(slowest, Math.min(trial.cpuNanos(), again.cpuNanos()));
            dearest = dearest.or(again.dearest());
        }
        bytes += input.length;
        read += trial.read();
        trial.refused().forEach((code, times) -> refused.merge(code, (long) times, Long::sum));
    }

    private static String shown(byte[] input) {
        return "input of " + input.length + " bytes: " + HexFormat.of().formatHex(input);
    }

    @Override
    public String toString() {
        String codes = refused.entrySet().stream().map(e -> "%,d %s".formatted(e.getValue(), e.getKey()))
                .collect(Collectors.joining(", "));
        return """
                %,d inputs of %,d bytes in %.0f s: %,d read, refused %s
                dearest: %,d bytes allocated for %,d; slowest: %.1f ms of the processor's time"""
                .formatted(inputs, bytes, took / 1e9, read, codes, dearest.bytes(), dearest.length(), slowest / 1e6);
    }
}
