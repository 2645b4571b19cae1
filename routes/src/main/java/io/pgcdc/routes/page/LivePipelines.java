package io.pgcdc.routes.page;

import java.util.List;
import java.util.Map;

import io.pgcdc.camel.PgCdcComponent;
import io.pgcdc.camel.PgCdcConsumer;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.apache.camel.CamelContext;

/** Those of the consumers in a Camel context, of every component of the kind. */
final class LivePipelines implements Pipelines {

    private final CamelContext camel;

    LivePipelines(CamelContext camel) {
        this.camel = camel;
    }

    @Override
    public Map<String, Object> status() {
        return PgCdcComponent.report(camel);
    }

    @Override
    public void pause(PipelineKey pipeline) {
        consumer(pipeline).pausePipeline();
    }

    @Override
    public void resume(PipelineKey pipeline) throws Exception {
        PgCdcConsumer consumer = consumer(pipeline);
        consumer.resumePipeline();
        // who suspended the route has paused it, too
        if (consumer.isSuspended() && consumer.getRouteId() != null) {
            camel.getRouteController().resumeRoute(consumer.getRouteId());
        }
    }

    @Override
    public void resync(PipelineKey pipeline, String table) {
        if (table == null) {
            throw new IllegalArgumentException("The request names no table");
        }
        consumer(pipeline).resyncTable(table);
    }

    private PgCdcConsumer consumer(PipelineKey key) {
        List<PgCdcConsumer> found = PgCdcComponent.consumers(camel).stream()
                .filter(consumer -> key
                        .equals(new PipelineKey(consumer.getEndpoint().getPipelineName(), consumer.getRouteId())))
                .toList();
        if (found.size() != 1) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, found.isEmpty()
                            ? "No such pipeline is here any more"
                            : "Several pipelines here have this name",
                    found.isEmpty() ? null : "Give one of them another, by the option pipeline");
        }
        return found.get(0);
    }
}
