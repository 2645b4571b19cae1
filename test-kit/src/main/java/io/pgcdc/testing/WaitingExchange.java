package io.pgcdc.testing;

import java.util.List;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/**
 * An exchange that a {@link MemoryDestination} has not answered yet.
 *
 * <p>
 * <i>Thread-safety:</i> none but of {@link #answer()}; the destination's lock guards the rest.
 */
final class WaitingExchange {

    private final Exchange exchange;
    private final AsyncCallback callback;
    private final int arrival;
    private final List<Change> unwritten;
    private final boolean held;
    private int others;

    private WaitingExchange(Exchange exchange, AsyncCallback callback, int arrival, List<Change> unwritten, boolean held,
                            int others) {
        this.exchange = exchange;
        this.callback = callback;
        this.arrival = arrival;
        this.unwritten = unwritten;
        this.held = held;
        this.others = others;
    }

    /** Waits for a release, and then to be written. */
    static WaitingExchange held(Exchange exchange, AsyncCallback callback, int arrival, List<Change> changes) {
        return new WaitingExchange(exchange, callback, arrival, changes, true, 0);
    }

    /** Is written, and waits until so many later ones are answered. */
    static WaitingExchange late(Exchange exchange, AsyncCallback callback, int arrival, int others) {
        return new WaitingExchange(exchange, callback, arrival, List.of(), false, others);
    }

    boolean isHeld() {
        return held && !isOrphan();
    }

    List<Change> unwritten() {
        return unwritten;
    }

    boolean isDue() {
        return !held && others <= 0;
    }

    /** Takes note that another exchange was answered; tells whether this one's time has come. */
    boolean isDueAfter(int answered) {
        if (answered > arrival) {
            others--;
        }
        return isDue();
    }

    /** Whether the context that it belongs to has come to its end without it. */
    boolean isOrphan() {
        return exchange.getContext().isStopped();
    }

    int arrival() {
        return arrival;
    }

    void answer() {
        callback.done(false);
    }
}
