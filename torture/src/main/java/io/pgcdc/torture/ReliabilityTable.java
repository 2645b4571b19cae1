package io.pgcdc.torture;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;

import io.pgcdc.testing.PostgresServer;

/** The results in Markdown, as docs/reliability.md has them. */
final class ReliabilityTable {

    private final List<SeedResult> results;

    ReliabilityTable(List<SeedResult> results) {
        this.results = results;
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(LocalDate.now(ZoneOffset.UTC)).append(", seeds ").append(results.get(0).seed()).append(" to ")
                .append(results.get(results.size() - 1).seed()).append(", ")
                .append(sum(SeedResult::seconds) / 60).append(" minutes of seeds, PostgreSQL ")
                .append(PostgresServer.shared().major()).append(".\n\n");
        text.append("| fault | times |\n|---|---:|\n");
        for (Fault fault : Fault.values()) {
            row(text, fault.words(), sum(result -> result.count(fault)));
        }
        row(text, "**JVM kills**", sum(SeedResult::jvmKills));
        row(text, "**network faults**", sum(SeedResult::networkFaults));
        text.append("\n| checked | |\n|---|---:|\n");
        row(text, "transactions", sum(SeedResult::transactions));
        row(text, "changes", sum(SeedResult::changes));
        row(text, "copied rows", sum(SeedResult::copied));
        row(text, "repeated in declared windows", sum(SeedResult::repeated));
        text.append("\n| invariant | violations |\n|---|---:|\n");
        for (Invariant invariant : Invariant.values()) {
            row(text, (invariant.ordinal() + 1) + ". " + invariant.words(), sum(result -> result.count(invariant)));
        }
        text.append("\n| measured | |\n|---|---:|\n");
        row(text, "peak heap of the route's JVM (`-Xmx256m`)", max(result -> result.maxima().heap()) >> 20, " MiB");
        row(text, "most threads of the route's JVM", max(result -> result.maxima().threads()), "");
        row(text, "most connections to the server", max(result -> result.maxima().connections()), "");
        row(text, "most log kept by the slots", max(result -> result.maxima().keptLog()) >> 20, " MiB");
        times(text, "standby takes over after", results.stream().flatMap(r -> r.takeovers().stream()).sorted().toList());
        times(text, "health DOWN after", results.stream().flatMap(r -> r.downs().stream()).sorted().toList());
        seeds(text);
        return text.toString();
    }

    private void seeds(StringBuilder text) {
        text.append("\n| seed | route | seconds | JVM kills | walsender | server | network | changes | repeated | result |\n")
                .append("|---:|---|---:|---:|---:|---:|---:|---:|---:|---|\n");
        for (SeedResult result : results) {
            text.append("| ").append(result.seed())
                    .append(" | ").append(result.variant())
                    .append(" | ").append(result.seconds())
                    .append(" | ").append(result.jvmKills())
                    .append(" | ").append(result.count(Fault.WALSENDER_KILLED))
                    .append(" | ").append(result.count(Fault.SERVER_KILLED) + result.count(Fault.SERVER_RESTARTED))
                    .append(" | ").append(result.networkFaults())
                    .append(" | ").append(result.changes())
                    .append(" | ").append(result.repeated())
                    .append(" | ").append(result.passed() ? "passed" : result.violations().get(0))
                    .append(" |\n");
        }
    }

    private static void times(StringBuilder text, String name, List<Long> sorted) {
        if (!sorted.isEmpty()) {
            row(text, name + ", median", sorted.get(sorted.size() / 2), " ms");
            row(text, name + ", longest", Collections.max(sorted), " ms");
        }
    }

    private static void row(StringBuilder text, String name, long value) {
        row(text, name, value, "");
    }

    private static void row(StringBuilder text, String name, long value, String unit) {
        text.append("| ").append(name).append(" | ").append(value).append(unit).append(" |\n");
    }

    private long sum(ToLongFunction<SeedResult> value) {
        return results.stream().mapToLong(value).sum();
    }

    private long max(ToLongFunction<SeedResult> value) {
        return results.stream().mapToLong(value).max().orElse(0);
    }
}
