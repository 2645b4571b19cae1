package io.pgcdc.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.SchemaChange;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.postgres.TableDescription;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A shape is told as it was when the row was written, with what only the catalogue knows. */
class SchemaMergeTest {

    private static final TableId TABLE = new TableId("public", "t");
    private static final TableDescription GONE = new TableDescription(Lsn.of(1), List.of(), true, nulls(9), 0);

    private final TableSchema known = schema(column("id", 1), column("a", 2), column("b", 3));

    @Test
    void what_is_as_it_was_is_the_same_object() {
        assertThat(SchemaMerge.merge(announced("id", "a", "b"), known, now(column("id", 1), column("a", 2), column("b", 3))))
                .isSameAs(known);
        assertThat(SchemaMerge.merge(announced("id", "a", "b"), known, GONE)).isSameAs(known);
    }

    @Test
    void another_name_is_told_by_the_number() {
        assertThat(change("id", "a", "c").in(now(column("id", 1), column("a", 2), column("c", 3))))
                .isEqualTo("renamed b to c");
    }

    @Test
    void another_name_of_a_column_in_between_is_told_by_its_place_even_if_the_table_is_gone() {
        assertThat(change("id", "x", "b").in(GONE)).isEqualTo("renamed a to x");
    }

    @Test
    void at_the_end_of_a_table_that_is_gone_nobody_knows_and_it_is_one_that_went_and_one_that_came() {
        assertThat(change("id", "a", "x").in(GONE)).isEqualTo("added x dropped b");
    }

    @Test
    void names_that_were_exchanged_are_told() {
        assertThat(change("id", "b", "a").in(now(column("id", 1), column("b", 2), column("a", 3))))
                .isEqualTo("renamed a to b renamed b to a");
    }

    @Test
    void a_column_that_went_and_came_back_under_its_name_is_another_one() {
        assertThat(change("id", "a", "b").in(now(column("id", 1), column("a", 2), column("b", 4))))
                .isEqualTo("added b dropped b");
    }

    @Test
    void what_the_catalogue_has_got_since_is_left_out() {
        TableDescription later
                = later(column("id", 1), new Column("a", 23, "integer", -1, false, false, 2, "7"), column("b", 4));
        assertThat(change("id", "a", "b").in(later)).isEmpty();
        assertThat(change("id", "a", "b").in(later.asPast())).isEqualTo("added b dropped b changed a");
    }

    @Test
    void a_column_at_the_end_that_has_yet_another_name_by_now_can_only_have_the_number_that_is_left() {
        TableDescription later = later(column("id", 1), column("a", 2), column("y", 3));
        assertThat(change("id", "a", "x").in(later)).isEqualTo("renamed b to x");
        // One more came since: it may as well be that.
        TableDescription more = later(column("id", 1), column("a", 2), column("y", 3), column("z", 4));
        assertThat(change("id", "a", "x").in(more)).isEqualTo("added x dropped b");
    }

    @Test
    void a_name_that_another_column_has_by_now_is_told_by_its_place() {
        // Announced: a renamed to x. By now x is dropped, another x added, and b renamed to a.
        assertThat(change("id", "x", "b").in(later(column("id", 1), column("a", 3), column("x", 4))))
                .isEqualTo("renamed a to x");
    }

    @Test
    void names_that_a_transaction_with_a_lower_id_gave_away_later_are_not_believed() {
        // Announced as it was known, for the transaction that did this had not committed.
        TableDescription later = now(column("id", 1), column("c", 2), column("a", 3));
        assertThat(change("id", "a", "b").in(later)).isEmpty();
        assertThat(change("id", "c", "a").in(later)).isEqualTo("renamed a to c renamed b to a");
    }

    @Test
    void a_change_that_another_followed_already_is_told_by_itself() {
        // Announced: c added. By now the catalogue has a renamed, b dropped and c renamed, too.
        TableDescription later = later(column("id", 1), column("y", 2), column("z", 4));
        assertThat(change("id", "a", "b", "c").in(later)).isEqualTo("added c");
        assertThat(change("id", "a", "c").in(later)).isEqualTo("added c dropped b");
    }

    @Test
    void a_new_column_brings_its_default_and_that_it_may_not_be_null() {
        Column fresh = new Column("c", 23, "integer", -1, false, false, 4, "5");
        TableSchema merged = SchemaMerge.merge(
                announced("id", "a", "b", "c"), known, now(column("id", 1), column("a", 2), column("b", 3), fresh));
        assertThat(merged.columns().get(3)).isEqualTo(new Column("c", 23, null, -1, false, false, 4, "5"));
    }

    @Test
    void a_new_column_brings_what_rows_from_before_have_there_whatever_its_default_is_by_now() {
        Column fresh = new Column("c", 23, "integer", -1, true, false, 4, "9", "7");
        TableSchema merged = SchemaMerge.merge(
                announced("id", "a", "b", "c"), known, later(column("id", 1), column("a", 2), column("b", 3), fresh));
        assertThat(merged.columns().get(3).missingValue()).isEqualTo("7");
        assertThat(merged.columns().get(3).defaultExpression()).isNull();
        assertThat(SchemaMerge.merge(announced("id", "a", "b", "c"), merged, GONE)).isSameAs(merged);
        TableSchema stored = schema(column("id", 1), column("a", 2), column("b", 3), column("c", 4));
        TableSchema again = SchemaMerge.merge(
                announced("id", "a", "b", "c"), stored, later(column("id", 1), column("a", 2), column("b", 3), fresh));
        assertThat(again).isEqualTo(stored);
        assertThat(again.columns().get(3).missingValue()).isEqualTo("7");
    }

    @Test
    void a_key_that_only_the_catalogue_knows_is_taken_from_there() {
        TableSchema full = new TableSchema(
                TABLE, 1, ReplicaIdentity.FULL,
                announced("id", "a", "b").columns().stream().map(c -> c.identity(true)).toList());
        TableDescription keyed = now(column("id", 1).identity(true), column("a", 2), column("b", 3));
        assertThat(SchemaMerge.merge(full, known, keyed).columns()).extracting(Column::identity)
                .containsExactly(true, false, false);
        assertThat(SchemaMerge.merge(full, known, now(column("id", 1), column("a", 2), column("b", 3))).columns())
                .extracting(Column::identity).containsExactly(true, true, true);
    }

    private interface Change {
        String in(TableDescription description);
    }

    /** What is told when these columns are announced. */
    private Change change(String... names) {
        return description -> {
            TableSchema merged = SchemaMerge.merge(announced(names), known, description);
            SchemaChange change = SchemaChange.between(known, merged);
            List<String> text = new ArrayList<>();
            change.added().forEach(column -> text.add("added " + column.name()));
            change.dropped().forEach(column -> text.add("dropped " + column.name()));
            change.changed().forEach(column -> text.add(
                    column.renamed()
                            ? "renamed " + column.before().name() + " to " + column.after().name()
                            : "changed " + column.after().name()));
            return String.join(" ", text);
        };
    }

    private static Column column(String name, int number) {
        return new Column(name, 23, "integer", -1, true, false, number, null);
    }

    private static TableSchema schema(Column... columns) {
        return new TableSchema(TABLE, 1, ReplicaIdentity.DEFAULT, List.of(columns));
    }

    private static TableSchema announced(String... names) {
        return new TableSchema(
                TABLE, 1, ReplicaIdentity.DEFAULT,
                List.of(names).stream().map(name -> new Column(name, 23, null, -1, true, false)).toList());
    }

    private static TableDescription now(Column... columns) {
        return new TableDescription(
                Lsn.of(1), List.of(columns).stream().map(c -> new TableDescription.Described(c, true)).toList(), true,
                nulls(9), highest(columns));
    }

    private static int highest(Column... columns) {
        return List.of(columns).stream().mapToInt(Column::number).max().orElse(0);
    }

    private static TableDescription later(Column... columns) {
        return new TableDescription(
                Lsn.of(1), List.of(columns).stream().map(c -> new TableDescription.Described(c, false)).toList(), true,
                nulls(9), highest(columns));
    }

    private static List<String> nulls(int count) {
        return Collections.nCopies(count, null);
    }
}
