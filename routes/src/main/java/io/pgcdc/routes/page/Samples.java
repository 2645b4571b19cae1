package io.pgcdc.routes.page;

import java.util.List;
import java.util.Map;

import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/**
 * The figures of one pipeline over the last minutes, in a ring of fixed size. Rates are those since the sample before;
 * what is not known is NaN here and {@code null} in JSON.
 *
 * <p>
 * <em>Thread-safety:</em> none; its history locks.
 */
final class Samples {

    private static final List<String> CHANGES = List.of("insert", "update", "delete", "truncate");

    private final long[] at;
    /** By name, in the order in which they are answered. */
    private final Map<String, double[]> series;
    private int size;
    private int next;
    private double lastChanges = Double.NaN;
    private double lastRows = Double.NaN;
    private double lastBytes = Double.NaN;

    Samples(int capacity) {
        at = new long[capacity];
        series = Map.of("changes", new double[capacity], "rows", new double[capacity], "bytes", new double[capacity],
                "lagSeconds", new double[capacity], "lagBytes", new double[capacity], "retainedBytes", new double[capacity]);
    }

    /** @param millis later than those before */
    void add(long millis, Map<String, ?> pipeline) {
        Map<?, ?> counters = object(pipeline, "counters");
        Map<?, ?> kinds = object(counters, "changes");
        double changes = CHANGES.stream().mapToDouble(kind -> number(kinds, kind)).sum();
        double rows = number(kinds, "read");
        double bytes = number(counters, "bytes");
        double seconds = size == 0 ? Double.NaN : (millis - newest()) / 1000.0;
        set("changes", rate(lastChanges, changes, seconds));
        set("rows", rate(lastRows, rows, seconds));
        set("bytes", rate(lastBytes, bytes, seconds));
        set("lagSeconds", number(object(pipeline, "lag"), "seconds"));
        set("lagBytes", number(object(pipeline, "lag"), "bytes"));
        set("retainedBytes", number(object(pipeline, "retention"), "bytes"));
        lastChanges = changes;
        lastRows = rows;
        lastBytes = bytes;
        at[next] = millis;
        next = (next + 1) % at.length;
        size = Math.min(size + 1, at.length);
    }

    private void set(String name, double value) {
        series.get(name)[next] = value;
    }

    /** A pipeline that was started anew counts from zero again. */
    private static double rate(double before, double now, double seconds) {
        return now < before ? Double.NaN : (now - before) / seconds;
    }

    long newest() {
        return at[(next + at.length - 1) % at.length];
    }

    /** Arrays of the same length, oldest first: {@code at} in milliseconds since 1970, and each figure. */
    JsonObject since(long millis) {
        JsonObject answer = new JsonObject();
        JsonArray times = new JsonArray();
        answer.put("at", times);
        series.keySet().forEach(name -> answer.put(name, new JsonArray()));
        for (int i = 0; i < size; i++) {
            int slot = Math.floorMod(next - size + i, at.length);
            if (at[slot] > millis) {
                times.add(at[slot]);
                series.forEach((name, values) -> answer.<JsonArray> getCollection(name).add(rounded(values[slot])));
            }
        }
        return answer;
    }

    /** Three digits behind the point: milliseconds of a lag. */
    private static Number rounded(double value) {
        return Double.isFinite(value) ? Math.round(value * 1000) / 1000.0 : null;
    }

    private static Map<?, ?> object(Map<?, ?> parent, String name) {
        return parent.get(name) instanceof Map<?, ?> child ? child : Map.of();
    }

    private static double number(Map<?, ?> parent, String name) {
        return parent.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
