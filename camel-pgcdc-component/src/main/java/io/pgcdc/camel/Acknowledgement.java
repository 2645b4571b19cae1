package io.pgcdc.camel;

import java.util.concurrent.atomic.AtomicBoolean;

import io.pgcdc.pipeline.Completion;
import org.apache.camel.Exchange;
import org.apache.camel.RollbackExchangeException;
import org.apache.camel.spi.Synchronization;

/**
 * Decides what becomes of an exchange's changes when the exchange ends: on any thread, in any order. Travels along as
 * an exchange property, so that an aggregation can take it over.
 *
 * <p>
 * Rolled-back exchanges end with {@code onComplete}; they count as failed all the same.
 */
final class Acknowledgement implements Synchronization {

    /** The exchange property that holds it. */
    static final String PROPERTY = "CamelPgCdcAcknowledgement";

    private final Completion completion;
    private final AtomicBoolean taken = new AtomicBoolean();

    Acknowledgement(Completion completion) {
        this.completion = completion;
    }

    @Override
    public void onComplete(Exchange exchange) {
        if (!taken.get()) {
            settle(exchange);
        }
    }

    @Override
    public void onFailure(Exchange exchange) {
        if (!taken.get()) {
            settle(exchange);
        }
    }

    /** An aggregation takes it over; from now on only {@link #settle} decides. False if one has it already. */
    boolean takeOver() {
        if (taken.compareAndSet(false, true)) {
            completion.held(true);
            return true;
        }
        return false;
    }

    /** The aggregation is complete, its exchange is on its way. */
    void released() {
        completion.held(false);
    }

    void settle(Exchange exchange) {
        if (exchange.getException() != null) {
            completion.failed(exchange.getException());
        } else if (exchange.isRollbackOnly() || exchange.isRollbackOnlyLast()) {
            completion.failed(new RollbackExchangeException(exchange));
        } else {
            completion.done();
        }
    }

    @Override
    public String toString() {
        return "acknowledgement of " + (taken.get() ? "an aggregated" : "a") + " pgcdc exchange";
    }
}
