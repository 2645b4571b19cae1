package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.postgres.ServerFigures;
import org.apache.camel.CamelContext;

/**
 * Metrics of one consumer, {@code camel.pgcdc.*}: gauges and counters that read its status when somebody looks, so a
 * row costs nothing. docs/operations.md lists them. The only class that knows Micrometer.
 */
final class MicrometerMeters implements ConsumerMeters {

    /** As camel-micrometer calls its registry. */
    private static final String REGISTRY_NAME = "metricsRegistry";
    private static final String SECONDS = "seconds";
    private static final String PREFIX = "camel.pgcdc.";
    /** Each is some time series; those in Error are told beyond that. */
    static final int MOST_TABLES = 100;
    static final int MOST_TABLES_IN_ERROR = 1_000;

    private static final List<String> WAL_STATUS = List.of("reserved", "extended", "unreserved", "lost");

    private final MeterRegistry registry;
    private final Tags tags;
    private final StatusSnapshot status;
    private final List<Meter> meters = new CopyOnWriteArrayList<>();
    private final MultiGauge stages;
    private final MultiGauge rows;
    private final MultiGauge bytes;
    private final MultiGauge progress;
    private volatile Map<String, PipelineStatus.Table> tables = Map.of();
    private boolean removed;

    private MicrometerMeters(MeterRegistry registry, Tags tags, PgCdcConsumer consumer) {
        this.registry = registry;
        this.tags = tags;
        this.status = new StatusSnapshot(consumer);
        this.stages = ofTables("table.stage", null, "1 for the stage that a table is in");
        this.rows = ofTables("table.copy.rows", BaseUnits.ROWS, "Rows read by a table's copy");
        this.bytes = ofTables("table.copy.bytes", BaseUnits.BYTES, "Bytes read by a table's copy");
        this.progress = ofTables("table.copy.progress", null, "How much of a table is copied, from 0 to 1");
        registerPipeline();
        registerServer();
        registerCounters();
        refresh();
    }

    static ConsumerMeters register(CamelContext context, PgCdcConsumer consumer) {
        MeterRegistry registry = context.getRegistry().lookupByNameAndType(REGISTRY_NAME, MeterRegistry.class);
        if (registry == null) {
            Set<MeterRegistry> all = context.getRegistry().findByType(MeterRegistry.class);
            registry = all.size() == 1 ? all.iterator().next() : null;
        }
        if (registry == null) {
            return NONE;
        }
        String route = consumer.getRouteId();
        return new MicrometerMeters(
                registry,
                Tags.of("camelContext", context.getName(), "pipeline", consumer.getEndpoint().getPipelineName(),
                        // The same keys always: under master: the route is not known.
                        "routeId", route == null ? "" : route),
                consumer);
    }

    private void registerPipeline() {
        for (PipelineStatus.State state : PipelineStatus.State.values()) {
            gauge("state", null, "1 for the state that the pipeline is in", Tags.of("state", PipelineReport.text(state)),
                    s -> s.state() == state ? 1 : 0);
        }
        gauge("lag.bytes", BaseUnits.BYTES, "The server's log behind the confirmed position", Tags.empty(),
                s -> orNaN(s.lagBytes()));
        gauge("lag.seconds", SECONDS, "Age of the oldest commit that is not complete", Tags.empty(),
                s -> s.lag() == null ? Double.NaN : PipelineReport.seconds(s.lag()));
        gauge("lsn", null, "Positions in the server's log", Tags.of("position", "received"), s -> position(s.received()));
        gauge("lsn", null, "Positions in the server's log", Tags.of("position", "confirmed"), s -> position(s.confirmed()));
        gauge("in.flight", null, "Changes that the route has and has not completed", Tags.empty(),
                PipelineStatus::inFlight);
        gauge("oldest.unacknowledged.seconds", SECONDS,
                "How long ago the oldest change was read that is not completed", Tags.empty(),
                s -> PipelineReport.seconds(s.oldestUnacknowledged()));
        for (PipelineStatus.TableStage stage : PipelineStatus.TableStage.values()) {
            gauge("tables", "tables", "Tables by stage", Tags.of("stage", PipelineReport.text(stage)),
                    s -> s.tables().stream().filter(table -> table.stage() == stage).count());
        }
        gauge("threads.dead", null, "Threads that died and were not replaced", Tags.empty(), s -> s.deadThreads().size());
    }

    private void registerServer() {
        gauge("lsn", null, "Positions in the server's log", Tags.of("position", "server"),
                s -> s.server() == null ? Double.NaN : position(s.server().position()));
        gauge("slot.retained.bytes", BaseUnits.BYTES, "How much of its log the server keeps for the slots", Tags.empty(),
                ofServer(server -> orNaN(server.retainedBytes())));
        gauge("slot.safe.wal.bytes", BaseUnits.BYTES,
                "How much log may be written until a slot is in danger (safe_wal_size); none without a limit", Tags.empty(),
                ofServer(server -> orNaN(server.safeWalSize())));
        for (String value : WAL_STATUS) {
            gauge("slot.wal.status", null, "1 for the wal_status of the slot that keeps most", Tags.of("status", value),
                    ofServer(server -> value.equals(server.walStatus()) ? 1 : 0));
        }
        gauge("server.read.seconds", SECONDS, "When the server was asked last, in seconds since 1970", Tags.empty(),
                ofServer(server -> server.readAt().toEpochMilli() / 1e3));
    }

    private void registerCounters() {
        for (Operation operation : Operation.values()) {
            counter("changes", null, "Rows and changes that are complete", Tags.of("operation", operation.text()),
                    c -> c.changes().get(operation));
        }
        counter("delivered", BaseUnits.BYTES, "Size of rows and changes that are complete", Tags.empty(),
                PipelineStatus.Counters::bytes);
        counter("batches", null, "Exchanges handed to the route", Tags.empty(), PipelineStatus.Counters::batches);
        counter("exchanges", null, "Exchanges that have ended", Tags.of("outcome", "completed"),
                PipelineStatus.Counters::completed);
        counter("exchanges", null, "Exchanges that have ended", Tags.of("outcome", "failed"), PipelineStatus.Counters::failed);
        counter("skipped", null, "Rows and changes left out for good", Tags.empty(), PipelineStatus.Counters::skipped);
        counter("retries", null, "Redeliveries of failed exchanges", Tags.empty(), PipelineStatus.Counters::retries);
        counter("restarts", null, "Restarts of the pipeline after a failure", Tags.empty(), PipelineStatus.Counters::restarts);
        counter("reconnects", null, "Restarts because the server was not to be reached", Tags.empty(),
                PipelineStatus.Counters::reconnects);
        counter("decode", SECONDS, "What decoding took, estimated", Tags.empty(),
                c -> PipelineReport.seconds(c.decodeTime()));
    }

    private void gauge(String name, String unit, String description, Tags more, ToDoubleFunction<PipelineStatus> figure) {
        meters.add(Gauge.builder(PREFIX + name, status, s -> figure.applyAsDouble(s.get())).baseUnit(unit)
                .description(description).tags(tags.and(more)).strongReference(true).register(registry));
    }

    private void counter(
            String name, String unit, String description, Tags more, ToDoubleFunction<PipelineStatus.Counters> figure) {
        meters.add(FunctionCounter.builder(PREFIX + name, status, s -> figure.applyAsDouble(s.get().counters()))
                .baseUnit(unit).description(description).tags(tags.and(more)).register(registry));
    }

    private MultiGauge ofTables(String name, String unit, String description) {
        return MultiGauge.builder(PREFIX + name).baseUnit(unit).description(description).tags(tags).register(registry);
    }

    private static ToDoubleFunction<PipelineStatus> ofServer(ToDoubleFunction<ServerFigures> figure) {
        return s -> s.server() == null ? Double.NaN : figure.applyAsDouble(s.server());
    }

    private static double orNaN(long value) {
        return value < 0 ? Double.NaN : value;
    }

    private static double position(Lsn lsn) {
        return lsn.equals(Lsn.ZERO) ? Double.NaN : lsn.value();
    }

    @Override
    public synchronized void refresh() {
        if (removed) {
            return;
        }
        List<PipelineStatus.Table> told = told(status.get().tables());
        Map<String, PipelineStatus.Table> now = new HashMap<>();
        List<MultiGauge.Row<?>> staged = new ArrayList<>();
        List<MultiGauge.Row<?>> rowsCopied = new ArrayList<>();
        List<MultiGauge.Row<?>> bytesCopied = new ArrayList<>();
        List<MultiGauge.Row<?>> copied = new ArrayList<>();
        for (PipelineStatus.Table table : told) {
            String name = table.table().toString();
            now.put(name, table);
            Tags ofTable = Tags.of("table", name);
            // Rows of before go after the new ones have come: whoever scrapes in between must not see a table in two stages.
            staged.add(MultiGauge.Row.of(
                    ofTable.and("stage", PipelineReport.text(table.stage())), () -> isIn(name, table.stage()) ? 1 : 0));
            if (table.copy() != null) {
                rowsCopied.add(MultiGauge.Row.of(ofTable, () -> copy(name, PipelineStatus.Copy::rows)));
                bytesCopied.add(MultiGauge.Row.of(ofTable, () -> copy(name, PipelineStatus.Copy::bytes)));
                copied.add(MultiGauge.Row.of(ofTable, () -> copy(name, PipelineStatus.Copy::progress)));
            }
        }
        tables = now;
        stages.register(staged);
        rows.register(rowsCopied);
        bytes.register(bytesCopied);
        progress.register(copied);
    }

    private boolean isIn(String table, PipelineStatus.TableStage stage) {
        PipelineStatus.Table known = tables.get(table);
        return known != null && known.stage() == stage;
    }

    private Number copy(String table, java.util.function.Function<PipelineStatus.Copy, Number> figure) {
        PipelineStatus.Table known = tables.get(table);
        return known == null || known.copy() == null ? Double.NaN : figure.apply(known.copy());
    }

    /** Those that somebody has to look at first; so many that nobody's storage is filled. */
    private static List<PipelineStatus.Table> told(List<PipelineStatus.Table> all) {
        List<PipelineStatus.Table> sorted
                = all.stream().sorted(Comparator.comparingInt(PipelineReport::urgency)).toList();
        int broken = (int) all.stream().filter(table -> table.stage() == PipelineStatus.TableStage.ERROR).count();
        return sorted.subList(0, Math.min(all.size(), Math.max(MOST_TABLES, Math.min(broken, MOST_TABLES_IN_ERROR))));
    }

    @Override
    public synchronized void remove() {
        removed = true;
        List.of(stages, rows, bytes, progress).forEach(gauge -> gauge.register(List.of()));
        meters.forEach(registry::remove);
        meters.clear();
    }
}
