package io.pgcdc.camel;

import io.pgcdc.pipeline.Completion;
import org.apache.camel.Exchange;
import org.apache.camel.RollbackExchangeException;
import org.apache.camel.spi.Synchronization;

/**
 * Decides what becomes of an exchange's changes: they are complete when the exchange itself and every group that it, or
 * a copy of it, was aggregated into have ended well, on any thread, in any order; they have failed with the first of
 * these that fails. Travels along as an exchange property, so that aggregations find it.
 *
 * <p>
 * Rolled-back exchanges end with {@code onComplete}; they count as failed all the same.
 */
final class Acknowledgement implements Synchronization {

    /** The exchange property that holds it. */
    static final String PROPERTY = "CamelPgCdcAcknowledgement";

    private final Completion completion;
    // The exchange itself, and each group that it joined, as long as they have not ended.
    private int open = 1;
    // Of these, the groups that wait for more members.
    private int waiting;

    Acknowledgement(Completion completion) {
        this.completion = completion;
    }

    @Override
    public void onComplete(Exchange exchange) {
        settle(exchange);
    }

    @Override
    public void onFailure(Exchange exchange) {
        settle(exchange);
    }

    /** A group takes the exchange in, and has to {@link #settle} it, too. */
    synchronized void join() {
        open++;
        waiting++;
        tellHeld();
    }

    /** A group that waited for more members is on its way. */
    synchronized void released() {
        waiting--;
        completion.held(false);
    }

    /** A group that was on its way has joined another group, which settles in its place. */
    synchronized void joinedAgain() {
        waiting++;
        tellHeld();
    }

    /** The exchange, or a group that it joined, has ended. */
    synchronized void settle(Exchange ended) {
        open--;
        if (ended.getException() != null) {
            completion.failed(ended.getException());
        } else if (ended.isRollbackOnly() || ended.isRollbackOnlyLast()) {
            completion.failed(new RollbackExchangeException(ended));
        } else if (open == 0) {
            completion.done();
        } else {
            tellHeld();
        }
    }

    private void tellHeld() {
        if (waiting == open) {
            completion.held(true);
        }
    }

    @Override
    public String toString() {
        return "acknowledgement of a pgcdc exchange";
    }
}
