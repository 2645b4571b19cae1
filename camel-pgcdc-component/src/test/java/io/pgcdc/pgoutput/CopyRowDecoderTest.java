package io.pgcdc.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.pgcdc.model.Column;
import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.Lsn;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueFormatException;
import io.pgcdc.types.ValueStyle;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CopyRowDecoderTest {

    static final TableSchema ITEM = schema(
            new Column("id", 23, "integer", -1, false, true), new Column("name", 25, "text", -1, true, false),
            new Column("note", 25, null, -1, true, false));

    private static final TableSchema ONE_TEXT = schema(new Column("name", 25, "text", -1, true, false));

    private static TableSchema schema(Column... columns) {
        return new TableSchema(new TableId("shop", "item"), 16401, ReplicaIdentity.DEFAULT, List.of(columns));
    }

    private static Object[] decode(TableSchema schema, String row) {
        return decode(new CopyRowDecoder(schema, Codecs.of(ValueStyle.PORTABLE, false), Lsn.ZERO), row);
    }

    /** Gives the row from the midst of a larger buffer. */
    private static Object[] decode(CopyRowDecoder decoder, String row) {
        byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
        byte[] buffer = ("\\\t" + row + "\t\n\\").getBytes(StandardCharsets.UTF_8);
        return decoder.decode(buffer, 2, bytes.length);
    }

    private static ThrowableAssertAlternative<PgCdcException> refuses(ErrorCode code, TableSchema schema, String row) {
        return assertThatExceptionOfType(PgCdcException.class)
                .isThrownBy(() -> decode(schema, row))
                .matches(e -> e.code() == code, "code " + code)
                .matches(e -> e.remedy() != null && !e.remedy().isBlank(), "has a remedy")
                .withMessageContaining("shop.item");
    }

    @Test
    void a_row_is_the_values_of_its_fields() {
        assertThat(decode(ITEM, "1\tgröße\tx y")).containsExactly(1, "größe", "x y");
    }

    @Test
    void the_newline_at_the_end_is_no_part_of_the_row() {
        assertThat(decode(ITEM, "1\ta\tb\n")).containsExactly(1, "a", "b");
    }

    @Test
    void null_is_not_the_empty_text() {
        assertThat(decode(ITEM, "\\N\t\\N\t")).containsExactly(null, null, "");
        assertThat(decode(ITEM, "1\t\t\\N\n")).containsExactly(1, "", null);
    }

    @Test
    void a_text_that_looks_like_null_is_not_null() {
        assertThat(decode(ITEM, "1\t\\\\N\t\\Nx")).containsExactly(1, "\\N", "Nx");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
            "\\b 08", "\\f 0C", "\\n 0A", "\\r 0D", "\\t 09", "\\v 0B", "\\\\ 5C", "a\\tb 61,09,62",
            "\\101 41", "\\60 30", "\\7 07", "\\1234 53,34", "\\18 01,38", "\\501 41",
            "\\x41 41", "\\x4a 4A", "\\x4A 4A", "\\x7 07", "\\x417 41,37", "\\xg 78,67", "\\x 78",
            "\\q 71", "\\. 2E", "\\\\\\\\ 5C,5C", "\\\\x41 5C,78,34,31", "\\xc3\\xa4 C3,A4" })
    void an_escape_stands_for_its_bytes(String field, String bytes) {
        byte[] expected = new byte[bytes.split(",").length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) Integer.parseInt(bytes.split(",")[i], 16);
        }
        assertThat(decode(ONE_TEXT, field)).containsExactly(new String(expected, StandardCharsets.UTF_8));
    }

    @Test
    void a_separator_behind_a_backslash_separates_nothing() {
        assertThat(decode(ONE_TEXT, "a\\\tb\\\nc\n")).containsExactly("a\tb\nc");
    }

    @Test
    void rows_that_share_the_buffer_for_escapes_keep_their_values() {
        CopyRowDecoder decoder = new CopyRowDecoder(ITEM, Codecs.of(ValueStyle.PORTABLE, false), Lsn.ZERO);
        String large = "\\\\" + "x".repeat(3 << 20);

        Object[] first = decode(decoder, "1\ta\\tb\tc\\td");
        Object[] second = decode(decoder, "2\t" + large + "\t\\\\");
        Object[] third = decode(decoder, "3\te\\tf\tg\\th");

        assertThat(first).containsExactly(1, "a\tb", "c\td");
        assertThat(second).containsExactly(2, large.substring(1), "\\");
        assertThat(third).containsExactly(3, "e\tf", "g\th");
    }

    @Test
    void a_table_without_columns_has_empty_rows() {
        assertThat(decode(schema(), "")).isEmpty();
        assertThat(decode(schema(), "\n")).isEmpty();
        refuses(ErrorCode.PROTOCOL, schema(), "a");
        refuses(ErrorCode.PROTOCOL, schema(), "\n\n");
    }

    @Test
    void an_empty_row_of_one_column_is_an_empty_text() {
        assertThat(decode(ONE_TEXT, "")).containsExactly("");
        assertThat(decode(ONE_TEXT, "\n")).containsExactly("");
    }

    @Test
    void another_number_of_fields_than_columns_is_refused() {
        refuses(ErrorCode.PROTOCOL, ITEM, "1\ta").withMessageContaining("only 2 fields for the 3 columns");
        refuses(ErrorCode.PROTOCOL, ITEM, "1\ta\n");
        refuses(ErrorCode.PROTOCOL, ITEM, "1\ta\tb\tc").withMessageContaining("more fields for the 3 columns");
        refuses(ErrorCode.PROTOCOL, ITEM, "");
    }

    @Test
    void every_beginning_of_a_row_that_lacks_a_field_is_refused() {
        String row = "1\ta\\tb\t";
        for (int length = 0; length < row.length(); length++) {
            String beginning = row.substring(0, length);
            assertThatExceptionOfType(PgCdcException.class).isThrownBy(() -> decode(ITEM, beginning));
        }
    }

    @Test
    void a_row_that_ends_in_the_midst_of_an_escape_is_refused() {
        refuses(ErrorCode.PROTOCOL, ITEM, "1\ta\tb\\").withMessageContaining("midst of an escape");
    }

    @Test
    void two_rows_are_not_one() {
        refuses(ErrorCode.PROTOCOL, ITEM, "1\ta\tb\n2\ta\tb\n").withMessageContaining("behind its end");
    }

    @Test
    void a_value_that_its_type_does_not_take_is_told_by_everything_but_itself() {
        refuses(ErrorCode.DECODE, ITEM, "s3cret\ta\tb")
                .withMessageContaining("Column id of table shop.item").withMessageContaining("type integer")
                .withCauseInstanceOf(ValueFormatException.class)
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("s3cret"));
    }

    @Test
    void after_a_row_that_can_not_be_read_the_next_one_is() {
        CopyRowDecoder decoder = new CopyRowDecoder(ITEM, Codecs.of(ValueStyle.PORTABLE, false), Lsn.ZERO);
        assertThatExceptionOfType(PgCdcException.class).isThrownBy(() -> decode(decoder, "?\ta\tb"));
        assertThatExceptionOfType(PgCdcException.class).isThrownBy(() -> decode(decoder, "1\ta"));

        assertThat(decode(decoder, "1\ta\\\\\tb")).containsExactly(1, "a\\", "b");
    }
}
