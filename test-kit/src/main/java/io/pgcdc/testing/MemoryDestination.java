package io.pgcdc.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncCallbackToCompletableFutureAdapter;
import org.apache.camel.support.PluginHelper;

/**
 * The end of a route under test: {@code from("pgcdc:orders").process(destination)}. It keeps what comes in memory, the
 * current rows of each table and every change in order, and misbehaves where the test wants it to:
 *
 * <pre>
 * destination.at(3).reject();
 * destination.when(change -> "delete".equals(change.operation())).times(1).failAfterWriting();
 * </pre>
 *
 * <p>
 * It takes exchanges of single changes, batches ({@code batching=true}), and what Camel's
 * {@code GroupedExchangeAggregationStrategy} makes of single ones. A batch is written whole or not at all, and a fault
 * befalls a batch if any change in it matches. Writing the same change again does no harm, as it should in every sink.
 * One destination may serve several routes, and several Camel contexts one after another, as a database does.
 *
 * <p>
 * An exchange that is held keeps its context from stopping until that gives up waiting: {@link #release()} it before.
 * One that is still held when its context has stopped is forgotten, as by a process that died.
 *
 * <p>
 * <i>Thread-safety:</i> all methods may be called from any thread.
 */
public final class MemoryDestination implements AsyncProcessor {

    private static final Duration AWAIT = Duration.ofSeconds(60); // a route has to start meanwhile, perhaps on a busy machine
    private static final long THREAD_IDLE_SECONDS = 1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // INVARIANT: guarded by the lock; no callback is called while it is held
    private final List<Fault> faults = new ArrayList<>();
    private final List<WaitingExchange> waiting = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final MemoryTables tables = new MemoryTables();
    private int arrivals;

    /** One thread at most, which goes when there is nothing to do, so that nobody needs to close anything. */
    private final ThreadPoolExecutor answers = new ThreadPoolExecutor(
            1, 1, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "memory-destination-answers");
                thread.setDaemon(true);
                return thread;
            });

    /** Empty, and without faults. */
    public MemoryDestination() {
        answers.allowCoreThreadTimeOut(true);
    }

    // Faults

    /**
     * A fault of the n-th exchange that comes, counted from 1 over the destination's whole life; one that comes again
     * after a failure counts again.
     */
    public Fault at(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("number is " + number + ", the first exchange is 1");
        }
        return new Fault(this, number, change -> true);
    }

    /**
     * A fault of the exchanges that hold a change for which the filter is true. The filter must be quick. Where several
     * faults match, the one that was said first counts.
     */
    public Fault when(Predicate<Change> filter) {
        return new Fault(this, 0, filter);
    }

    /** Ends all holds and late answers: writes what is held, in order of arrival, and answers it on another thread. */
    public void release() {
        List<WaitingExchange> released = locked(() -> {
            faults.removeIf(fault -> fault.kind() == Fault.Kind.HOLD || fault.kind() == Fault.Kind.ANSWER_LATE);
            waiting.removeIf(WaitingExchange::isOrphan);
            waiting.forEach(each -> each.unwritten().forEach(this::write));
            List<WaitingExchange> all = List.copyOf(waiting);
            waiting.clear();
            changed.signalAll();
            return all;
        });
        answerElsewhere(released);
    }

    /** Ends all faults: what comes from now on is written and answered; {@link #release() releases} what waits. */
    public void heal() {
        locked(() -> {
            faults.clear();
            return null;
        });
        release();
    }

    // What came

    /**
     * The current rows of a table, read-only, by key: the key column's value, or the list of them where the key has
     * several columns. A row of a table without a key is kept under its event id.
     *
     * @param table schema and name, such as {@code public.orders}
     */
    public Map<Object, Map<String, Object>> rows(String table) {
        return locked(() -> tables.rows(table));
    }

    /** Everything that was written, in the order in which it was, what came again included. */
    public List<Change> changes() {
        return locked(() -> List.copyOf(changes));
    }

    /** {@link #changes()} of one table. */
    public List<Change> changes(String table) {
        return changes().stream().filter(change -> table.equals(change.table())).toList();
    }

    /** How many exchanges have come, whatever became of them. */
    public int arrivals() {
        return locked(() -> arrivals);
    }

    /** How many exchanges are held now. */
    public int held() {
        return locked(() -> (int) waiting.stream().filter(WaitingExchange::isHeld).count());
    }

    // Waits, each for a minute at most

    /**
     * Waits until so many exchanges have come, or more.
     *
     * @throws AssertionError if they have not within a minute
     */
    public void awaitArrivals(int count) {
        await(() -> arrivals >= count, () -> count + " exchange(s) have not come");
    }

    /**
     * Waits until so many exchanges are held, or more.
     *
     * @throws AssertionError if they are not within a minute
     */
    public void awaitHeld(int count) {
        await(() -> held() >= count, () -> count + " exchange(s) are not held, but " + held());
    }

    /**
     * Waits until a table has so many rows, neither more nor fewer.
     *
     * @throws AssertionError if it has not within a minute
     */
    public void awaitRows(String table, int count) {
        await(() -> rows(table).size() == count, () -> table + " has " + rows(table).size() + " row(s), not " + count);
    }

    // The processor

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        int arrival = arrive();
        try {
            WaitingExchange waits = take(exchange, callback, arrival, ReceivedChanges.of(exchange));
            if (waits != null) {
                if (waits.isDue()) {
                    answerElsewhere(List.of(waits));
                }
                return false;
            }
        } catch (RuntimeException e) { // not an exchange of pgcdc:, or a filter that fails
            exchange.setException(e);
        }
        callback.done(true);
        answered(arrival);
        return true;
    }

    @Override
    public void process(Exchange exchange) {
        PluginHelper.getAsyncProcessorAwaitManager(exchange.getContext()).process(this, exchange);
    }

    @Override
    public CompletableFuture<Exchange> processAsync(Exchange exchange) {
        AsyncCallbackToCompletableFutureAdapter<Exchange> answer = new AsyncCallbackToCompletableFutureAdapter<>(exchange);
        process(exchange, answer);
        return answer.getFuture();
    }

    /** How much came, no value. */
    @Override
    public String toString() {
        return locked(() -> "memory destination: " + arrivals + " exchange(s) came, " + changes.size()
                            + " change(s) written, " + waiting.size() + " exchange(s) not answered");
    }

    // Called by faults

    void add(Fault fault) {
        locked(() -> faults.contains(fault) || faults.add(fault));
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private int arrive() {
        return locked(() -> {
            changed.signalAll();
            return ++arrivals;
        });
    }

    /** Does what the faults want; gives the exchange back if it is not to be answered now. */
    private WaitingExchange take(Exchange exchange, AsyncCallback callback, int arrival, List<Change> received) {
        return locked(() -> {
            changed.signalAll();
            Fault fault = faults.stream().filter(each -> each.strikes(arrival, received)).findFirst().orElse(null);
            WaitingExchange waits = null;
            if (fault == null) {
                received.forEach(this::write);
            } else {
                switch (fault.kind()) {
                    case REJECT -> exchange.setException(failed("was rejected and not written", received));
                    case FAIL_AFTER_WRITING -> {
                        received.forEach(this::write);
                        exchange.setException(failed("was written and failed then", received));
                    }
                    case HOLD -> waits = WaitingExchange.held(exchange, callback, arrival, received);
                    case ANSWER_LATE -> {
                        received.forEach(this::write);
                        waits = WaitingExchange.late(exchange, callback, arrival, fault.others());
                    }
                }
            }
            if (waits != null && !waits.isDue()) {
                waiting.add(waits);
            }
            return waits;
        });
    }

    private void write(Change change) {
        changes.add(change);
        tables.apply(change);
    }

    private void answered(int arrival) {
        answerElsewhere(locked(() -> {
            List<WaitingExchange> due = waiting.stream().filter(each -> each.isDueAfter(arrival)).toList();
            waiting.removeAll(due);
            return due;
        }));
    }

    private void answerElsewhere(List<WaitingExchange> due) {
        due.forEach(each -> answers.execute(() -> {
            each.answer();
            answered(each.arrival());
        }));
    }

    private void await(BooleanSupplier condition, Supplier<String> complaint) {
        long left = AWAIT.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError(complaint.get() + ", after " + AWAIT.toSeconds() + " s; " + this);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting; " + this, e);
        } finally {
            lock.unlock();
        }
    }

    private static FaultException failed(String how, List<Change> received) {
        return new FaultException(
                "As the test wants it, this " + how + ": " + (received.size() == 1
                        ? received.get(0)
                        : "a batch of " + received.size() + " changes"));
    }
}
