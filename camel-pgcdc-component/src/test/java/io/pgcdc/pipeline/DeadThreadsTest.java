package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.pipeline.PipelineStatus.State;
import io.pgcdc.postgres.ConnectionSettings;
import io.pgcdc.postgres.PgReplicationClient;
import io.pgcdc.postgres.PostgresConnections;
import io.pgcdc.state.MemoryStateStore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeadThreadsTest {

    @Test
    void a_supervising_thread_that_is_gone_is_told() {
        MemoryStateStore store = new MemoryStateStore();
        Pipeline pipeline = new Pipeline(
                new PipelineSettings("p", "p"),
                new PgReplicationClient(
                        new PostgresConnections(
                                new ConnectionSettings("jdbc:postgresql://localhost:1/none", "nobody", null, "test"))),
                store, store, new Nobody(), (name, work) -> new Thread(() -> {
                }, name), (error, retried) -> {
                });
        assertThat(pipeline.status().deadThreads()).isEmpty();
        pipeline.start();
        Awaitility.await().untilAsserted(
                () -> assertThat(pipeline.status().deadThreads()).containsExactly("pipeline p"));
        assertThat(pipeline.status().state()).isEqualTo(State.STARTING);
        pipeline.stop();
        assertThat(pipeline.status().deadThreads()).isEmpty();
        assertThat(pipeline.status().state()).isEqualTo(State.STOPPED);
    }

    private static final class Nobody implements Destination {
        @Override
        public void writeTableRows(List<ChangeEvent> rows, Completion completion) {
            completion.done();
        }

        @Override
        public void writeEvents(List<ChangeEvent> events, Completion completion) {
            completion.done();
        }
    }
}
