package io.pgcdc.pipeline;

import java.util.concurrent.TimeUnit;

/**
 * How long a reader with a backlog lets bytes gather between two reads: of some times the one that brings most a
 * second. Which one that is depends on the buffers of the two systems and on what sending costs the server, so it is
 * looked for all the time: too long, and the server waits with full buffers; too short, and it pays for each message
 * that finds room in ours. For one thread.
 */
final class GatherPause {

    /** Each about a quarter longer than the one before. */
    private static final long[] NANOS = { 1_000_000, 1_250_000, 1_600_000, 2_000_000 };
    private static final int FIRST = 1;
    private static final int PAUSES_PER_LOOK = 16;
    /** Every so many looks one is at a neighbour of the best. */
    private static final int LOOKS_PER_TRIAL = 4;
    private static final long LONGEST_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Which part of a look the reader may have waited for those whom it hands over to. */
    private static final int BLOCKED_PART = 8;

    private final double[] rates = new double[NANOS.length];
    private int best = FIRST;
    private int current = FIRST;
    private int looks;
    private int pauses;
    private long begunAt;
    private long bytesBefore;
    private long blockedBefore;

    /** The pause to make now. */
    long nanos() {
        return NANOS[current];
    }

    /**
     * One was made.
     *
     * @param bytes   read so far
     * @param blocked nanoseconds that the reader has waited so far for those whom it hands over to
     */
    void made(long now, long bytes, long blocked) {
        if (++pauses < PAUSES_PER_LOOK) {
            return;
        }
        long time = now - begunAt;
        // A time with no backlog in between, or with a slow receiver, says nothing.
        if (time < LONGEST_LOOK_NANOS && (blocked - blockedBefore) * BLOCKED_PART < time) {
            looked((double) (bytes - bytesBefore) / time);
        }
        pauses = 0;
        begunAt = now;
        bytesBefore = bytes;
        blockedBefore = blocked;
    }

    private void looked(double rate) {
        rates[current] = rates[current] == 0 ? rate : (rates[current] + rate) / 2;
        for (int other = Math.max(0, best - 1); other < Math.min(best + 2, NANOS.length); other++) {
            if (rates[other] > rates[best]) {
                best = other;
            }
        }
        looks++;
        int neighbour = looks / LOOKS_PER_TRIAL % 2 == 0 ? best - 1 : best + 1;
        boolean tries = looks % LOOKS_PER_TRIAL == 0 && neighbour >= 0 && neighbour < NANOS.length;
        current = tries ? neighbour : best;
    }
}
