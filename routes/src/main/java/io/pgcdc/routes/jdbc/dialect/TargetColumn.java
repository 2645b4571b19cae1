package io.pgcdc.routes.jdbc.dialect;

import io.pgcdc.model.TableId;

/** A column of a table of the destination. */
public record TargetColumn(String name, ColumnType type) {

    public String quoted() {
        return TableId.quote(name);
    }
}
