package io.pgcdc.testing;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Looks at something outside this JVM again and again, since nobody out there tells us when it changes. */
final class Polling {

    private Polling() {
    }

    /**
     * Looks at once, then in intervals, until the condition holds or the time is over; always once more at its end.
     *
     * @return                       whether it held
     * @throws IllegalStateException if the thread is interrupted, which it then still is
     */
    static boolean until(Duration atMost, Duration interval, BooleanSupplier condition) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                Thread.sleep(Math.max(1, Math.min(interval.toMillis(), left / 1_000_000)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting", e);
            }
        }
        return true;
    }
}
