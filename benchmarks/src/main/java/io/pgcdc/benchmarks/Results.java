package io.pgcdc.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/** All samples, and the tables that are made of them. */
final class Results {

    private final Map<String, Measure> measures = new LinkedHashMap<>();
    private final Map<String, Map<String, List<Sample>>> samples = new LinkedHashMap<>();

    void add(Measure measure, Map<String, List<Sample>> ofContenders) {
        measures.put(measure.key(), measure);
        samples.put(measure.key(), ofContenders);
    }

    void write(Path directory) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(directory.resolve("results.json").toFile(), samples);
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
                    default -> spread("%.1f", runs, run -> run.liveHeapBytes() / 1e6);
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
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
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
        java.util.Arrays.sort(ratios);
        return ratios[ratios.length / 2];
    }
}
