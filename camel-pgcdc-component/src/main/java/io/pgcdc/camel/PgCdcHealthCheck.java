package io.pgcdc.camel;

import java.util.List;
import java.util.Map;

import io.pgcdc.pipeline.PipelineStatus;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Readiness of one consumer: DOWN while its pipeline waits to try again, or has given up, and while a table of it is in
 * Error.
 */
final class PgCdcHealthCheck extends AbstractHealthCheck {

    private final PgCdcConsumer consumer;

    PgCdcHealthCheck(PgCdcConsumer consumer) {
        super("camel", "consumer:pgcdc-"
                       + (consumer.getRouteId() == null
                               ? consumer.getEndpoint().getPipelineName() : consumer.getRouteId()));
        this.consumer = consumer;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        PipelineStatus status = consumer.status();
        builder.detail("pipeline", consumer.getEndpoint().getPipelineName());
        builder.detail("state", status.state().name().toLowerCase(java.util.Locale.ROOT));
        List<PipelineStatus.Table> broken = status.tables().stream()
                .filter(table -> table.stage() == PipelineStatus.TableStage.ERROR)
                .toList();
        switch (status.state()) {
            case STARTING, STANDBY, RUNNING, COMPLETED -> {
                if (broken.isEmpty()) {
                    builder.up();
                } else {
                    builder.down();
                    builder.message(broken.size() + " table(s) in Error. " + broken.get(0).table() + ": "
                                    + broken.get(0).error());
                    builder.detail("tablesInError", broken.stream().map(t -> t.table().toString()).toList());
                }
            }
            case STOPPED, RETRYING, FAILED -> builder.down();
        }
        if (status.error() != null) {
            builder.message(status.error().getMessage());
            builder.detail("error", status.error().code().name());
        }
    }
}
