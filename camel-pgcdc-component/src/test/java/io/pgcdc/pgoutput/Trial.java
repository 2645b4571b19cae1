package io.pgcdc.pgoutput;

import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Map;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/**
 * What a decoder did with one input: how often it read, how often and how it refused, and what that took. All calls
 * come from one thread.
 */
final class Trial {

    /** Stands in values of rows. No error may tell it. */
    static final String SECRET = "s3cret";

    private static final com.sun.management.ThreadMXBean THREADS
            = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** The processor's time that an input may take. Long numbers are the slowest; none comes near to this. */
    private static final long MOST_CPU_NANOS = 1_000_000_000;

    private final long thread = Thread.currentThread().getId();
    private final long cpuBefore = THREADS.getCurrentThreadCpuTime();
    private final Map<ErrorCode, Integer> refused = new EnumMap<>(ErrorCode.class);
    private int read;
    private Dearest dearest = Dearest.NONE;
    private long cpuNanos;

    private Trial() {
    }

    /** Puts the input through the ordeal, and throws an error if it is not borne within the bounds. */
    static Trial of(Ordeal ordeal, byte[] input) {
        Trial trial = once(ordeal, input);
        if (trial.isWithinBounds()) {
            return trial;
        }
        // Once more: the first time classes may have been loaded and code linked or compiled on the way.
        Trial again = once(ordeal, input);
        if (!again.isWithinBounds()) {
            throw new AssertionError("out of bounds: " + again.cpuNanos / 1_000_000 + " ms, " + again.dearest);
        }
        return again;
    }

    private static Trial once(Ordeal ordeal, byte[] input) {
        Trial trial = new Trial();
        ordeal.undergo(input, trial);
        trial.cpuNanos = THREADS.getCurrentThreadCpuTime() - trial.cpuBefore;
        return trial;
    }

    private boolean isWithinBounds() {
        return dearest.share() <= 1 && cpuNanos <= MOST_CPU_NANOS;
    }

    /**
     * Calls the decoder once.
     *
     * @param length how many bytes it is given
     * @param place  what an error must say of where it happened
     * @param silent whether the secret must not be in an error
     */
    void decode(int length, String place, boolean silent, Runnable call) {
        PgCdcException refusal = null;
        long before = THREADS.getThreadAllocatedBytes(thread);
        try {
            call.run();
        } catch (PgCdcException e) {
            refusal = e;
        }
        dearest = dearest.or(new Dearest(length, THREADS.getThreadAllocatedBytes(thread) - before));
        if (refusal == null) {
            read++;
        } else {
            judge(refusal, place, silent);
            refused.merge(refusal.code(), 1, Integer::sum);
        }
    }

    private static void judge(PgCdcException refusal, String place, boolean silent) {
        if (refusal.code() != ErrorCode.PROTOCOL && refusal.code() != ErrorCode.DECODE) {
            throw new AssertionError("an error of kind " + refusal.code(), refusal);
        }
        if (refusal.remedy() == null || refusal.remedy().isBlank()) {
            throw new AssertionError("an error without a remedy", refusal);
        }
        if (refusal.getCause() != null && refusal.getCause().getMessage().startsWith("its codec failed")) {
            throw new AssertionError("a codec threw what it must not throw", refusal);
        }
        for (Throwable told = refusal; silent && told != null; told = told.getCause()) {
            if (told.toString().contains(SECRET)) {
                throw new AssertionError("an error tells a value", refusal);
            }
        }
        if (!refusal.getMessage().contains(place)) {
            throw new AssertionError("an error does not tell its place", refusal);
        }
    }

    int read() {
        return read;
    }

    Map<ErrorCode, Integer> refused() {
        return refused;
    }

    Dearest dearest() {
        return dearest;
    }

    long cpuNanos() {
        return cpuNanos;
    }

    /**
     * The call that allocated most, measured by what it was given.
     *
     * @param length how many bytes it was given
     * @param bytes  how many it allocated
     */
    record Dearest(int length, long bytes) {

        static final Dearest NONE = new Dearest(0, 0);

        /** What an error costs: its sentences, and the trace of the stack. */
        private static final int FIXED = 32 << 10;
        /** Arrays of arrays of one element each take most: a List at every brace. */
        private static final int PER_BYTE = 96;

        Dearest or(Dearest other) {
            return other.share() > share() ? other : this;
        }

        /** How much of what is allowed this is; more than 1 is too much. */
        double share() {
            return (double) bytes / (FIXED + (long) PER_BYTE * length);
        }
    }
}
