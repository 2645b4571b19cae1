package io.pgcdc.torture;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one seed brought.
 *
 * @param faults     how many of each
 * @param changes    row changes and truncates that were delivered and checked, each counted once
 * @param copied     copied rows that were checked
 * @param repeated   changes that came again in declared windows
 * @param counts     violations of each invariant
 * @param violations the first ones
 * @param takeovers  from the death of an instance to the first exchange of the other, in milliseconds
 * @param downs      from the death of a thread, or of the server, to a health check that is DOWN, in milliseconds
 */
record SeedResult(long seed, Variant variant, long seconds, Map<Fault, Integer> faults, long transactions, long changes,
        long copied, long repeated, Map<Invariant, Integer> counts, List<Violation> violations, List<Long> takeovers,
        List<Long> downs, Maxima maxima) {

    int count(Fault fault) {
        return faults.getOrDefault(fault, 0);
    }

    int jvmKills() {
        return faults.entrySet().stream().filter(f -> f.getKey().killsJvm()).mapToInt(Map.Entry::getValue).sum();
    }

    int networkFaults() {
        return faults.entrySet().stream().filter(f -> f.getKey().isNetwork()).mapToInt(Map.Entry::getValue).sum();
    }

    int count(Invariant invariant) {
        return counts.getOrDefault(invariant, 0);
    }

    boolean passed() {
        return violations.isEmpty();
    }

    static Map<Invariant, Integer> counts(Violations violations) {
        Map<Invariant, Integer> counts = new EnumMap<>(Invariant.class);
        for (Invariant invariant : Invariant.values()) {
            counts.put(invariant, violations.count(invariant));
        }
        return counts;
    }
}
