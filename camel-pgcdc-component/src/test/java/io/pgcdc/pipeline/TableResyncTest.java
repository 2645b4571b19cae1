package io.pgcdc.pipeline;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;
import io.pgcdc.state.MemoryStateStore;
import io.pgcdc.state.StateStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TableResyncTest {

    private static final TableId TABLE = new TableId("public", "t");

    private final Queue<TableId> requests = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean refuses = new AtomicBoolean(true);

    @Test
    void a_request_that_could_not_be_stored_is_done_by_the_next_run() {
        requests.add(TABLE);
        assertThatThrownBy(run()::nextUnits).isInstanceOf(PgCdcException.class);
        refuses.set(false);
        TableResync next = run();
        assertThat(next.nextUnits()).hasSize(1)
                .allSatisfy(unit -> assertThat(unit.tables).extracting(table -> table.table).containsExactly(TABLE));
        assertThat(next.nextUnits()).isEmpty();
    }

    private TableResync run() {
        TableRegistry registry = new TableRegistry();
        registry.add(
                new TableProgress(TableState.of(TABLE, TablePhase.READY).identifiedBy(new TableIdentity(1, 2))));
        return new TableResync(new PipelineSettings("p", "p"), store(), registry, List.of(), requests, table -> table.told);
    }

    /** Takes nothing as long as it refuses. */
    private StateStore store() {
        StateStore memory = new MemoryStateStore();
        return (StateStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] { StateStore.class }, (proxy, method, arguments) -> {
                    if (refuses.get()) {
                        throw new PgCdcException(ErrorCode.STATE, "not now", null);
                    }
                    return method.invoke(memory, arguments);
                });
    }
}
