package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ByteBudgetTest {

    private static final BooleanSupplier PATIENT = () -> true;

    private final ByteBudget budget = new ByteBudget(100);
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    @Test
    void what_came_later_and_would_fit_does_not_pass_by_what_waits() throws InterruptedException {
        budget.acquire(60, PATIENT);
        Thread large = acquire("large", 50);
        Thread small = acquire("small", 10);
        assertThat(order).isEmpty();
        budget.release(60);
        large.join();
        small.join();
        assertThat(order).containsExactly("large", "small");
        assertThat(budget.used()).isEqualTo(60);
    }

    @Test
    void what_is_more_than_the_bound_is_let_in_when_half_of_it_is_free() throws InterruptedException {
        budget.acquire(51, PATIENT);
        Thread huge = acquire("huge", 1_000);
        assertThat(order).isEmpty();
        budget.release(1);
        huge.join();
        assertThat(budget.used()).isEqualTo(1_050);
        Thread small = acquire("small", 1);
        assertThat(order).containsExactly("huge");
        budget.release(1_000);
        small.join();
    }

    @Test
    void who_gives_up_waiting_leaves_its_place_and_has_taken_nothing() throws InterruptedException {
        budget.acquire(60, PATIENT);
        AtomicBoolean waits = new AtomicBoolean();
        Thread small = new Thread(() -> {
            Awaitility.await().untilTrue(waits);
            budget.acquire(10, PATIENT);
        });
        small.start();
        assertThatThrownBy(() -> budget.acquire(50, () -> {
            if (waits.getAndSet(true)) {
                throw new StoppedException();
            }
            return true;
        })).isInstanceOf(StoppedException.class);
        small.join();
        assertThat(budget.used()).isEqualTo(70);
    }

    /** On a thread of its own that waits, or is through, when this returns. */
    private Thread acquire(String name, long bytes) {
        AtomicBoolean waits = new AtomicBoolean();
        Thread thread = new Thread(() -> {
            budget.acquire(bytes, () -> {
                waits.set(true);
                return true;
            });
            order.add(name);
            waits.set(true);
        }, name);
        thread.start();
        Awaitility.await().untilTrue(waits);
        return thread;
    }
}
