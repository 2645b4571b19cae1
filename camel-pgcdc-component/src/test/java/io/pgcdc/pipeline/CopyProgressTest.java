package io.pgcdc.pipeline;

import java.util.List;

import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.postgres.PublishedTable;
import io.pgcdc.postgres.TableCopy.BlockRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CopyProgressTest {

    private static final Offset<Double> EXACT = Offset.offset(1e-9);

    @Test
    void without_ranges_the_planners_rows_count() {
        CopyProgress copy = new CopyProgress(table(100, 1_000), List.of(BlockRange.ALL));
        copy.read(250, 9_000);
        assertThat(copy.status(false).progress()).isEqualTo(0.25, EXACT);
        assertThat(copy.status(false).eta()).isPositive();
        assertThat(copy.status(false).bytes()).isEqualTo(9_000);
    }

    @Test
    void a_table_that_was_never_analysed_is_told_by_its_bytes() {
        CopyProgress copy = new CopyProgress(table(100, -1), List.of(BlockRange.ALL));
        copy.read(250, 409_600);
        assertThat(copy.status(false).progress()).isEqualTo(0.5, EXACT);
    }

    @Test
    void in_ranges_the_blocks_count_and_within_a_range_the_rows_as_they_were_in_those_before() {
        // The planner is wrong by far.
        BlockRange first = BlockRange.of(0, 50);
        CopyProgress copy = new CopyProgress(table(100, 10), List.of(first, BlockRange.of(50, -1)));
        copy.read(1_000, 1);
        copy.rangeRead(first, 1_000);
        assertThat(copy.status(false).progress()).isEqualTo(0.5, EXACT);
        copy.read(500, 1);
        assertThat(copy.status(false).progress()).isEqualTo(0.75, EXACT);
        copy.read(10_000, 1);
        assertThat(copy.status(false).progress()).isLessThan(1);
    }

    @Test
    void ranges_that_an_earlier_attempt_has_copied_are_there_already() {
        BlockRange rest = BlockRange.of(60, -1);
        CopyProgress copy = new CopyProgress(table(100, 1_000), List.of(BlockRange.of(0, 60).since(77), rest));
        assertThat(copy.status(false).progress()).isEqualTo(0.6, EXACT);
        assertThat(copy.status(false).eta()).as("nothing was done yet").isNull();
        copy.rangeRead(BlockRange.of(0, 60).since(77), 3);
        assertThat(copy.status(false).progress()).isEqualTo(0.6, EXACT);
        copy.read(400, 1);
        copy.rangeRead(rest, 400);
        assertThat(copy.status(false).progress()).as("until it is complete").isLessThan(1).isGreaterThan(0.99);
        assertThat(copy.status(true).progress()).isEqualTo(1);
        assertThat(copy.status(true).eta()).isNull();
    }

    private static PublishedTable table(long blocks, long rows) {
        TableSchema schema = new TableSchema(new TableId("public", "t"), 7, ReplicaIdentity.DEFAULT, List.of());
        return new PublishedTable(schema, 1, false, null, 5, blocks, blocks * 8_192, rows);
    }
}
