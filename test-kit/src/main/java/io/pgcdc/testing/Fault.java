package io.pgcdc.testing;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Something that befalls exchanges at a {@link MemoryDestination}: which ones was said by
 * {@link MemoryDestination#at(int)} or {@link MemoryDestination#when(Predicate)}, what happens to them says the one
 * method here that is called last.
 *
 * <p>
 * <i>Thread-safety:</i> all methods may be called from any thread, also while exchanges come.
 */
public final class Fault {

    enum Kind {
        REJECT,
        FAIL_AFTER_WRITING,
        HOLD,
        ANSWER_LATE
    }

    /** INVARIANT: the fields are guarded by the destination's lock. */
    private final MemoryDestination destination;
    private final int number;
    private final Predicate<Change> filter;
    private int timesLeft = Integer.MAX_VALUE;
    private Kind kind;
    private int others;

    /**
     * @param number of the exchange that is meant, or 0
     * @param filter what an exchange must hold a change of
     */
    Fault(MemoryDestination destination, int number, Predicate<Change> filter) {
        this.destination = destination;
        this.number = number;
        this.filter = Objects.requireNonNull(filter, "filter");
    }

    /** Befalls so many exchanges and no more; without it, all that match. */
    public Fault times(int times) {
        destination.locked(() -> timesLeft = times);
        return this;
    }

    /** They fail with a {@link FaultException}, and nothing is written. */
    public void reject() {
        add(Kind.REJECT, 0);
    }

    /** They are written and then fail, as when the answer of a database is lost. */
    public void failAfterWriting() {
        add(Kind.FAIL_AFTER_WRITING, 0);
    }

    /**
     * They are neither written nor answered before {@link MemoryDestination#release()}; their thread goes on at once.
     * What comes behind them is not held: a later change of the same row is overwritten at the release if the hold does
     * not meet it too.
     */
    public void hold() {
        add(Kind.HOLD, 0);
    }

    /**
     * They are written at once, and answered on another thread after exchanges that came later.
     *
     * @param others how many later ones must have been answered before; 0 for just another thread. Those that wait
     *               themselves do not count until they are answered, and {@link MemoryDestination#release()} waits for
     *               none
     */
    public void answerAfter(int others) {
        if (others < 0) {
            throw new IllegalArgumentException("others is " + others + ", expected 0 or more");
        }
        add(Kind.ANSWER_LATE, others);
    }

    /** Whether it befalls this exchange, which then counts as one of its times. */
    boolean strikes(int arrival, List<Change> changes) {
        if (timesLeft > 0 && (number == 0 || number == arrival) && changes.stream().anyMatch(filter)) {
            timesLeft--;
            return true;
        }
        return false;
    }

    Kind kind() {
        return kind;
    }

    int others() {
        return others;
    }

    private void add(Kind newKind, int newOthers) {
        destination.locked(() -> {
            kind = newKind;
            others = newOthers;
            destination.add(this);
            return kind;
        });
    }
}
