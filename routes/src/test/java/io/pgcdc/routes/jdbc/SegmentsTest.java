package io.pgcdc.routes.jdbc;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.SchemaChange;
import io.pgcdc.model.SchemaChangeEvent;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import io.pgcdc.model.TruncateEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SegmentsTest {

    private static final TableSchema NARROW = shape("a");
    private static final TableSchema WIDE = shape("a", "b");

    @Test
    void batches_in_batches_become_the_changes_of_each_table() {
        List<?> body = List.of(List.of(row(NARROW, 1, 0), row(NARROW, 1, 1)), List.of(List.of(row(NARROW, 2, 0))));
        assertThat(Segments.byTable(body)).hasSize(1);
        assertThat(ids(Segments.byTable(body).get(NARROW.table()))).containsExactly("0/1#0", "0/1#1", "0/2#0");
    }

    @Test
    void what_an_aggregation_has_twice_and_out_of_order_comes_once_and_in_order() {
        List<?> body = List.of(row(NARROW, 3, 0), row(NARROW, 1, 0), row(NARROW, 2, 0), row(NARROW, 3, 0));
        assertThat(ids(Segments.byTable(body).get(NARROW.table()))).containsExactly("0/1#0", "0/2#0", "0/3#0");
    }

    @Test
    void behind_Kafka_an_update_of_the_key_is_a_delete_and_an_update_of_one_position() {
        ChangeEvent gone = change(Operation.DELETE, NARROW, 2, 0);
        ChangeEvent come = change(Operation.UPDATE, NARROW, 2, 0);
        List<ChangeEvent> apart = List.of(come, row(NARROW, 1, 0), gone, come);
        assertThat(Segments.byTable(apart).get(NARROW.table())).extracting(ChangeEvent::operation)
                .containsExactly(Operation.INSERT, Operation.DELETE, Operation.UPDATE);
        List<ChangeEvent> inOrder = List.of(row(NARROW, 1, 0), gone, come);
        assertThat(Segments.byTable(inOrder).get(NARROW.table())).containsExactlyElementsOf(inOrder);
    }

    @Test
    void a_segment_ends_where_the_shape_changes_and_where_something_else_than_rows_comes() {
        SchemaChangeEvent reshaped
                = new SchemaChangeEvent(SchemaChange.between(NARROW, WIDE), transaction(2), 0);
        TruncateEvent truncate = new TruncateEvent(WIDE, false, false, transaction(3), 3, 0);
        List<ChangeEvent> changes = List.of(
                ChangeEvent.row(Operation.READ, NARROW, new Object[] { 1 }, null, Transaction.ofSnapshot(0), 0, 7, 1),
                row(NARROW, 1, 0), row(NARROW, 2, 0), reshaped, row(WIDE, 2, 1), truncate, row(WIDE, 4, 0));
        assertThat(Segments.of(Segments.byTable(changes).get(NARROW.table())))
                .extracting(List::size).containsExactly(1, 2, 1, 1, 1, 1);
        assertThat(Segments.of(Segments.byTable(List.of(row(NARROW, 2, 0), row(WIDE, 2, 1))).get(NARROW.table())))
                .extracting(List::size).containsExactly(1, 1);
    }

    @Test
    void another_body_is_refused_without_telling_its_value() {
        assertThatThrownBy(() -> Segments.byTable("secret")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String").hasMessageNotContaining("secret");
        assertThatThrownBy(() -> Segments.byTable(null)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> ids(List<ChangeEvent> changes) {
        return changes.stream().map(change -> change.position().toString()).toList();
    }

    private static TableSchema shape(String... columns) {
        return new TableSchema(
                new TableId("public", "t"), 1, ReplicaIdentity.DEFAULT,
                List.of(columns).stream().map(name -> new Column(name, 23, "integer", -1, true, name.equals("a"))).toList());
    }

    private static Transaction transaction(long commitLsn) {
        return new Transaction(1, commitLsn, commitLsn, null);
    }

    private static ChangeEvent row(TableSchema shape, long commitLsn, long ordinal) {
        return change(Operation.INSERT, shape, commitLsn, ordinal);
    }

    private static ChangeEvent change(Operation operation, TableSchema shape, long commitLsn, long ordinal) {
        return ChangeEvent.row(
                operation, shape, new Object[shape.columns().size()], null, transaction(commitLsn), commitLsn, ordinal,
                1);
    }
}
