package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.pgcdc.pipeline.PipelineStatus;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Readiness of one consumer: DOWN while its pipeline waits to try again or has given up, while a table of it is in
 * Error, while a thread of it is dead, and beyond the thresholds of lag and retained log that say so. What is only to
 * be warned of is told in the message of an UP.
 */
final class PgCdcHealthCheck extends AbstractHealthCheck {

    private static final long MILLIS = 1_000_000;

    private final PgCdcConsumer consumer;

    PgCdcHealthCheck(PgCdcConsumer consumer) {
        super("camel", id(consumer));
        this.consumer = consumer;
    }

    /** Under {@code master:} the consumer has no route. */
    static String id(PgCdcConsumer consumer) {
        return "consumer:pgcdc-"
               + (consumer.getRouteId() == null ? consumer.getEndpoint().getPipelineName() : consumer.getRouteId());
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        PipelineStatus status = consumer.status();
        details(builder, status);
        List<String> reasons = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        boolean stands = switch (status.state()) {
            case STARTING, STANDBY, RUNNING, PAUSED, COMPLETED -> true;
            case STOPPED, RETRYING, FAILED -> false;
        };
        if (status.error() != null) {
            (stands ? warnings : reasons).add(status.error().getMessage());
        }
        if (!status.deadThreads().isEmpty()) {
            reasons.add("Dead thread(s): " + String.join(", ", status.deadThreads()));
        }
        tables(builder, status, reasons);
        lag(status, reasons, warnings);
        retention(status, reasons, warnings);
        if (stands && reasons.isEmpty()) {
            builder.up();
        } else {
            builder.down();
        }
        if (!warnings.isEmpty()) {
            builder.detail("warning", String.join(" ", warnings));
        }
        reasons.addAll(warnings);
        if (!reasons.isEmpty()) {
            builder.message(String.join(" ", reasons));
        }
    }

    private void details(HealthCheckResultBuilder builder, PipelineStatus status) {
        builder.detail("pipeline", consumer.getEndpoint().getPipelineName());
        builder.detail("state", PipelineReport.text(status.state()));
        builder.detail("since", status.since().toString());
        if (status.error() != null) {
            builder.detail("error", status.error().code().name());
            builder.detail("errorAt", status.failure().at().toString());
            if (status.error().remedy() != null) {
                builder.detail("remedy", status.error().remedy());
            }
        }
        if (status.lagBytes() >= 0) {
            builder.detail("lagBytes", status.lagBytes());
        }
        if (status.lag() != null) {
            builder.detail("lagSeconds", PipelineReport.seconds(status.lag()));
        }
        if (status.server() != null && status.server().retainedBytes() >= 0) {
            builder.detail("retainedBytes", status.server().retainedBytes());
        }
    }

    private static void tables(HealthCheckResultBuilder builder, PipelineStatus status, List<String> reasons) {
        List<PipelineStatus.Table> broken = status.tables().stream()
                .filter(table -> table.stage() == PipelineStatus.TableStage.ERROR)
                .toList();
        if (!broken.isEmpty()) {
            reasons.add(broken.size() + " table(s) in Error. " + broken.get(0).table() + ": " + broken.get(0).error());
            builder.detail("tablesInError", broken.stream().map(t -> t.table().toString()).toList());
        }
    }

    private void lag(PipelineStatus status, List<String> reasons, List<String> warnings) {
        if (status.lag() == null) {
            return;
        }
        PgCdcConfiguration limits = consumer.getEndpoint().getConfiguration();
        long lag = status.lag().toNanos() / MILLIS;
        told(lag, limits.getHealthLagWarn(), limits.getHealthLagDown(),
                "The destination is " + status.lag().toSeconds() + " s behind.", reasons, warnings);
    }

    private void retention(PipelineStatus status, List<String> reasons, List<String> warnings) {
        if (status.server() == null) {
            return;
        }
        PgCdcConfiguration limits = consumer.getEndpoint().getConfiguration();
        told(status.server().retainedBytes(), limits.getHealthRetainedWarn(), limits.getHealthRetainedDown(),
                "The server keeps " + status.server().retainedBytes() + " bytes of its log for the slots of the pipeline.",
                reasons, warnings);
        if ("unreserved".equals(status.server().walStatus())) {
            warnings.add("The server may remove log that a slot of the pipeline needs (wal_status = unreserved).");
        }
    }

    /** A limit of 0 is none. */
    private static void told(
            long value, long warn, long down, String what, List<String> reasons, List<String> warnings) {
        if (down > 0 && value >= down) {
            reasons.add(what);
        } else if (warn > 0 && value >= warn) {
            warnings.add(what);
        }
    }
}
