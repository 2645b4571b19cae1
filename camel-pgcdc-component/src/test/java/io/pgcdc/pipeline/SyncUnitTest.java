package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.TableId;
import io.pgcdc.model.TableIdentity;
import io.pgcdc.state.TablePhase;
import io.pgcdc.state.TableState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Of every commit of a table exactly one of the two workers says that it is its own. */
class SyncUnitTest {

    private final TableProgress table
            = new TableProgress(
                    TableState.of(new TableId("public", "t"), TablePhase.COPIED).identifiedBy(new TableIdentity(1, 2)));
    private final SyncUnit unit = new SyncUnit(List.of(table), "slot");

    @Test
    void without_a_target_every_transaction_is_the_sync_workers() {
        unit.beginCatchUp(100, 100);
        assertThat(unit.claim(5_000)).isTrue();
        assertThat(unit.handsOverBefore(5_000)).isFalse();
    }

    @Test
    void the_target_is_the_boundary_where_apply_stands() {
        unit.beginCatchUp(100, 100);
        unit.applyReached(500);
        assertThat(unit.target()).isEqualTo(500);
        assertThat(unit.claim(499)).isTrue();
        assertThat(unit.claim(500)).isFalse();
        assertThat(unit.handsOverBefore(499)).isFalse();
        assertThat(unit.handsOverBefore(500)).isTrue();
    }

    @Test
    void what_the_sync_worker_has_claimed_stays_its_own() {
        unit.beginCatchUp(100, 100);
        assertThat(unit.claim(700)).isTrue();
        unit.applyReached(500);
        assertThat(unit.handsOverBefore(700)).isFalse();
        assertThat(unit.handsOverBefore(701)).isTrue();
    }

    @Test
    void the_target_is_never_before_the_snapshot_of_a_copy_that_was_begun_again() {
        unit.beginCatchUp(100, 900);
        unit.applyReached(500);
        assertThat(unit.target()).isEqualTo(900);
    }

    @Test
    void a_sync_worker_that_is_far_behind_gets_no_target_yet() {
        unit.beginCatchUp(100, 100);
        unit.applyReached(100 + SyncUnit.CLOSE_BYTES + 1);
        assertThat(unit.target()).isZero();
    }

    @Test
    void apply_owns_the_table_from_the_target_on_once_the_sync_worker_is_done() {
        unit.beginCatchUp(100, 100);
        unit.applyReached(500);
        assertThat(unit.reached(499)).isTrue();
        assertThat(unit.reached(500)).isFalse();
        assertThat(table.appliesAt(500)).isFalse();
        unit.finish();
        assertThat(table.appliesAt(499)).isFalse();
        assertThat(table.appliesAt(500)).isTrue();
    }

    @Test
    void what_has_not_been_read_up_to_the_target_is_not_handed_over() {
        unit.beginCatchUp(100, 100);
        assertThatThrownBy(unit::end).isInstanceOf(IllegalStateException.class);
        unit.applyReached(500);
        unit.reached(499);
        assertThatThrownBy(unit::end).isInstanceOf(IllegalStateException.class);
        unit.reached(500);
        assertThat(unit.end().value()).isEqualTo(500);
    }

    @Test
    void a_transaction_behind_the_target_ends_catch_up_as_well() {
        unit.beginCatchUp(100, 100);
        unit.applyReached(500);
        assertThat(unit.claim(600)).isFalse();
        assertThat(unit.end().value()).isEqualTo(500);
    }
}
