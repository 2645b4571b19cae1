package io.pgcdc.pgoutput;

import java.util.Arrays;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

import static io.pgcdc.pgoutput.CopyBytes.TRAILER;
import static io.pgcdc.pgoutput.CopyBytes.header;
import static io.pgcdc.pgoutput.CopyBytes.join;
import static io.pgcdc.pgoutput.CopyBytes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CopyFramingTest {

    private static final int NONE = -1;

    private final CopyFraming framing = new CopyFraming(new TableId("shop", "item"));

    private ThrowableAssertAlternative<PgCdcException> refuses(Runnable call) {
        return assertThatExceptionOfType(PgCdcException.class).isThrownBy(call::run)
                .matches(e -> e.code() == ErrorCode.PROTOCOL, "code PROTOCOL")
                .matches(e -> e.remedy() != null && !e.remedy().isBlank(), "has a remedy")
                .withMessageContaining("shop.item");
    }

    @Test
    void the_first_row_comes_behind_the_header_and_the_trailer_alone() {
        assertThat(framing.rowStart(join(header(), row(1)))).isEqualTo(19);
        assertThat(framing.rowStart(row(2))).isZero();
        assertThat(framing.rowStart(TRAILER)).isEqualTo(NONE);
        framing.requireEnd();
    }

    @Test
    void a_header_of_its_own_with_an_extension_holds_no_row() {
        assertThat(framing.rowStart(header((byte) 1, (byte) 2))).isEqualTo(NONE);
        assertThat(framing.rowStart(row(1))).isZero();
    }

    @Test
    void a_table_without_rows_is_header_and_trailer() {
        assertThat(framing.rowStart(join(header(), TRAILER))).isEqualTo(NONE);
        framing.requireEnd();
    }

    @Test
    void a_row_without_columns_is_a_row() {
        framing.rowStart(header());
        assertThat(framing.rowStart(row())).isZero();
    }

    @Test
    void a_copy_without_its_trailer_is_refused() {
        refuses(framing::requireEnd);
        framing.rowStart(join(header(), row(1)));
        refuses(framing::requireEnd).withMessageContaining("without its trailer");
    }

    @Test
    void nothing_may_follow_the_trailer() {
        framing.rowStart(header());
        refuses(() -> framing.rowStart(join(TRAILER, row(1)))).withMessageContaining("follows the trailer");
        refuses(() -> framing.rowStart(row(1))).withMessageContaining("follows the trailer");
    }

    @Test
    void every_beginning_of_a_header_and_every_other_byte_in_its_signature_is_refused() {
        byte[] header = header();
        for (int length = 0; length < header.length; length++) {
            byte[] beginning = Arrays.copyOf(header, length);
            refuses(() -> new CopyFraming(new TableId("shop", "item")).rowStart(beginning));
        }
        for (int i = 0; i < 11; i++) {
            byte[] other = header.clone();
            other[i]++;
            refuses(() -> new CopyFraming(new TableId("shop", "item")).rowStart(other));
        }
    }

    @Test
    void a_flag_that_changes_what_follows_is_refused_and_any_other_is_not() {
        byte[] harmless = header();
        harmless[14] = 1;
        assertThat(new CopyFraming(new TableId("shop", "item")).rowStart(harmless)).isEqualTo(NONE);
        byte[] critical = header();
        critical[12] = 1;
        refuses(() -> framing.rowStart(critical)).withMessageContaining("flag");
    }

    @Test
    void an_extension_of_no_length_that_can_be_is_refused() {
        byte[] tooLong = header((byte) 1);
        tooLong[18] = 2;
        refuses(() -> framing.rowStart(tooLong)).withMessageContaining("extension");
        byte[] negative = header();
        negative[15] = -1;
        refuses(() -> framing.rowStart(negative)).withMessageContaining("extension");
    }
}
