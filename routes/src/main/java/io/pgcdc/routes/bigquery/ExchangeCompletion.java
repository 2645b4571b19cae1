package io.pgcdc.routes.bigquery;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/**
 * Ends an exchange when every request for its rows has ended, and not before: with the first failure, if any failed.
 * Thread-safe.
 */
final class ExchangeCompletion {

    private final Exchange exchange;
    private final AsyncCallback callback;
    // One for the thread that makes the requests.
    private final AtomicInteger open = new AtomicInteger(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    ExchangeCompletion(Exchange exchange, AsyncCallback callback) {
        this.exchange = exchange;
        this.callback = callback;
    }

    void begin() {
        open.incrementAndGet();
    }

    void done() {
        if (open.decrementAndGet() == 0) {
            end(false);
        }
    }

    void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
        done();
    }

    /** The last request has been made, or making them has failed; true if the exchange has ended with that. */
    boolean allMade(Throwable cause) {
        if (cause != null) {
            failure.compareAndSet(null, cause);
        }
        if (open.decrementAndGet() == 0) {
            end(true);
            return true;
        }
        return false;
    }

    private void end(boolean synchronously) {
        if (failure.get() != null) {
            exchange.setException(failure.get());
        }
        callback.done(synchronously);
    }
}
