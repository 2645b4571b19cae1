package io.pgcdc.camel;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TablePattern;

/** Tables as users write them for operations. */
final class TableNames {

    private TableNames() {
    }

    /**
     * One table.
     *
     * @param text  {@code schema.table}, quoted where needed; {@code null}, which JMX allows, is none
     * @param where who names it, for the error
     */
    static TableId one(String text, String where) {
        TablePattern one = TablePattern.parse(text == null ? "" : text, where);
        if (one.name() == null) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, where + " names all tables of schema " + one.schema(), "Name one as schema.table");
        }
        return one.table();
    }
}
