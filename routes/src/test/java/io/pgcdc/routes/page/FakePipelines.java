package io.pgcdc.routes.page;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/** Pipelines that are nothing but what the console would say of them, and that note what is asked of them. */
final class FakePipelines implements Pipelines {

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile LongFunction<String> pipelines = millis -> "";
    private volatile RuntimeException failure;

    /**
     * @param pipelines what {@link #pipeline} makes, by milliseconds since 1970; joined by commas, asked at each look
     */
    FakePipelines say(LongFunction<String> pipelines) {
        this.pipelines = pipelines;
        return this;
    }

    FakePipelines say(String... pipelines) {
        return say(millis -> String.join(",", pipelines));
    }

    /** Lets every later call fail. */
    void failWith(RuntimeException failure) {
        this.failure = failure;
    }

    /** What was asked, as {@code pause shop} or {@code resync shop public.orders}. */
    List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public JsonObject status() {
        return status(System.currentTimeMillis());
    }

    JsonObject status(long millis) {
        String json = "{\"pipelines\":[" + pipelines.apply(millis) + "]}";
        try {
            return (JsonObject) Jsoner.deserialize(json);
        } catch (DeserializationException e) {
            throw new IllegalArgumentException("The test's own JSON is wrong: " + json, e);
        }
    }

    @Override
    public void pause(PipelineKey pipeline) {
        call("pause " + pipeline.pipeline());
    }

    @Override
    public void resume(PipelineKey pipeline) {
        call("resume " + pipeline.pipeline());
    }

    @Override
    public void resync(PipelineKey pipeline, String table) {
        call("resync " + pipeline.pipeline() + " " + table);
    }

    private void call(String call) {
        calls.add(call);
        if (failure != null) {
            throw failure;
        }
    }

    /** @param more further members, from the comma on */
    static String pipeline(String name, String state, String more, String... tables) {
        return """
                {"pipeline":"%1$s","publication":"%1$s","routeId":"%1$s-to-warehouse","database":"shop",
                "slot":"pgcdc_shop_%1$s","state":"%2$s","since":"%3$s","measuredAt":"%4$s","tables":[%5$s]%6$s}"""
                .formatted(name, state, Instant.now().minus(Duration.ofMinutes(134)), Instant.now(), String.join(",", tables),
                        more);
    }

    /** Figures that move with the time, as of a shop of some 240 changes a second. */
    static String figures(long millis) {
        return figures(millis, 0);
    }

    static String figures(long millis, long rowsCopied) {
        double seconds = millis / 1000.0 % 100_000;
        double wave = 55 * Math.sin(seconds / 38) + 18 * Math.sin(seconds / 11) + 9 * Math.sin(seconds / 2.3);
        return """
                ,"lsn":{"received":"2/8F31A0C8","confirmed":"2/8F3197F0","server":"2/8F31A0C8"},
                "lag":{"bytes":%d,"seconds":%.3f},"retention":{"bytes":%d,"safeWalSize":10523508736,"walStatus":"reserved"},
                "inFlight":42,"oldestUnacknowledgedSeconds":0.12,
                "counters":{"changes":{"read":%d,"insert":%d,"update":%d,"delete":2204,"truncate":0,"message":0,"schema":1},
                "bytes":%d,"batches":1204,"completed":80421,"failed":0,"skipped":0,"retries":0,"restarts":0,"reconnects":0}"""
                .formatted((long) (90_000 + 900 * wave), 0.25 + wave / 500, (long) (18_000_000 + 90_000 * wave),
                        rowsCopied,
                        (long) (200 * seconds - 38 * 60 * Math.cos(seconds / 38) - 11 * 40 * Math.cos(seconds / 11)
                                + 14 * Math.sin(seconds / 1.9)),
                        (long) (30 * seconds),
                        (long) (34_000 * seconds));
    }

    static String streaming(String table) {
        return "{\"table\":%s,\"stage\":\"streaming\",\"copy\":{\"rows\":60000,\"bytes\":9000000,\"progress\":1.0}}"
                .formatted(quoted(table));
    }

    static String copying(String table, double progress, double etaSeconds) {
        return """
                {"table":%s,"stage":"copy","copy":{"rows":%d,"bytes":%d,"estimatedBytes":4000000000,"progress":%s,
                "etaSeconds":%s}}""".formatted(quoted(table), (long) (24_000_000 * progress), (long) (4e9 * progress), progress,
                etaSeconds);
    }

    static String waiting(String table) {
        return "{\"table\":%s,\"stage\":\"init\"}".formatted(quoted(table));
    }

    /** The error of the pipeline itself. */
    static String error(String code, String message, String remedy) {
        return ",\"error\":{\"code\":\"%s\",\"message\":%s,\"remedy\":%s,\"at\":\"%s\"}"
                .formatted(code, quoted(message), quoted(remedy), Instant.now());
    }

    static String inError(String table, String error, String remedy) {
        return "{\"table\":%s,\"stage\":\"error\",\"error\":%s,\"remedy\":%s}"
                .formatted(quoted(table), quoted(error), quoted(remedy));
    }

    static String[] manyTables(int count) {
        return Stream.concat(
                Stream.of(inError("public.invoices", "The route failed with a change of public.invoices at 2/8F2FF010",
                        "Mend the route, then resync the table"), copying("public.events", 0.38, 96)),
                IntStream.range(2, count).mapToObj(i -> streaming("tenant_%03d.orders_%d".formatted(i % 250, i))))
                .toArray(String[]::new);
    }

    private static String quoted(String text) {
        return Stream.of(Jsoner.escape(text)).collect(Collectors.joining("", "\"", "\""));
    }
}
