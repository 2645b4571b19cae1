package io.pgcdc.examples.quickstart;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import sun.misc.Signal;

/**
 * Turns Ctrl-C into a wish to stop that the main thread looks at. A shutdown hook would not do: hooks run all at once
 * and the JVM ends when they have, so everything that needs an order at the end would have to happen in one.
 */
final class StopSignal {

    private final CountDownLatch wish = new CountDownLatch(1);

    static StopSignal install() {
        StopSignal stop = new StopSignal();
        for (String name : List.of("INT", "TERM", "HUP")) {
            try {
                Signal.handle(new Signal(name), signal -> stop.wish.countDown());
            } catch (IllegalArgumentException e) {
                // this platform has no such signal, or the JVM keeps it for itself
            }
        }
        return stop;
    }

    boolean isWished() {
        return wish.getCount() == 0;
    }

    /** Waits this long, or less if a stop is wished; returns whether it is. */
    boolean await(Duration time) throws InterruptedException {
        return wish.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
