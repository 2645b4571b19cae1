package io.pgcdc.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/** All samples, and the tables that are made of them. */
final class Results {

    /** As results.json names them. */
    private static final Map<String, ToDoubleFunction<Sample>> FIGURES = new LinkedHashMap<>();

    static {
        FIGURES.put("rowsPerSecond", Sample::rowsPerSecond);
        FIGURES.put("cpuSecondsPerMillion", Sample::cpuSecondsPerMillion);
        FIGURES.put("allocatedBytesPerRow", Sample::allocatedBytesPerRow);
        FIGURES.put("machineLoad", Sample::machineLoad);
        FIGURES.put("startSeconds", Sample::startSeconds);
        FIGURES.put("p50Millis", Sample::p50Millis);
        FIGURES.put("p99Millis", Sample::p99Millis);
        FIGURES.put("maxMillis", Sample::maxMillis);
        FIGURES.put("liveHeapBytes", Sample::liveHeapBytes);
    }

    private final String postgres;
    private final Map<String, Measure> measures = new LinkedHashMap<>();
    private final Map<String, Map<String, List<Sample>>> samples = new LinkedHashMap<>();

    /** @param postgres the server's version */
    Results(String postgres) {
        this.postgres = postgres;
    }

    void add(Measure measure, Map<String, List<Sample>> ofContenders) {
        measures.put(measure.key(), measure);
        samples.put(measure.key(), ofContenders);
    }

    void write(Path directory) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve("results.json").toFile(), json());
        StringBuilder text = new StringBuilder();
        measures.values().forEach(measure -> {
            text.append("### ").append(measure.title()).append("\n\n");
            if (measure.kind() == Measure.Kind.RATE || measure.kind() == Measure.Kind.WHOLE) {
                rates(measure, text);
            } else {
                figures(measure, text);
            }
            text.append('\n');
        });
        Files.writeString(directory.resolve("performance.md"), text);
        Charts.write(measures.values(), samples, directory);
    }

    /** Where it was measured, and of each measure and contender every figure of every round, with median and spread. */
    private Map<String, Object> json() {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("at", Instant.now().toString());
        told.put("java", System.getProperty("java.vm.version"));
        told.put("cores", Runtime.getRuntime().availableProcessors());
        told.put("postgres", postgres);
        Map<String, Object> all = new LinkedHashMap<>();
        samples.forEach((key, ofContenders) -> {
            Map<String, Object> contenders = new LinkedHashMap<>();
            ofContenders.forEach((name, runs) -> contenders.put(name, figures(runs)));
            all.put(key, contenders);
        });
        told.put("measures", all);
        return told;
    }

    private static Map<String, Object> figures(List<Sample> runs) {
        Map<String, Object> figures = new LinkedHashMap<>();
        FIGURES.forEach((name, figure) -> {
            double[] values = runs.stream().mapToDouble(figure).toArray();
            if (Arrays.stream(values).noneMatch(value -> value < 0 || Double.isNaN(value) || Double.isInfinite(value))) {
                figures.put(name, Map.of(
                        "median", median(values), "lowest", Arrays.stream(values).min().orElseThrow(), "highest",
                        Arrays.stream(values).max().orElseThrow(), "rounds", values));
            }
        });
        return figures;
    }

    /** What a run gave, for whoever watches. */
    static String line(Measure.Kind kind, Sample sample) {
        return switch (kind) {
            case RATE, WHOLE -> String.format(Locale.ROOT, "%,.0f/s, %.2f CPU s per million", sample.rowsPerSecond(),
                    sample.cpuSecondsPerMillion());
            case LATENCY -> String.format(Locale.ROOT, "p50 %.2f ms, p99 %.2f ms, max %.2f ms", sample.p50Millis(),
                    sample.p99Millis(), sample.maxMillis());
            case START -> String.format(Locale.ROOT, "%.2f s", sample.startSeconds());
            case HEAP -> String.format(Locale.ROOT, "%.1f MB", sample.liveHeapBytes() / 1e6);
        };
    }

    private void figures(Measure measure, StringBuilder text) {
        text.append(switch (measure.kind()) {
            case LATENCY -> "| | p50 ms | p99 ms | max ms |\n|---|---|---|---|\n";
            case START -> "| | s |\n|---|---|\n";
            default -> "| | MB |\n|---|---|\n";
        });
        samples.get(measure.key()).forEach((name, runs) -> text.append("| ").append(name).append(" | ").append(
                switch (measure.kind()) {
                    case LATENCY -> spread("%.2f", runs, Sample::p50Millis) + " | " + spread("%.2f", runs, Sample::p99Millis)
                                    + " | " + spread("%.1f", runs, Sample::maxMillis);
                    case START -> spread("%.2f", runs, Sample::startSeconds);
                    default -> runs.stream().noneMatch(run -> run.liveHeapBytes() < 0)
                            ? spread("%.1f", runs, run -> run.liveHeapBytes() / 1e6)
                            : "over before a look";
                }).append(" |\n"));
    }

    private static String spread(String format, List<Sample> runs, ToDoubleFunction<Sample> figure) {
        return String.format(
                Locale.ROOT, format + " (" + format + "–" + format + ")", median(runs, figure),
                runs.stream().mapToDouble(figure).min().orElseThrow(), runs.stream().mapToDouble(figure).max().orElseThrow());
    }

    private void rates(Measure measure, StringBuilder text) {
        Map<String, List<Sample>> rows = samples.get(measure.key());
        List<Sample> limit = rows.values().iterator().next();
        text.append("| | ").append(measure.unit())
                .append("/s (lowest–highest) | to the first line | CPU s per million | bytes allocated each | all cores busy |\n")
                .append("|---|---|---|---|---|---|\n");
        rows.forEach((name, runs) -> {
            text.append(String.format(Locale.ROOT, "| %s | %s | %.2f | %s | %s | %s |%n", name,
                    spread("%,.0f", runs, Sample::rowsPerSecond), ratio(runs, limit),
                    figure("%.2f", median(runs, Sample::cpuSecondsPerMillion)),
                    figure("%,.0f", median(runs, Sample::allocatedBytesPerRow)),
                    figure("%.0f %%", 100 * median(runs, Sample::machineLoad))));
        });
    }

    private static String figure(String format, double value) {
        return value < 0 ? "" : String.format(Locale.ROOT, format, value);
    }

    static double median(List<Sample> runs, ToDoubleFunction<Sample> figure) {
        return median(runs.stream().mapToDouble(figure).toArray());
    }

    private static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted.length % 2 == 1
                ? sorted[sorted.length / 2]
                : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    }

    /** The median of the rounds' ratios. */
    private static double ratio(List<Sample> runs, List<Sample> others) {
        double[] ratios = new double[Math.min(runs.size(), others.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = runs.get(i).rowsPerSecond() / others.get(i).rowsPerSecond();
        }
        return median(ratios);
    }
}
