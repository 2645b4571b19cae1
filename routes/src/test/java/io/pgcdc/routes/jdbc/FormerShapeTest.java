package io.pgcdc.routes.jdbc;

import java.util.List;

import io.pgcdc.model.ChangeEvent;
import io.pgcdc.model.Column;
import io.pgcdc.model.Operation;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.model.Transaction;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FormerShapeTest {

    @Test
    void a_row_from_before_a_column_has_there_what_postgresql_gave_it_and_not_the_default_of_now() {
        Column id = new Column("id", 23, "integer", -1, false, true, 1, null);
        Column added = new Column("c", 23, "integer", -1, true, false, 2, "9", "7");
        Column later = new Column("d", 23, "integer", -1, true, false, 3, "5");
        ChangeEvent insert = ChangeEvent.row(
                Operation.INSERT, shape(id), new Object[] { 1 }, null, new Transaction(9, 16, 16, null), 16, 0, 10);
        ChangeEvent told = FormerShape.told(List.of(insert), shape(id, added, later)).get(0);
        assertThat(told.get("c")).isEqualTo(7);
        assertThat(told.get("d")).isNull();
    }

    private static TableSchema shape(Column... columns) {
        return new TableSchema(new TableId("public", "t"), 7, ReplicaIdentity.DEFAULT, List.of(columns));
    }
}
