package io.pgcdc.camel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.pgcdc.model.Lsn;
import io.pgcdc.model.Operation;
import io.pgcdc.model.TablePattern;
import io.pgcdc.pipeline.PipelineStatus;
import io.pgcdc.postgres.ServerFigures;

/**
 * How a pipeline fares, as JSON has it: maps, lists, texts, numbers and booleans. What is not known has no key. The
 * keys are what docs/operations.md says.
 */
final class PipelineReport {

    /** A database may have more than anybody reads. */
    static final int MOST_TABLES = 1_000;

    private PipelineReport() {
    }

    static Map<String, Object> of(PgCdcConsumer consumer) {
        PipelineStatus status = consumer.status();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("pipeline", consumer.getEndpoint().getPipelineName());
        report.put("publication", consumer.getEndpoint().getPublication());
        put(report, "routeId", consumer.getRouteId());
        put(report, "database", status.database());
        put(report, "slot", status.slot());
        report.put("state", text(status.state()));
        report.put("since", status.since().toString());
        report.put("paused", status.paused());
        positions(report, status);
        server(report, status.server());
        report.put("inFlight", status.inFlight());
        report.put("oldestUnacknowledgedSeconds", seconds(status.oldestUnacknowledged()));
        report.put("counters", counters(status.counters()));
        tables(report, status.tables());
        put(report, "error", error(status.failure()));
        put(report, "lastError", error(status.lastFailure()));
        if (!status.deadThreads().isEmpty()) {
            report.put("deadThreads", status.deadThreads());
        }
        return report;
    }

    /** An enum's constant as JSON, metrics and health tell it. */
    static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static void positions(Map<String, Object> report, PipelineStatus status) {
        Map<String, Object> lsn = new LinkedHashMap<>();
        putKnown(lsn, "received", status.received());
        putKnown(lsn, "confirmed", status.confirmed());
        if (status.server() != null) {
            putKnown(lsn, "server", status.server().position());
        }
        putFilled(report, "lsn", lsn);
        Map<String, Object> lag = new LinkedHashMap<>();
        if (status.lagBytes() >= 0) {
            lag.put("bytes", status.lagBytes());
        }
        if (status.lag() != null) {
            lag.put("seconds", seconds(status.lag()));
        }
        putFilled(report, "lag", lag);
    }

    private static void server(Map<String, Object> report, ServerFigures server) {
        if (server == null) {
            return;
        }
        Map<String, Object> retention = new LinkedHashMap<>();
        if (server.retainedBytes() >= 0) {
            retention.put("bytes", server.retainedBytes());
        }
        if (server.safeWalSize() >= 0) {
            retention.put("safeWalSize", server.safeWalSize());
        }
        put(retention, "walStatus", server.walStatus());
        putFilled(report, "retention", retention);
        report.put("measuredAt", server.readAt().toString());
    }

    private static Map<String, Object> counters(PipelineStatus.Counters counters) {
        Map<String, Object> changes = new LinkedHashMap<>();
        for (Operation operation : Operation.values()) {
            changes.put(operation.text(), counters.changes().getOrDefault(operation, 0L));
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("changes", changes);
        all.put("bytes", counters.bytes());
        all.put("batches", counters.batches());
        all.put("completed", counters.completed());
        all.put("failed", counters.failed());
        all.put("skipped", counters.skipped());
        all.put("retries", counters.retries());
        all.put("restarts", counters.restarts());
        all.put("reconnects", counters.reconnects());
        all.put("decodeSeconds", seconds(counters.decodeTime()));
        return all;
    }

    private static void tables(Map<String, Object> report, List<PipelineStatus.Table> tables) {
        Map<String, Integer> stages = new TreeMap<>();
        tables.forEach(table -> stages.merge(text(table.stage()), 1, Integer::sum));
        report.put("tableCount", tables.size());
        report.put("tableStages", stages);
        List<Map<String, Object>> told = new ArrayList<>();
        tables.stream()
                .sorted(Comparator.comparingInt(PipelineReport::urgency))
                .limit(MOST_TABLES)
                .forEach(table -> told.add(table(table)));
        report.put("tables", told);
    }

    /** Those in Error and under copy come first. */
    static int urgency(PipelineStatus.Table table) {
        return switch (table.stage()) {
            case ERROR -> 0;
            case COPY -> 1;
            case INIT -> 2;
            case STREAMING -> 3;
        };
    }

    private static Map<String, Object> table(PipelineStatus.Table table) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("table", TablePattern.text(table.table()));
        told.put("stage", text(table.stage()));
        PipelineStatus.Copy copy = table.copy();
        if (copy != null) {
            Map<String, Object> progress = new LinkedHashMap<>();
            progress.put("rows", copy.rows());
            progress.put("bytes", copy.bytes());
            if (copy.estimatedRows() >= 0) {
                progress.put("estimatedRows", copy.estimatedRows());
            }
            progress.put("estimatedBytes", copy.estimatedBytes());
            progress.put("progress", copy.progress());
            if (copy.eta() != null) {
                progress.put("etaSeconds", seconds(copy.eta()));
            }
            told.put("copy", progress);
        }
        put(told, "error", table.reason());
        put(told, "remedy", table.remedy());
        return told;
    }

    private static Map<String, Object> error(PipelineStatus.Failure failure) {
        if (failure == null) {
            return null;
        }
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", failure.error().code().name());
        error.put("message", failure.error().getMessage());
        put(error, "remedy", failure.error().remedy());
        error.put("at", failure.at().toString());
        return error;
    }

    private static void put(Map<String, Object> map, String key, Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }

    private static void putFilled(Map<String, Object> map, String key, Map<String, Object> value) {
        if (!value.isEmpty()) {
            map.put(key, value);
        }
    }

    private static void putKnown(Map<String, Object> map, String key, Lsn position) {
        if (!position.equals(Lsn.ZERO)) {
            map.put(key, position.toString());
        }
    }
}
