package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.state.SchemaStore;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Two tables have exchanged their names: the first was t before, the second is t now, and is told so as of 100. */
class ApplyRoutingTest {

    private static final TableId T = new TableId("public", "t");
    private static final TableId OLD_T = new TableId("public", "old_t");
    private static final TableId NEW_T = new TableId("public", "new_t");
    private static final long SNAPSHOT = 100;

    private final TableRegistry registry = new TableRegistry();
    private final List<TableProgress> resynchronised = new ArrayList<>();
    private final ApplyRouting routing = new ApplyRouting(
            new PipelineSettings("p", "p"), registry, null, resynchronised::add, () -> {
            }, announced -> null);

    @Test
    void a_change_from_before_the_copy_has_the_name_of_its_time_which_is_no_news() {
        for (TablePhase phase : List.of(TablePhase.COPYING, TablePhase.COPIED, TablePhase.SYNC_DONE)) {
            registry.clear();
            table(1, OLD_T, OLD_T, phase);
            table(2, T, T, TablePhase.COPYING);
            assertThat(accepts(1, T, SNAPSHOT - 50)).isFalse();
        }
        assertThat(resynchronised).isEmpty();
    }

    @Test
    void a_table_whose_copy_is_to_come_is_not_looked_at() {
        table(1, OLD_T, null, TablePhase.RESET);
        table(2, T, T, TablePhase.COPYING);
        assertThat(accepts(1, T, SNAPSHOT - 50)).isFalse();
        assertThat(resynchronised).isEmpty();
    }

    @Test
    void a_name_that_passes_to_a_table_that_is_being_copied_has_the_pipeline_start_again() {
        table(1, OLD_T, T, TablePhase.READY);
        table(2, T, NEW_T, TablePhase.COPIED);
        assertThatThrownBy(() -> accepts(2, T, SNAPSHOT + 50)).isInstanceOfSatisfying(
                PgCdcException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVER_NOT_READY));
        assertThat(resynchronised).isEmpty();
    }

    @Test
    void a_name_that_passes_between_tables_that_are_followed_has_both_copied_anew() {
        TableProgress first = table(1, OLD_T, T, TablePhase.READY);
        TableProgress second = table(2, T, NEW_T, TablePhase.READY);
        assertThat(accepts(2, T, SNAPSHOT + 50)).isFalse();
        assertThat(resynchronised).containsExactly(first, second);
    }

    private TableProgress table(long oid, TableId name, TableId told, TablePhase phase) {
        TableProgress table = new TableProgress(TableState.of(name, phase).identifiedBy(new TableIdentity(oid, 1)));
        table.detach();
        table.told = told == null ? null : new SchemaStore.Version(Lsn.of(SNAPSHOT), shape(oid, told));
        registry.add(table);
        return table;
    }

    private boolean accepts(long oid, TableId announced, long commitLsn) {
        Transaction transaction = new Transaction(7, commitLsn, commitLsn, null);
        routing.begin(transaction);
        return routing.subscribe(shape(oid, announced), transaction, null).accepts(commitLsn);
    }

    private static TableSchema shape(long oid, TableId name) {
        return new TableSchema(
                name, oid, ReplicaIdentity.DEFAULT, List.of(new Column("id", 20, "bigint", -1, false, true)));
    }
}
