package io.pgcdc.benchmarks;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.pipeline.Completion;
import io.pgcdc.pipeline.Destination;
import io.pgcdc.pipeline.Pipeline;
import io.pgcdc.pipeline.PipelineSettings;
import io.pgcdc.postgres.ConnectionSettings;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PostgresConnections;
import io.pgcdc.state.MemoryStateStore;

/** The engine without Camel, into a destination that does nothing. */
final class Engine implements Contender {

    @Override
    public Sample run(Task task) throws Exception {
        Meter meter = new Meter(task);
        PipelineSettings settings = new PipelineSettings(task.name(), task.publication())
                .batching(true).copyConnectionsPerTable(1).expressCatchUp(false)
                .snapshot(task.isCopy() ? PipelineSettings.Snapshot.INITIAL_ONLY : PipelineSettings.Snapshot.NEVER)
                .slotName(task.slot());
        MemoryStateStore states = new MemoryStateStore();
        Pipeline pipeline = new Pipeline(
                settings,
                new PgReplicationClient(
                        new PostgresConnections(new ConnectionSettings(task.url(), task.user(), task.password(), "benchmark"))),
                states, states, new Null(meter), (name, work) -> new Thread(work, name), (error, retried) -> meter.fail(error));
        pipeline.start();
        try {
            return meter.await();
        } finally {
            pipeline.stop();
        }
    }

    private record Null(Meter meter) implements Destination {

        @Override
        public void writeTableRows(List<ChangeEvent> rows, Completion completion) {
            meter.count(rows.size());
            completion.done();
        }

        @Override
        public void writeEvents(List<ChangeEvent> events, Completion completion) {
            meter.count(events.get(0).operation().isRow() ? events.size() : 0);
            completion.done();
        }
    }
}
