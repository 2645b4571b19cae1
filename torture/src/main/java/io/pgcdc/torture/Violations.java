package io.pgcdc.torture;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** What was found so far, in the order in which it was found. Safe for use by several threads. */
final class Violations {

    private static final int KEPT = 20; // the first one matters, the rest follow from it

    private final Consumer<String> progress;
    private final List<Violation> first = new CopyOnWriteArrayList<>();
    private final Map<Invariant, AtomicInteger> counts = new ConcurrentHashMap<>();

    Violations(Consumer<String> progress) {
        this.progress = progress;
    }

    void add(Invariant invariant, String detail) {
        counts.computeIfAbsent(invariant, i -> new AtomicInteger()).incrementAndGet();
        if (first.size() < KEPT) {
            Violation violation = new Violation(invariant, detail);
            first.add(violation);
            progress.accept("VIOLATED: " + violation);
        }
    }

    boolean none() {
        return first.isEmpty();
    }

    List<Violation> first() {
        return List.copyOf(first);
    }

    int count(Invariant invariant) {
        AtomicInteger count = counts.get(invariant);
        return count == null ? 0 : count.get();
    }
}
