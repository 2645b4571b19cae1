package io.pgcdc.camel;

import java.util.Map;

import io.pgcdc.pipeline.PipelineStatus;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Liveness of one consumer: DOWN while a thread of its pipeline is dead and nobody has replaced it. What a restart of
 * the process would not mend is not said here: a server that is away, a standby, a pipeline that has given up.
 */
final class PgCdcLivenessCheck extends AbstractHealthCheck {

    private final PgCdcConsumer consumer;

    PgCdcLivenessCheck(PgCdcConsumer consumer) {
        super("camel", PgCdcHealthCheck.id(consumer) + "-liveness");
        this.consumer = consumer;
    }

    @Override
    public boolean isLiveness() {
        return true;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        PipelineStatus status = consumer.status();
        builder.detail("pipeline", consumer.getEndpoint().getPipelineName());
        builder.detail("state", PipelineReport.text(status.state()));
        if (status.deadThreads().isEmpty()) {
            builder.up();
        } else {
            builder.down();
            builder.message("Dead thread(s): " + String.join(", ", status.deadThreads()));
        }
    }
}
