package io.pgcdc.pgoutput;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.SomeTypes;
import io.pgcdc.types.ValueFormatException;
import io.pgcdc.types.ValueStyle;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

import static io.pgcdc.pgoutput.CopyBytes.join;
import static io.pgcdc.pgoutput.CopyBytes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CopyRowDecoderTest {

    static final TableSchema ITEM = schema(
            new Column("id", 23, "integer", -1, false, true), new Column("name", 25, "text", -1, true, false),
            new Column("note", 25, null, -1, true, false));

    private static TableSchema schema(Column... columns) {
        return new TableSchema(new TableId("shop", "item"), 16401, ReplicaIdentity.DEFAULT, List.of(columns));
    }

    private static CopyRowDecoder decoder(TableSchema schema) {
        return new CopyRowDecoder(schema, Codecs.of(ValueStyle.PORTABLE, false), Lsn.ZERO);
    }

    private static Object[] decode(TableSchema schema, byte[] row) {
        return decode(decoder(schema), row);
    }

    /** Gives the row from the midst of a larger buffer. */
    private static Object[] decode(CopyRowDecoder decoder, byte[] row) {
        return decoder.decode(join(new byte[] { 0, 3 }, row, new byte[] { -1, -1, -1, -1 }), 2, row.length);
    }

    private static ThrowableAssertAlternative<PgCdcException> refuses(ErrorCode code, TableSchema schema, byte[] row) {
        return assertThatExceptionOfType(PgCdcException.class)
                .isThrownBy(() -> decode(schema, row))
                .matches(e -> e.code() == code, "code " + code)
                .matches(e -> e.remedy() != null && !e.remedy().isBlank(), "has a remedy")
                .withMessageContaining("shop.item");
    }

    @Test
    void a_row_is_the_values_of_its_fields() {
        assertThat(decode(ITEM, row(1, "größe", "x\ty"))).containsExactly(1, "größe", "x\ty");
    }

    @Test
    void null_is_not_the_empty_text() {
        assertThat(decode(ITEM, row(null, null, ""))).containsExactly(null, null, "");
        assertThat(decode(ITEM, row(1, "", null))).containsExactly(1, "", null);
    }

    @Test
    void a_column_of_a_type_without_a_binary_codec_is_read_as_text() {
        CopyRowDecoder decoder = decoder(schema(
                new Column("n", 23, "integer", -1, true, false), new Column("i", 869, "inet", -1, true, false),
                new Column("u", 16385, "unknown", -1, true, false)));

        assertThat(textColumns(decoder, 3)).containsExactly(1, 2);
        assertThat(decode(decoder, row(7, "::1", "x"))).containsExactly(7, "::1", "x");
    }

    @Test
    void enums_domains_and_arrays_have_a_binary_codec_if_what_they_are_made_of_has() {
        CopyRowDecoder decoder = new CopyRowDecoder(
                schema(
                        new Column("d", SomeTypes.EVEN_POSITIVE, "even_positive", -1, true, false),
                        new Column("e", SomeTypes.MOOD, "mood", -1, true, false),
                        new Column("m", SomeTypes.MATRIX, "matrix", -1, true, false),
                        new Column("i", SomeTypes.ITEM, "item", -1, true, false),
                        new Column("c", SomeTypes.CITEXTS, "citext[]", -1, true, false)),
                SomeTypes.learnt(ValueStyle.JAVA, true), Lsn.ZERO);
        byte[] matrix = join(
                CopyBytes.value(1), CopyBytes.value(0), CopyBytes.value(23), CopyBytes.value(1), CopyBytes.value(1),
                CopyBytes.value(4), CopyBytes.value(5));

        assertThat(textColumns(decoder, 5)).containsExactly(3, 4);
        assertThat(decode(decoder, row(8, "good", matrix, null, "{a}"))).containsExactly(8, "good", List.of(5), null,
                List.of("a"));
    }

    private static List<Integer> textColumns(CopyRowDecoder decoder, int columns) {
        return IntStream.range(0, columns).filter(decoder::readsText).boxed().toList();
    }

    @Test
    void a_table_without_columns_has_empty_rows() {
        assertThat(decode(schema(), row())).isEmpty();
        refuses(ErrorCode.PROTOCOL, schema(), row("a"));
        refuses(ErrorCode.PROTOCOL, schema(), join(row(), row()));
    }

    @Test
    void another_number_of_fields_than_columns_is_refused() {
        refuses(ErrorCode.PROTOCOL, ITEM, row(1, "a")).withMessageContaining("2 fields for the 3 columns");
        refuses(ErrorCode.PROTOCOL, ITEM, row(1, "a", "b", "c")).withMessageContaining("4 fields for the 3 columns");
    }

    @Test
    void every_beginning_of_a_row_is_refused() {
        byte[] row = row(1, "abc", null);
        for (int length = 0; length < row.length; length++) {
            refuses(ErrorCode.PROTOCOL, ITEM, Arrays.copyOf(row, length));
        }
    }

    @Test
    void a_length_that_reaches_beyond_the_row_is_refused() {
        for (byte first : new byte[] { -2, -128, 127, 0 }) {
            byte[] row = row(1, "a", null);
            row[10] = first;
            row[13] = (byte) 200;
            refuses(ErrorCode.PROTOCOL, ITEM, row).withMessageContaining("reaches beyond the");
        }
    }

    @Test
    void two_rows_are_not_one() {
        refuses(ErrorCode.PROTOCOL, ITEM, join(row(1, "a", "b"), row(2, "a", "b"))).withMessageContaining("behind its end");
    }

    @Test
    void a_value_that_its_type_does_not_take_is_told_by_everything_but_itself() {
        refuses(ErrorCode.DECODE, ITEM, row("s3cret", "a", "b"))
                .withMessageContaining("Column id of table shop.item").withMessageContaining("type integer")
                .withCauseInstanceOf(ValueFormatException.class)
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("s3cret"));
    }

    @Test
    void after_a_row_that_can_not_be_read_the_next_one_is() {
        CopyRowDecoder decoder = decoder(ITEM);
        assertThatExceptionOfType(PgCdcException.class).isThrownBy(() -> decode(decoder, row("?", "a", "b")));
        assertThatExceptionOfType(PgCdcException.class).isThrownBy(() -> decode(decoder, row(1, "a")));

        assertThat(decode(decoder, row(1, "a\\", "b"))).containsExactly(1, "a\\", "b");
    }
}
