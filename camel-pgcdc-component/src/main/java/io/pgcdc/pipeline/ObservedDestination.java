package io.pgcdc.pipeline;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.pgcdc.model.ChangeEvent;

/**
 * Counts what a destination gets and how it answers, and has the log know of which table it is: everything goes this
 * way, of copies and streams alike.
 */
final class ObservedDestination implements Destination {

    private final Destination destination;
    private final PipelineCounters counters;

    ObservedDestination(Destination destination, PipelineCounters counters) {
        this.destination = destination;
        this.counters = counters;
    }

    @Override
    public void readsFrom(String systemIdentifier) {
        destination.readsFrom(systemIdentifier);
    }

    @Override
    public void writeTableRows(List<ChangeEvent> rows, Completion completion) {
        write(rows, completion, true);
    }

    @Override
    public void writeEvents(List<ChangeEvent> events, Completion completion) {
        write(events, completion, false);
    }

    private void write(List<ChangeEvent> events, Completion completion, boolean copied) {
        LogContext.table(events.get(0).table());
        counters.handedOver();
        Observed observed = new Observed(events, completion);
        try {
            if (copied) {
                destination.writeTableRows(events, observed);
            } else {
                destination.writeEvents(events, observed);
            }
        } catch (RuntimeException | Error e) {
            observed.failed(e);
        }
    }

    private final class Observed extends AtomicBoolean implements Completion {

        private static final long serialVersionUID = 1L;

        private final transient List<ChangeEvent> events;
        private final transient Completion completion;

        private Observed(List<ChangeEvent> events, Completion completion) {
            this.events = events;
            this.completion = completion;
        }

        @Override
        public void done() {
            // Before the position may move, so that what is confirmed is counted.
            if (compareAndSet(false, true)) {
                counters.completed(events);
            }
            completion.done();
        }

        @Override
        public void failed(Throwable cause) {
            if (compareAndSet(false, true)) {
                counters.failed();
            }
            completion.failed(cause);
        }

        @Override
        public boolean isInOrder() {
            return completion.isInOrder();
        }

        @Override
        public void held(boolean held) {
            completion.held(held);
        }
    }
}
