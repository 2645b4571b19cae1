package io.pgcdc.camel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.pgcdc.pipeline.PipelineStatus;
import org.apache.camel.spi.annotations.DevConsole;
import org.apache.camel.support.console.AbstractDevConsole;

/** Camel's developer console {@code pgcdc}: every pipeline of the context, as text and as JSON. It asks no server. */
@DevConsole(name = "pgcdc", displayName = "PostgreSQL Change Data Capture",
            description = "Pipelines that copy and stream PostgreSQL publications")
public class PgCdcConsole extends AbstractDevConsole {

    /** As text, there is the JSON for more. */
    private static final int MOST_TABLES = 20;

    public PgCdcConsole() {
        super("camel", "pgcdc", "PostgreSQL Change Data Capture", "Pipelines that copy and stream PostgreSQL publications");
    }

    @Override
    protected Map<String, Object> doCallJson(Map<String, Object> options) {
        return PgCdcComponent.report(getCamelContext());
    }

    @Override
    protected String doCallText(Map<String, Object> options) {
        List<String> pipelines = new ArrayList<>();
        for (PgCdcConsumer consumer : PgCdcComponent.consumers(getCamelContext())) {
            pipelines.add(text(consumer));
        }
        return pipelines.isEmpty() ? "No pipeline" : String.join("\n\n", pipelines);
    }

    private static String text(PgCdcConsumer consumer) {
        PipelineStatus status = consumer.status();
        StringBuilder text = new StringBuilder("Pipeline ").append(consumer.getEndpoint().getPipelineName())
                .append(": ").append(PipelineReport.text(status.state())).append(" since ").append(status.since());
        if (status.slot() != null) {
            text.append("\n  Slot: ").append(status.slot());
        }
        text.append("\n  Received: ").append(status.received()).append("  Confirmed: ").append(status.confirmed());
        if (status.server() != null) {
            text.append("  Server: ").append(status.server().position()).append("\n  Lag: ").append(status.lagBytes())
                    .append(" bytes");
            if (status.lag() != null) {
                text.append(", ").append(PipelineReport.seconds(status.lag())).append(" s");
            }
            text.append("  Retained: ").append(status.server().retainedBytes()).append(" bytes, ")
                    .append(status.server().walStatus());
        }
        text.append("\n  In flight: ").append(status.inFlight()).append("  Completed: ")
                .append(status.counters().completed()).append("  Failed: ").append(status.counters().failed())
                .append("  Skipped: ").append(status.counters().skipped()).append("  Retries: ")
                .append(status.counters().retries()).append("  Restarts: ").append(status.counters().restarts());
        if (status.failure() != null) {
            text.append("\n  Error at ").append(status.failure().at()).append(": ").append(status.error().getMessage());
        }
        text.append("\n  Tables: ").append(status.tables().size());
        status.tables().stream()
                .sorted(java.util.Comparator.comparingInt(PipelineReport::urgency))
                .limit(MOST_TABLES)
                .forEach(table -> table(text, table));
        if (status.tables().size() > MOST_TABLES) {
            text.append("\n    and ").append(status.tables().size() - MOST_TABLES).append(" more");
        }
        return text.toString();
    }

    private static void table(StringBuilder text, PipelineStatus.Table table) {
        text.append("\n    ").append(table.table()).append(": ").append(PipelineReport.text(table.stage()));
        if (table.copy() != null && table.stage() == PipelineStatus.TableStage.COPY) {
            text.append(", ").append(table.copy().rows()).append(" rows, ")
                    .append(Math.round(table.copy().progress() * 100)).append(" %");
        }
        if (table.error() != null) {
            text.append(", ").append(table.error());
        }
    }
}
