package io.pgcdc.routes.jdbc;

import java.nio.charset.StandardCharsets;

import io.pgcdc.model.Column;
import io.pgcdc.types.Codecs;
import io.pgcdc.types.ValueStyle;

/** What rows have in a column that was added after them: PostgreSQL keeps it with the column, not in the rows. */
final class MissingValue {

    /** It is never told for types that are not built in, but for enums, which are their text. */
    private static final Codecs CODECS = Codecs.of(ValueStyle.PORTABLE, false);

    private MissingValue() {
    }

    /** The portable value; {@code null} for NULL, and where it is not known. */
    static Object of(Column column) {
        if (column.missingValue() == null) {
            return null;
        }
        byte[] text = column.missingValue().getBytes(StandardCharsets.UTF_8);
        return CODECS.codec(column.typeOid()).decode(text, 0, text.length);
    }
}
