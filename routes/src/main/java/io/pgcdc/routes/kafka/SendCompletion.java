package io.pgcdc.routes.kafka;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Waits for the broker's answers to all records of one exchange, and then tells the first failure, or {@code null} if
 * there was none. Thread-safe.
 */
final class SendCompletion {

    // One for the thread that sends them.
    private final AtomicInteger open = new AtomicInteger(1);
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Consumer<Exception> whenAll;

    SendCompletion(Consumer<Exception> whenAll) {
        this.whenAll = whenAll;
    }

    void begin() {
        open.incrementAndGet();
    }

    void end(Exception cause) {
        if (cause != null) {
            failure.compareAndSet(null, cause);
        }
        if (open.decrementAndGet() == 0) {
            whenAll.accept(failure.get());
        }
    }

    /** Whether a record has failed already, so that there is no use in sending more. */
    boolean hasFailed() {
        return failure.get() != null;
    }
}
